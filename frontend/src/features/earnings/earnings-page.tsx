import { Wallet } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Listing } from "@/components/records/listing";
import { Money } from "@/components/ui/money";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

const EarningsQuery = graphql(`
  query Earnings {
    earnings {
      currency
      negativeCarryover
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
        commission {
          amount
          currency
        }
        payable {
          amount
          currency
        }
      }
    }
  }
`);

type Earnings = ResultOf<typeof EarningsQuery>["earnings"][number];

interface Row {
  id: string;
  earnings: Earnings;
  month: Earnings["months"][number];
  /** The newest of its earnings: what it leaves is carried on. */
  isLast: boolean;
}

function rowsOf(earnings: readonly Earnings[]): Row[] {
  const rows = earnings.flatMap((earnings) =>
    earnings.months.map((month, i) => ({
      id: [earnings.affiliate.id, earnings.offer.id, earnings.currency, month.month].join(" "),
      earnings,
      month,
      isLast: i === earnings.months.length - 1,
    })),
  );
  return rows.sort((a, b) => b.month.month.localeCompare(a.month.month));
}

const monthName = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** Staff see whose a month is. */
function columnsOf(isStaff: boolean): Column<Row>[] {
  return [
    {
      id: "month",
      header: "Month",
      lead: true,
      cell: ({ month }) => <span className="font-medium">{monthName.format(new Date(month.month))}</span>,
    },
    { id: "offer", header: "Offer", cell: ({ earnings }) => earnings.offer.name },
    ...(isStaff
      ? [
          {
            id: "affiliate",
            header: "Affiliate",
            cell: ({ earnings }: Row) => <span className="text-muted">{earnings.affiliate.name}</span>,
          },
        ]
      : []),
    {
      id: "commission",
      header: "Commission",
      align: "right",
      cell: ({ month }) => (
        <>
          <span className="mr-1 text-muted sm:hidden">commission</span>
          <Money value={month.commission} />
        </>
      ),
    },
    {
      id: "payable",
      header: "Payable",
      align: "right",
      trail: true,
      cell: ({ month, earnings, isLast }) => (
        <span className="inline-flex flex-col items-end">
          <Money value={month.payable} />
          {isLast && Number(earnings.carried.amount) < 0 && (
            <span className="text-xs text-muted">
              <Money value={earnings.carried} /> carried over to the next month
            </span>
          )}
        </span>
      ),
    },
  ];
}

/** Commission by month and offer, the newest first. */
export function EarningsPage(): ReactElement {
  const isStaff = useIsStaff();
  const [{ data, error }, refetch] = useQuery({ query: EarningsQuery, requestPolicy: "cache-and-network" });
  const rows = rowsOf(data?.earnings ?? []);
  return (
    <>
      <PageHead title="Earnings">
        Commission on approved conversions by month (UTC) and offer. A negative month reduces the next where
        the deal has negative carryover.
      </PageHead>
      <PageBody>
        <Listing
          what="The earnings"
          error={data ? undefined : error}
          isEmpty={data !== undefined && rows.length === 0}
          empty={{
            icon: Wallet,
            title: "No earnings yet",
            words: "Your first paid conversion shows up here once it is approved.",
          }}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        >
          <Panel flush>
            <Table
              label="Earnings"
              columns={columnsOf(isStaff)}
              rows={rows}
              rowId={(row) => row.id}
              loading={!data}
            />
          </Panel>
        </Listing>
      </PageBody>
    </>
  );
}
