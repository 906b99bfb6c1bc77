import { RotateCcw } from "lucide-react";
import { lazy, type ReactElement, Suspense, useEffect, useRef, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { formatNumber } from "@/components/ui/format";
import { useRested } from "@/components/ui/use-rested";
import { graphql } from "@/graphql/graphql";
import type { DeliveryFilter } from "@/live/delivery-pages";

const BulkReplayDialog = lazy(() =>
  import("./bulk-replay-dialog").then((m) => ({ default: m.BulkReplayDialog })),
);

const CountQuery = graphql(`
  query CountFailed($filter: DeliveryFilter!) {
    replayPreview(filter: $filter) {
      count
    }
  }
`);

/** How long the log has to be quiet before the count is asked for again. */
const settled = 1000;

/** The button that replays the selection, or what failed of all that match, and the dialog behind it. */
export function BulkReplay({
  filter,
  picked,
  failures,
  onClose,
}: {
  filter: DeliveryFilter;
  picked: readonly string[];
  /** How many failures the log shows, null until it is there: when that changes, the count does. */
  failures: number | null;
  onClose: () => void;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [{ data }, refetch] = useQuery({
    query: CountQuery,
    variables: { filter },
    pause: failures === null,
    requestPolicy: "network-only",
  });
  const rested = useRested(failures, settled);
  const counted = useRef(failures);
  useEffect(() => {
    counted.current ??= failures; // the first count is asked for without waiting
    if (rested === null || rested === counted.current) return;
    counted.current = rested;
    refetch({ requestPolicy: "network-only" });
  }, [failures, rested, refetch]);
  const count = data?.replayPreview.count ?? 0;
  return (
    <>
      <Button
        icon={RotateCcw}
        writes
        onPress={() => {
          setOpen(true);
        }}
      >
        {picked.length > 0
          ? `Replay ${formatNumber(picked.length)} selected`
          : count > 0
            ? `Replay ${formatNumber(count)} failed`
            : "Replay failed"}
      </Button>
      {picked.length > 0 && <Button onPress={onClose}>Clear selection</Button>}
      {isOpen && (
        <Suspense>
          <BulkReplayDialog
            filter={filter}
            ids={picked.length > 0 ? picked : null}
            onClose={() => {
              setOpen(false);
              refetch({ requestPolicy: "network-only" });
              onClose();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
