import { Wallet } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Listing } from "@/components/records/listing";
import { Money } from "@/components/ui/money";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

const BalancesQuery = graphql(`
  query Balances {
    balances {
      currency
      carriesOver
      affiliate {
        id
        name
      }
      offer {
        id
        name
      }
      carried {
        amount
        currency
      }
      months {
        month
        earned {
          amount
          currency
        }
        toPay {
          amount
          currency
        }
      }
    }
  }
`);

type Balance = ResultOf<typeof BalancesQuery>["balances"][number];

interface Row {
  id: string;
  balance: Balance;
  month: Balance["months"][number];
  /** The newest of its balance: what it leaves is carried on. */
  isLast: boolean;
}

function rowsOf(balances: readonly Balance[]): Row[] {
  const rows = balances.flatMap((balance) =>
    balance.months.map((month, i) => ({
      id: [balance.affiliate.id, balance.offer.id, balance.currency, month.month].join(" "),
      balance,
      month,
      isLast: i === balance.months.length - 1,
    })),
  );
  return rows.sort((a, b) => b.month.month.localeCompare(a.month.month));
}

const monthName = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** What is owed, month by month, the newest first. */
export function BalancePage(): ReactElement {
  const isStaff = useIsStaff();
  const [{ data, error }, refetch] = useQuery({ query: BalancesQuery, requestPolicy: "cache-and-network" });
  const rows = rowsOf(data?.balances ?? []);
  const columns: Column<Row>[] = [
    {
      id: "month",
      header: "Month",
      lead: true,
      cell: ({ month }) => <span className="font-medium">{monthName.format(new Date(month.month))}</span>,
    },
    { id: "offer", header: "Offer", cell: ({ balance }) => balance.offer.name },
    ...(isStaff
      ? [
          {
            id: "affiliate",
            header: "Affiliate",
            cell: ({ balance }: Row) => <span className="text-muted">{balance.affiliate.name}</span>,
          },
        ]
      : []),
    {
      id: "earned",
      header: "Earned",
      align: "right",
      cell: ({ month }) => (
        <>
          <span className="mr-1 text-muted sm:hidden">earned</span>
          <Money value={month.earned} />
        </>
      ),
    },
    {
      id: "toPay",
      header: "To pay",
      align: "right",
      trail: true,
      cell: ({ month, balance, isLast }) => (
        <span className="inline-flex flex-col items-end">
          <Money value={month.toPay} />
          {isLast && Number(balance.carried.amount) < 0 && (
            <span className="text-xs text-muted">
              <Money value={balance.carried} /> is taken off the next month
            </span>
          )}
        </span>
      ),
    },
  ];
  return (
    <>
      <PageHead title="Balance">
        What approved conversions pay, by month (UTC) and offer. A month below zero is taken off the next
        where the deal says so.
      </PageHead>
      <PageBody className="max-w-4xl">
        <Listing
          what="The balance"
          error={data ? undefined : error}
          isEmpty={data !== undefined && rows.length === 0}
          empty={{
            icon: Wallet,
            title: "Nothing is owed yet",
            words: "The first approved conversion that pays opens its month here.",
          }}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        >
          <Panel flush>
            <Table label="Balance" columns={columns} rows={rows} rowId={(row) => row.id} loading={!data} />
          </Panel>
        </Listing>
      </PageBody>
    </>
  );
}
