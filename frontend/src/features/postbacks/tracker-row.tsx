import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, Plus, TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";

import { holdInWords } from "@/components/records/reasons";
import { useAction } from "@/components/records/use-save";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { cx } from "@/components/ui/cx";
import { plural } from "@/components/ui/format";
import { Note } from "@/components/ui/states";
import { aboveRowLink, rowLinkClass } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { TemplateText } from "@/components/ui/url-text";
import { useIsStaff } from "@/graphql/viewer";

import { HealthLine } from "./health";
import { OnOff } from "./on-off";
import { Spark } from "./spark";
import { type TrackerRow, UpdateTracker } from "./tracker-parts";
import { campaignsInWords, statusesInWords } from "./tracker-words";

/** A tracker as one row: where it is sent, what for, and how that goes. */
export function TrackerLine({
  tracker,
  all,
}: {
  tracker: TrackerRow;
  /** The trackers that are known besides. */
  all: readonly TrackerRow[];
}): ReactElement {
  const isStaff = useIsStaff();
  const { name, preset, sentTo, method, urlTemplate, health } = tracker;
  const isNamed = preset === null || name.toLowerCase().includes(preset.name.toLowerCase());
  return (
    <li>
      <div className="relative flex flex-col gap-1.5 px-4 py-3 hover:bg-hover">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <Link to="/trackers/$id" params={{ id: tracker.id }} className={rowLinkClass}>
            {name}
          </Link>
          <span className="min-w-0 text-muted">
            {[
              isStaff && tracker.affiliate.name,
              sentTo !== name && sentTo,
              !isNamed && preset.name,
              method === "POST" && "POST",
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </div>
        <div className="flex items-start gap-1">
          <TemplateText template={urlTemplate} className="min-w-0" />
          <span className={cx(aboveRowLink, "-my-1")}>
            <CopyButton text={urlTemplate} what={`the URL of ${name}`} />
          </span>
        </div>
        <Goals tracker={tracker} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Spark hours={health.hours} />
          <HealthLine health={health} />
          <span className="text-muted">{campaignsInWords(tracker, all)}</span>
        </div>
        <Trouble tracker={tracker} />
      </div>
      <Narrower tracker={tracker} />
    </li>
  );
}

const chipClass =
  "inline-flex h-6 items-center gap-1 rounded-sm border px-1.5 text-sm whitespace-nowrap no-underline hover:underline pointer-coarse:h-9 pointer-coarse:px-2.5";

/** What it is sent for in all its campaigns; each goal leads to its postback. */
function Goals({ tracker }: { tracker: TrackerRow }): ReactElement {
  const { isRunning, run } = useAction(UpdateTracker, "updateTracker");
  const switchOn = async (key: string, name: string) => {
    const done = await run({ id: tracker.id, goals: [{ goal: key, enabled: true }] });
    if (done) toast(`${tracker.name} is sent ${name} from now on`);
  };
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <ul aria-label={`Goals of ${tracker.name}`} className={cx(aboveRowLink, "flex flex-wrap gap-1.5")}>
        {tracker.goals
          .filter(({ postbacks }) => postbacks.some(({ scope }) => scope === "GLOBAL"))
          .map((goal) => (
            <li key={goal.goal.id}>
              <GoalChip goal={goal} />
            </li>
          ))}
      </ul>
      {tracker.missingGoals.length > 0 && (
        <span className={cx(aboveRowLink, "flex flex-wrap items-center gap-1.5")}>
          <span className="text-retrying">Not sent:</span>
          {tracker.missingGoals.map(({ id, key, name }) => (
            <Button
              key={id}
              writes
              size="sm"
              icon={Plus}
              className="h-6"
              isPending={isRunning}
              aria-label={`Switch on ${name} for ${tracker.name}`}
              onPress={() => void switchOn(key, name)}
            >
              {name}
            </Button>
          ))}
        </span>
      )}
    </div>
  );
}

function GoalChip({ goal }: { goal: TrackerRow["goals"][number] }): ReactElement {
  const statuses = statusesInWords(goal.statuses);
  const Icon = goal.enabled ? CircleCheck : CircleDashed;
  const content = (
    <>
      <Icon aria-hidden className={cx("size-3", goal.enabled ? "text-delivered" : "text-faint")} />
      {goal.goal.name}
      {!goal.enabled && <span> off</span>}
      {goal.enabled && statuses !== "" && <span className="text-muted">{statuses}</span>}
      {goal.ownUrl && <span className="text-muted">own URL</span>}
    </>
  );
  const [first] = goal.postbacks;
  const look = cx(chipClass, goal.enabled ? "text-ink" : "text-muted");
  if (first === undefined) return <span className={look}>{content}</span>;
  return (
    <Link to="/postbacks/$id" params={{ id: first.id }} className={look}>
      {content}
    </Link>
  );
}

/** What keeps postbacks from the tracker now. */
export function Trouble({ tracker }: { tracker: TrackerRow }): ReactElement {
  return (
    <>
      {tracker.endpoints
        .filter(({ circuit }) => circuit !== "CLOSED")
        .map(({ address, sentTo, sentence, waiting }) => (
          <Note key={address} tone="held" icon={TriangleAlert}>
            {sentTo}: {sentence}
            {waiting > 0 && ` ${plural(waiting, "postback waits", "postbacks wait")}.`}
          </Note>
        ))}
      {tracker.postbacks.map(
        (postback) =>
          postback.holdReason !== null && (
            <Note key={postback.id} tone="held" icon={TriangleAlert}>
              <Link
                to="/postbacks/$id"
                params={{ id: postback.id }}
                className={cx(aboveRowLink, "font-medium text-inherit underline")}
              >
                {[postback.goal.name, postback.name !== tracker.name && postback.name]
                  .filter(Boolean)
                  .join(", ")}
              </Link>
              {" · "}
              {holdInWords(postback.holdReason)}
            </Note>
          ),
      )}
    </>
  );
}

/** So many are shown at once. */
const few = 3;

/** The postbacks of one offer or one campaign, which the tracker has besides. */
function Narrower({ tracker }: { tracker: TrackerRow }): ReactElement | null {
  const list = tracker.postbacks.filter(({ scope }) => scope !== "GLOBAL");
  if (list.length === 0) return null;
  const lines = (
    <ul aria-label={`Campaign and offer postbacks of ${tracker.name}`} className="flex flex-col gap-1 pb-2">
      {list.map((postback) => (
        <li key={postback.id} className="flex items-center gap-2 pr-4 pl-8">
          <span className="min-w-0 flex-1">
            <Link to="/postbacks/$id" params={{ id: postback.id }} className="link font-medium">
              {postback.goal.name}
            </Link>{" "}
            <span className="text-muted">
              {[
                postback.campaign === null
                  ? `${postback.offer?.name ?? "one offer"}, all campaigns`
                  : `${postback.campaign.name} only`,
                postback.name !== tracker.name && postback.name,
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>{" "}
            {!postback.enabled && <Badge>Off</Badge>}
          </span>
          <OnOff postback={postback} />
        </li>
      ))}
    </ul>
  );
  if (list.length <= few) return lines;
  return (
    <details>
      <summary className="link w-fit cursor-default list-none px-4 pb-2 pl-8">
        {plural(list.length, "campaign or offer postback", "campaign and offer postbacks")}
      </summary>
      {lines}
    </details>
  );
}
