import { type ReactElement, useEffect, useState } from "react";
import { useMutation } from "urql";

import type { DeliveryFilter } from "@/components/records/delivery-pages";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatNumber, plural } from "@/components/ui/format";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

const JobParts = graphql(`
  fragment BulkReplayParts on BulkReplay @_unmask {
    id
    state
    total
    progress {
      waiting
      delivered
      failed
      cancelled
      skipped
      failures {
        reason
        sentence
        count
      }
    }
  }
`);

const ReplayMany = graphql(
  `
    mutation ReplayDeliveries($input: ReplayDeliveriesInput!) {
      replayDeliveries(input: $input) {
        count
        job {
          ...BulkReplayParts
        }
        userErrors {
          message
        }
      }
    }
  `,
  [JobParts],
);

const Cancel = graphql(`
  mutation CancelBulkReplay($input: ChangeBulkReplayInput!) {
    cancelBulkReplay(input: $input) {
      job {
        id
        state
      }
      userErrors {
        message
      }
    }
  }
`);

const Progress = graphql(
  `
    subscription BulkReplayProgress($id: ID!) {
      bulkReplayProgress(id: $id) {
        ...BulkReplayParts
      }
    }
  `,
  [JobParts],
);

type Job = ResultOf<typeof JobParts>;
type Template = "CURRENT" | "SENT";

/** Replays a selection, or all that match a filter: how many first, then how far it is. */
export function BulkReplayDialog({
  filter,
  ids,
  onClose,
}: {
  filter: DeliveryFilter;
  /** Only these; null for all that match. */
  ids: readonly string[] | null;
  onClose: () => void;
}): ReactElement {
  const [count, setCount] = useState<number | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [template, setTemplate] = useState<Template>("CURRENT");
  const [{ fetching }, replay] = useMutation(ReplayMany);
  // As it was when the dialog was opened.
  const [of] = useState({ filter, ids: ids === null ? null : [...ids] });

  useEffect(() => {
    void replay({ input: { ...of, dryRun: true } }).then(({ data, error }) => {
      if (error) setProblem(explain(error));
      else setCount(data?.replayDeliveries.count ?? 0);
    });
  }, [replay, of]);

  const onlyFailed = of.filter.states?.join() === "FAILED";

  const start = async () => {
    const { data, error } = await replay({ input: { ...of, template } });
    const payload = data?.replayDeliveries;
    if (payload?.job) setJob(payload.job);
    else {
      setProblem(error ? explain(error) : (payload?.userErrors[0]?.message ?? "Nothing left to replay."));
    }
  };

  return (
    <Dialog title={ids === null ? "Replay matching" : "Replay selection"} isOpen onClose={onClose}>
      {job !== null ? (
        <Running first={job} onClose={onClose} />
      ) : (
        <div className="flex flex-col gap-4">
          <div role="status">
            {problem !== null ? (
              <p className="text-failed">{problem}</p>
            ) : count === null ? (
              <Skeleton className="w-2/3" />
            ) : count === 0 ? (
              <p>Nothing to replay: none of these is finished. Tests are never replayed.</p>
            ) : (
              <p>
                <strong className="tabular">{plural(count, "delivery", "deliveries")}</strong> will be sent
                again, behind live traffic. Your tracker gets the same {"{conversion_id}"} again.
              </p>
            )}
          </div>
          <Segmented<Template>
            label="URL"
            value={template}
            onChange={setTemplate}
            choices={[
              { id: "CURRENT", label: "Current" },
              { id: "SENT", label: "As sent then" },
            ]}
          />
          <div className="flex justify-end gap-2">
            <Button onPress={onClose}>Cancel</Button>
            <Button
              look="primary"
              isPending={fetching}
              isDisabled={count === null || count === 0}
              onPress={() => void start()}
            >
              {count === null ? "Replay" : `Replay ${formatNumber(count)}${onlyFailed ? " failed" : ""}`}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function hasEnded({ state }: Job): boolean {
  return state === "DONE" || state === "CANCELLED";
}

function Running({ first, onClose }: { first: Job; onClose: () => void }): ReactElement {
  const [job, setJob] = useState(first);
  const [{ fetching }, cancel] = useMutation(Cancel);
  useEffect(() => {
    let last = first;
    return subscribeLive(
      Progress,
      { id: first.id },
      {
        next: ({ bulkReplayProgress }) => {
          last = bulkReplayProgress;
          setJob(last);
        },
        isOver: () => hasEnded(last),
      },
    );
  }, [first]);
  const { delivered, failed, cancelled, skipped, waiting, failures } = job.progress;
  const ended = delivered + failed + cancelled + skipped;
  const isOver = hasEnded(job);
  const share = job.total === 0 ? 1 : Math.min(1, ended / job.total);
  return (
    <div className="flex flex-col gap-3">
      <div
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={job.total}
        aria-valuenow={Math.min(ended, job.total)}
        className="h-2 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full bg-accent" style={{ width: `${String(share * 100)}%` }} />
      </div>
      <p role="status" className="tabular">
        {isOver ? (job.state === "DONE" ? "Done: " : "Stopped: ") : ""}
        {formatNumber(ended)} of {formatNumber(job.total)}; {formatNumber(delivered)} delivered,{" "}
        {formatNumber(failed)} failed
        {waiting > 0 && `, ${formatNumber(waiting)} waiting`}
        {skipped > 0 && `, ${formatNumber(skipped)} skipped`}.
      </p>
      {failures.length > 0 && (
        <ul aria-label="Reasons" className="flex flex-col gap-1 text-sm">
          {failures.map(({ reason, sentence, count }) => (
            <li key={reason} className="flex gap-2">
              <span className="tabular shrink-0 font-medium text-failed">{formatNumber(count)}</span>
              <span className="text-muted">{sentence}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="flex justify-end gap-2">
        {!isOver && (
          <Button isPending={fetching} onPress={() => void cancel({ input: { id: job.id } })}>
            Stop
          </Button>
        )}
        <Button look="primary" onPress={onClose}>
          {isOver ? "Close" : "Run in background"}
        </Button>
      </div>
    </div>
  );
}
