import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { useGoalChoices } from "@/components/records/choices";
import { StateBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { plural } from "@/components/ui/format";
import { None } from "@/components/ui/none";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";
import { type Column, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { sentence } from "@/graphql/user-errors";

import { GeneralError } from "@/components/ui/general-error";
import { useSave } from "@/components/records/use-save";

const Fire = mutation(
  graphql(`
    mutation StaffFire($input: FireManualConversionInput!) {
      fireManualConversion(input: $input) {
        result
        conversion {
          id
          affiliate {
            id
            name
          }
          deliveries {
            id
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "conversions",
);

const Import = mutation(
  graphql(`
    mutation StaffImport($input: ImportStatusChangesInput!) {
      importStatusChanges(input: $input) {
        changed
        lines {
          line
          key
          from
          to
          outcome
          message
          conversion {
            id
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "conversions",
);

export function DeskPage(): ReactElement {
  return (
    <>
      <PageHead title="Manual conversions">Conversions that the operator failed to report.</PageHead>
      <PageBody>
        <FirePanel />
        <ImportPanel />
      </PageBody>
    </>
  );
}

const statuses = [
  { id: "APPROVED", label: "Approved" },
  { id: "PENDING", label: "Pending" },
  { id: "REJECTED", label: "Rejected" },
  { id: "CANCELLED", label: "Cancelled" },
] as const;

type Status = (typeof statuses)[number]["id"];

function FirePanel(): ReactElement {
  const goals = useGoalChoices();
  const [click, setClick] = useState("");
  const [goal, setGoal] = useState<string | null>(null);
  const [amount, setAmount] = useState("");
  const [transactionId, setTransactionId] = useState("");
  const [status, setStatus] = useState<Status>("APPROVED");
  const [done, setDone] = useState<{ id: string; words: string } | null>(null);
  const { errors, isSaving, save } = useSave(Fire, "fireManualConversion", [
    "click",
    "goal",
    "amount",
    "transactionId",
  ]);

  const fire = async () => {
    setDone(null);
    const payload = await save({
      click,
      goal: goal ?? "",
      status,
      ...(amount !== "" && { amount }),
      ...(transactionId !== "" && { transactionId }),
    });
    if (!payload?.conversion) return;
    const { id, affiliate, deliveries } = payload.conversion;
    setDone({
      id,
      words:
        payload.result === "DUPLICATE"
          ? `The click of ${affiliate?.name ?? "no affiliate"} has this conversion already; no postback was fired.`
          : `Recorded for ${affiliate?.name ?? "no affiliate"}; ${plural(deliveries.length, "postback fires", "postbacks fire")}.`,
    });
  };

  return (
    <Panel title="Fire a conversion for a click">
      <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void fire()}>
        <div className="empty:hidden sm:col-span-2">
          <GeneralError text={errors.general} />
        </div>
        <TextField
          label="Click id or param value"
          hint="The newest matching click."
          placeholder="MYTEST123"
          mono
          isRequired
          value={click}
          onChange={setClick}
          error={errors.fields["click"]}
        />
        <Select label="Goal" choices={goals} value={goal} onChange={setGoal} error={errors.fields["goal"]} />
        <TextField
          label="Amount"
          placeholder="25.50"
          value={amount}
          onChange={setAmount}
          error={errors.fields["amount"]}
        />
        <TextField
          label="Transaction id"
          hint="Required for goals that repeat."
          mono
          value={transactionId}
          onChange={setTransactionId}
          error={errors.fields["transactionId"]}
        />
        <Select
          label="Status"
          choices={[...statuses]}
          value={status}
          onChange={(id) => {
            setStatus(statuses.find((s) => s.id === id)?.id ?? "APPROVED");
          }}
        />
        <div className="flex items-end justify-end">
          <Button
            type="submit"
            look="primary"
            isPending={isSaving}
            isDisabled={click === "" || goal === null}
          >
            Fire
          </Button>
        </div>
      </Form>
      {done && (
        <Note tone="delivered" role="status" className="mt-4">
          {done.words}{" "}
          <Link to="/conversions/$id" params={{ id: done.id }}>
            Open conversion
          </Link>
        </Note>
      )}
    </Panel>
  );
}

type Line = ResultOf<typeof Import>["importStatusChanges"]["lines"][number];

const outcomes: Record<string, string> = {
  change: "Changes",
  same: "No change",
  not_found: "Not found",
  refused: "Refused",
};

function ImportPanel(): ReactElement {
  const [csv, setCsv] = useState("");
  const [preview, setPreview] = useState<{
    lines: readonly Line[];
    changed: number;
    applied: boolean;
  } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [{ fetching }, run] = useMutation(Import);

  const go = async (dryRun: boolean) => {
    setProblem(null);
    const { data, error } = await run({ input: { csv, dryRun } });
    const payload = data?.importStatusChanges;
    if (!payload || payload.userErrors.length > 0) {
      setProblem(
        error
          ? explain(error)
          : (payload?.userErrors.map((e) => sentence(e.message)).join(" ") ?? "The server did not answer."),
      );
      return;
    }
    setPreview({ lines: payload.lines, changed: payload.changed, applied: !dryRun });
    if (!dryRun) toast(`Changed ${plural(payload.changed, "conversion", "conversions")}`);
  };

  const columns: Column<Line>[] = [
    { id: "line", header: "Line", width: "4rem", cell: (row) => row.line },
    {
      id: "key",
      header: "Conversion",
      lead: true,
      cell: (row) => (
        <span translate="no" className="font-mono text-sm break-all">
          {row.key}
        </span>
      ),
    },
    { id: "outcome", header: "Outcome", trail: true, cell: (row) => outcomes[row.outcome] ?? row.outcome },
    {
      id: "to",
      header: "To",
      label: "to",
      cell: (row) => (row.to ? <StateBadge state={row.to} plain /> : <None />),
    },
    {
      id: "message",
      header: "Details",
      cell: (row) => <span className="text-muted">{row.message}</span>,
    },
  ];

  return (
    <Panel title="Status import">
      <div className="flex flex-col gap-4">
        <GeneralError text={problem} />
        <p className="text-muted">
          The first line lists the columns: <code>transaction_id</code> or <code>conversion_id</code>,{" "}
          <code>status</code>, and optionally <code>goal</code>, <code>amount</code> and <code>reason</code>.
        </p>
        <label className="flex flex-col gap-1 text-sm">
          <span className="font-medium">CSV file</span>
          <input
            type="file"
            accept=".csv,text/csv,text/plain"
            className="text-muted file:mr-3 file:h-8 file:rounded-md file:border file:border-solid file:border-line file:bg-surface file:px-3 file:font-medium file:text-ink hover:file:border-edge"
            onChange={(e) => {
              setPreview(null);
              void e.target.files?.[0]?.text().then(setCsv);
            }}
          />
        </label>
        <TextField
          label="Or paste CSV"
          rows={5}
          mono
          value={csv}
          onChange={(text) => {
            setCsv(text);
            setPreview(null);
          }}
          placeholder={"transaction_id,status,reason\nT-1001,rejected,chargeback"}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button
            isPending={fetching && preview === null}
            isDisabled={csv.trim() === ""}
            onPress={() => void go(true)}
          >
            Preview
          </Button>
          <Button
            look="primary"
            isPending={fetching && preview !== null}
            isDisabled={preview === null || preview.applied || preview.changed === 0}
            onPress={() => void go(false)}
          >
            {preview && !preview.applied
              ? `Change ${plural(preview.changed, "conversion", "conversions")}`
              : "Change"}
          </Button>
        </div>
        {preview && (
          <Table
            label="Preview of the import"
            columns={columns}
            rows={preview.lines}
            rowId={(row) => String(row.line)}
          />
        )}
      </div>
    </Panel>
  );
}
