import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { useAction, useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { formatNumber, plural } from "@/components/ui/format";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";
import type { DeliveryFilter } from "@/live/delivery-pages";

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

const PreviewParts = graphql(`
  fragment ReplayPreviewParts on ReplayPreview @_unmask {
    count
    postbacks {
      count
      postback {
        id
        name
        sentTo
      }
    }
    reasons {
      count
      reason
      sentence
    }
  }
`);

const PreviewQuery = graphql(
  `
    query ReplayPreview($filter: DeliveryFilter!, $ids: [ID!]) {
      failed: replayPreview(filter: $filter, ids: $ids) {
        ...ReplayPreviewParts
      }
      all: replayPreview(filter: $filter, ids: $ids, includeDelivered: true) {
        ...ReplayPreviewParts
      }
    }
  `,
  [PreviewParts],
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

/** Replays what failed of a selection, or of all that match a filter: what it would send first, then how far it is. */
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
  const [job, setJob] = useState<Job | null>(null);
  const [template, setTemplate] = useState<Template>("CURRENT");
  const [includeDelivered, setIncludeDelivered] = useState(false);
  const { errors, setErrors, isSaving, save } = useSave(ReplayMany, "replayDeliveries");
  // As it was when the dialog was opened.
  const [of] = useState({ filter, ids: ids === null ? null : [...ids] });
  const [{ data, error }] = useQuery({ query: PreviewQuery, variables: of, requestPolicy: "network-only" });
  const preview = data && (includeDelivered ? data.all : data.failed);
  const delivered = data ? data.all.count - data.failed.count : 0;
  const said = errors.general ?? (error ? explain(error) : null);

  const start = async () => {
    const payload = await save({ ...of, template, includeDelivered });
    if (payload?.job) setJob(payload.job);
    else if (payload) setErrors({ fields: {}, general: "Nothing left to replay." });
  };

  return (
    <Dialog title={ids === null ? "Replay failed" : "Replay selection"} isOpen onClose={onClose}>
      {job !== null ? (
        <Running first={job} onClose={onClose} />
      ) : (
        <div className="flex flex-col gap-4">
          <div role="status">
            {said !== null ? (
              <p className="text-failed">{said}</p>
            ) : preview === undefined ? (
              <Skeleton className="w-2/3" />
            ) : (
              <Meant preview={preview} />
            )}
          </div>
          {delivered > 0 && (
            <Checkbox isSelected={includeDelivered} onChange={setIncludeDelivered} className="text-failed">
              Also send {formatNumber(delivered)} that {delivered === 1 ? "was" : "were"} delivered: trackers
              may count them twice
            </Checkbox>
          )}
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
              writes
              look="primary"
              isPending={isSaving}
              isDisabled={preview === undefined || preview.count === 0}
              onPress={() => void start()}
            >
              {preview === undefined || preview.count === 0
                ? "Replay"
                : `Replay ${formatNumber(preview.count)}${includeDelivered ? "" : " failed"}`}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** What would be sent: how many, by which postbacks, and why they were not delivered. */
function Meant({ preview }: { preview: ResultOf<typeof PreviewParts> }): ReactElement {
  const { count, postbacks, reasons } = preview;
  if (count === 0) {
    return (
      <p>
        Nothing failed that was not replayed already. Tests, and deliveries of deleted postbacks, are never
        replayed.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <p>
        <strong className="tabular">{plural(count, "delivery", "deliveries")}</strong> will be sent again,
        behind live traffic. Your tracker gets the same {"{conversion_id}"} again.
      </p>
      <Counts
        label="Postbacks"
        lines={postbacks.map((line) => ({
          id: line.postback.id,
          count: line.count,
          words: line.postback.name || line.postback.sentTo,
        }))}
      />
      <Counts
        label="Reasons"
        lines={reasons.map((line) => ({ id: line.reason ?? "", count: line.count, words: line.sentence }))}
      />
    </div>
  );
}

interface CountsProps {
  label: string;
  lines: readonly { id: string; count: number; words: string }[];
}

function Counts({ label, lines }: CountsProps): ReactElement {
  return (
    <section>
      <h3 className="text-xs font-medium text-muted">{label}</h3>
      <Lines label={label} lines={lines} />
    </section>
  );
}

function Lines({ label, lines, className }: CountsProps & { className?: string }): ReactElement {
  return (
    <ul aria-label={label} className="scroll-thin flex max-h-40 flex-col gap-1 overflow-y-auto text-sm">
      {lines.map(({ id, count, words }) => (
        <li key={id} className="flex gap-2">
          <span className={cx("tabular shrink-0 font-medium", className)}>{formatNumber(count)}</span>
          <span className="text-muted">{words}</span>
        </li>
      ))}
    </ul>
  );
}

function hasEnded({ state }: Job): boolean {
  return state === "DONE" || state === "CANCELLED";
}

function Running({ first, onClose }: { first: Job; onClose: () => void }): ReactElement {
  const [job, setJob] = useState(first);
  const { isRunning, run } = useAction(Cancel, "cancelBulkReplay");
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
        <Lines
          label="Reasons"
          lines={failures.map(({ reason, sentence, count }) => ({ id: reason, count, words: sentence }))}
          className="text-failed"
        />
      )}
      <div className="flex justify-end gap-2">
        {!isOver && (
          <Button writes isPending={isRunning} onPress={() => void run({ id: job.id })}>
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
