import type { ReactElement } from "react";
import { useQuery } from "urql";

import { useSave } from "@/components/records/use-save";
import { Confirm } from "@/components/ui/dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { Sums } from "@/components/ui/money";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const PreviewQuery = graphql(`
  query StaffGoalMappingPreview($integrationId: ID!, $word: String!, $goal: String!) {
    previewGoalMapping(integrationId: $integrationId, word: $word, goal: $goal) {
      recorded
      changed
      refused
      reason
      left
      deliveries
      amounts {
        amount
        currency
      }
      payouts {
        amount
        currency
      }
    }
  }
`);

const Map = mutation(
  graphql(`
    mutation StaffMapGoal($input: MapGoalInput!) {
      mapGoal(input: $input) {
        recorded
        changed
        refused
        integration {
          id
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
  "conversions",
  "conversionTotals",
  "node",
);

/** An operator's word, and the goal that it is to be mapped to. */
export interface GoalToMap {
  word: string;
  key: string;
  name: string;
}

/** Asks before a goal is mapped: how many conversions it makes, of how much money, and what fires. */
export function MapGoal({
  integrationId,
  mapping,
  onClose,
  onMapped,
}: {
  integrationId: string;
  /** Null: nothing is asked. */
  mapping: GoalToMap | null;
  onClose: () => void;
  onMapped: () => void;
}): ReactElement {
  const { errors, isSaving, save } = useSave(Map, "mapGoal", [], mapping);
  const map = async ({ word, key }: GoalToMap) => {
    const payload = await save({ integrationId, word, goal: key });
    if (!payload) return;
    const { recorded, changed, refused } = payload;
    const more = [
      changed > 0 && `${String(changed)} changed`,
      refused > 0 && `${plural(refused, "report keeps", "reports keep")} waiting`,
    ];
    toast([`${plural(recorded, "conversion", "conversions")} recorded`, ...more.filter(Boolean)].join(", "));
    onClose();
    onMapped();
  };
  return (
    <Confirm
      title={`Map ${mapping?.word ?? ""} to ${mapping?.name ?? ""}`}
      isOpen={mapping !== null}
      onClose={onClose}
      onConfirm={() => {
        if (mapping) void map(mapping);
      }}
      action="Map and fire"
      isPending={isSaving}
    >
      <GeneralError text={errors.general} />
      {mapping && <Preview integrationId={integrationId} word={mapping.word} goal={mapping.key} />}
    </Confirm>
  );
}

/** What mapping the goal would do, as it would be now: nothing is changed. */
function Preview(variables: { integrationId: string; word: string; goal: string }): ReactElement {
  const [{ data, error }] = useQuery({ query: PreviewQuery, variables, requestPolicy: "network-only" });
  if (error) return <GeneralError text={explain(error)} />;
  const preview = data?.previewGoalMapping;
  if (!preview) return <SkeletonBlock label="Loading what would happen" lines={4} />;
  const { recorded, changed, refused, reason, left, deliveries, amounts, payouts } = preview;
  return (
    <div className="flex flex-col gap-3 text-ink">
      <Facts>
        <Fact name="New conversions">{recorded}</Fact>
        {changed > 0 && <Fact name="Changed conversions">{changed}</Fact>}
        <Fact name="Amounts">
          <Sums of={amounts} />
        </Fact>
        <Fact name="Pays">
          <Sums of={payouts} />
        </Fact>
        <Fact name="Postbacks">{plural(deliveries, "postback fires", "postbacks fire")}</Fact>
        {refused > 0 && (
          <Fact name="Refused">
            {plural(refused, "report keeps", "reports keep")} waiting: {reason}
          </Fact>
        )}
      </Facts>
      {left > 0 && (
        <p>
          This counts the oldest reports only: {left} more {left === 1 ? "is" : "are"} recorded with them.
        </p>
      )}
      <p className="text-sm text-muted">It can be undone: then these conversions are taken back.</p>
    </div>
  );
}
