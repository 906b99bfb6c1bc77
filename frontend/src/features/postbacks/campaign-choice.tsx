import { type ReactElement, useState } from "react";

import { union, useNames } from "@/components/records/use-names";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { graphql, type ResultOf } from "@/graphql/graphql";

const CampaignsQuery = graphql(`
  query TrackerCampaigns($search: String, $affiliateIds: [ID!]) {
    campaigns(first: 100, filter: { search: $search, affiliateIds: $affiliateIds }) {
      edges {
        node {
          id
          name
          offer {
            id
            name
          }
          trackers {
            id
            name
            shares
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

type Row = ResultOf<typeof CampaignsQuery>["campaigns"]["edges"][number]["node"];

/** A campaign to choose; of a chosen one that is not among the first, its name alone is known. */
export type CampaignRow = Pick<Row, "id" | "name"> & Partial<Row>;

/** From here on the list has a search. */
const few = 8;

/** The campaigns of a tracker, to be ticked. */
export function CampaignChoice({
  value,
  onChange,
  chosen = [],
  affiliateIds = null,
  noteOf,
  hint,
  error,
}: {
  value: readonly string[];
  /** With the rows that are shown, by which the ids are known. */
  onChange: (value: string[], rows: readonly CampaignRow[]) => void;
  /** Those that were chosen before: they are shown though they may not be among the first. */
  chosen?: readonly CampaignRow[];
  /** For staff: whose campaigns they are. */
  affiliateIds?: string[] | null;
  /** What stands below a campaign's name. */
  noteOf: (row: CampaignRow, isChosen: boolean) => string;
  hint?: string;
  error: string | undefined;
}): ReactElement {
  const [typed, setTyped] = useState("");
  const names = useNames(
    CampaignsQuery,
    typed,
    ({ campaigns }) => campaigns.pageInfo.hasNextPage,
    affiliateIds,
  );
  const text = typed.trim().toLowerCase();
  const found = (names.found ?? names.first)?.campaigns.edges.map(({ node }) => node);
  if (found === undefined && names.error === undefined) return <Skeleton className="h-16" />;
  const all = union<CampaignRow>(chosen, found ?? []);
  if (all.length === 0 && text === "") {
    return <p className="text-muted">No campaign yet: choose this tracker when you create one.</p>;
  }
  const rows = all.filter(({ name, offer }) => `${name} ${offer?.name ?? ""}`.toLowerCase().includes(text));
  return (
    <div className="flex flex-col gap-2">
      {(names.hasMore || all.length > few) && (
        <TextField
          label="Find campaigns"
          type="search"
          value={typed}
          onChange={setTyped}
          onKeyDown={(e) => {
            // It looks for campaigns: the form is not sent yet.
            if (e.key === "Enter") e.preventDefault();
          }}
        />
      )}
      <CheckboxGroup
        label={`Chosen campaigns${value.length === 0 ? "" : ` (${String(value.length)})`}`}
        {...(hint !== undefined && { hint })}
        value={[...value]}
        onChange={(ids) => {
          onChange(ids, rows);
        }}
        error={error}
        className="scroll-thin max-h-72 flex-col flex-nowrap overflow-y-auto"
      >
        {rows.length === 0 && <p className="text-muted">No campaign matches.</p>}
        {rows.map((row) => (
          <Checkbox key={row.id} value={row.id}>
            {row.name}
            <span className="block text-xs text-muted">{noteOf(row, value.includes(row.id))}</span>
          </Checkbox>
        ))}
      </CheckboxGroup>
    </div>
  );
}
