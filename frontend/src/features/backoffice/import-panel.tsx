import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { StateBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { None } from "@/components/ui/none";
import { Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { decodeText } from "./file-text";

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

type Line = ResultOf<typeof Import>["importStatusChanges"]["lines"][number];

interface Preview {
  lines: readonly Line[];
  changed: number;
  applied: boolean;
}

const outcomes: Record<string, string> = {
  CHANGE: "Changes",
  SAME: "No change",
  NOT_FOUND: "Not found",
  REFUSED: "Refused",
} satisfies Record<Line["outcome"], string>;

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

/** Many statuses at once by a file: shown first, then changed. */
export function ImportPanel(): ReactElement {
  const [csv, setCsv] = useState("");
  const [preview, setPreview] = useState<Preview | null>(null);
  const { errors, isSaving, save } = useSave(Import, "importStatusChanges");

  const go = async (dryRun: boolean) => {
    const payload = await save({ csv, dryRun });
    if (!payload) return;
    setPreview({ lines: payload.lines, changed: payload.changed, applied: !dryRun });
    if (!dryRun) toast(`Changed ${plural(payload.changed, "conversion", "conversions")}`);
  };

  return (
    <Panel title="Status import">
      <div className="flex flex-col gap-4">
        <GeneralError text={errors.general} />
        <CsvFields
          csv={csv}
          onChange={(text) => {
            setCsv(text);
            setPreview(null);
          }}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button
            isPending={isSaving && preview === null}
            isDisabled={csv.trim() === ""}
            onPress={() => void go(true)}
          >
            Preview
          </Button>
          <Button
            look="primary"
            isPending={isSaving && preview !== null}
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

/** The lines, from a file or pasted. */
function CsvFields({ csv, onChange }: { csv: string; onChange: (text: string) => void }): ReactElement {
  return (
    <>
      <p className="text-muted">
        The first line lists the columns: <code>transaction_id</code> or <code>conversion_id</code>,{" "}
        <code>status</code>, and optionally <code>goal</code>, <code>amount</code>, <code>currency</code> and{" "}
        <code>reason</code>.
      </p>
      <label className="flex flex-col gap-1 text-sm">
        <span className="font-medium">CSV file</span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          className="text-muted file:mr-3 file:h-8 file:rounded-md file:border file:border-solid file:border-line file:bg-surface file:px-3 file:font-medium file:text-ink hover:file:border-edge"
          onChange={(e) => {
            void e.target.files?.[0]?.arrayBuffer().then((bytes) => {
              onChange(decodeText(bytes));
            });
          }}
        />
      </label>
      <TextField
        label="Or paste CSV"
        rows={5}
        mono
        value={csv}
        onChange={onChange}
        placeholder={"transaction_id,status,reason\nT-1001,rejected,chargeback"}
      />
    </>
  );
}
