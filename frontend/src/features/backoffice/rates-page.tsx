import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { ConfirmedAction } from "@/components/records/confirmed-action";
import { Listing } from "@/components/records/listing";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const RatesQuery = graphql(`
  query StaffRates {
    exchangeRates {
      id
      quote
      rate
      from
    }
  }
`);

const SetRate = mutation(
  graphql(`
    mutation StaffSetRate($input: SetExchangeRateInput!) {
      setExchangeRate(input: $input) {
        rate {
          id
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "exchangeRates",
);

const DeleteRate = mutation(
  graphql(`
    mutation StaffDeleteRate($input: DeleteExchangeRateInput!) {
      deleteExchangeRate(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "exchangeRates",
);

type Rate = ResultOf<typeof RatesQuery>["exchangeRates"][number];

const columns: Column<Rate>[] = [
  {
    id: "currency",
    header: "Currency",
    lead: true,
    cell: (row) => <span className="font-medium">{row.quote}</span>,
  },
  {
    id: "rate",
    header: "Per 1 EUR",
    align: "right",
    trail: true,
    cell: (row) => <span className="tabular">{row.rate}</span>,
  },
  { id: "from", header: "From", cell: (row) => <Time at={row.from} /> },
  {
    id: "actions",
    header: "Actions",
    cell: (row) => (
      <ConfirmedAction
        change={{ document: DeleteRate, field: "deleteExchangeRate" }}
        id={row.id}
        look="quiet"
        label="Delete"
        aria-label={`Delete the rate of ${row.quote}`}
        title="Delete exchange rate"
        danger
        onDone={() => {
          toast(`Deleted the rate of ${row.quote}`);
        }}
      >
        The rate before it applies again. Conversions keep the rate that they were calculated with.
      </ConfirmedAction>
    ),
  },
];

export function RatesPage(): ReactElement {
  const [{ data, error }, refetch] = useQuery({ query: RatesQuery, requestPolicy: "cache-and-network" });
  const refetchAll = () => {
    refetch({ requestPolicy: "network-only" });
  };
  const rows = data?.exchangeRates ?? [];
  return (
    <>
      <PageHead title="Exchange rates">
        Units of each currency per 1 EUR. A conversion keeps the rate of its time; a new rate applies to later
        ones.
      </PageHead>
      <PageBody>
        <SetRateForm onSet={refetchAll} />
        <Listing
          what="The exchange rates"
          error={data ? undefined : error}
          isEmpty={data !== undefined && rows.length === 0}
          empty={{
            title: "No rate yet",
            words: "Without rates, revenue in a currency other than the deal's cannot be calculated.",
          }}
          onRetry={refetchAll}
        >
          <Panel flush>
            <Table
              label="Exchange rates"
              columns={columns}
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

function SetRateForm({ onSet }: { onSet: () => void }): ReactElement {
  const [currency, setCurrency] = useState("");
  const [rate, setRate] = useState("");
  const [from, setFrom] = useState("");
  const { errors, isSaving, save } = useSave(SetRate, "setExchangeRate", ["quote", "rate", "from"]);
  return (
    <Panel title="Set rate">
      <Form
        className="grid items-start gap-4 sm:grid-cols-4"
        onSubmit={() => {
          void save({ quote: currency, rate, ...(from !== "" && { from: `${from}T00:00:00Z` }) }).then(
            (payload) => {
              if (!payload) return;
              toast(`1 EUR is ${rate} ${currency.toUpperCase()}`);
              setCurrency("");
              setRate("");
              setFrom("");
              onSet();
            },
          );
        }}
      >
        <div className="empty:hidden sm:col-span-4">
          <GeneralError text={errors.general} />
        </div>
        <TextField
          label="Currency"
          placeholder="USD"
          value={currency}
          onChange={setCurrency}
          isRequired
          error={errors.fields["quote"]}
        />
        <TextField
          label="Per 1 EUR"
          placeholder="1.08"
          inputMode="decimal"
          value={rate}
          onChange={setRate}
          isRequired
          error={errors.fields["rate"]}
        />
        <TextField
          label="From"
          type="date"
          value={from}
          onChange={setFrom}
          hint="Empty: now."
          error={errors.fields["from"]}
        />
        <div className="flex sm:pt-6">
          <Button type="submit" look="primary" isPending={isSaving}>
            Set
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
