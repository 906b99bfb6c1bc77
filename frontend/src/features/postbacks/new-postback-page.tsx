import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, RotateCcw } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";

import { useCampaignChoices } from "@/components/records/campaign-choices";
import { useTrackers } from "@/components/records/trackers";
import { Button } from "@/components/ui/button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";

import { CopyGlobal } from "./copy-global";
import type { Draft } from "./draft";
import { campaignsOf, making, type NewTracker } from "./new-tracker";
import { PostbackForm } from "./postback-form";
import { RestoredDraft } from "./restored-draft";
import { type Beginning, Recognized, Start } from "./start/start";
import { type MadeTracker, TrackerMade } from "./tracker-made";
import { useCreate } from "./use-create";
import { useNewDraft } from "./use-new-draft";

const route = getRouteApi("/shell/postbacks/new");

/** A new tracker, or a postback besides: where it goes comes first, then when it fires. */
export function NewPostbackPage(): ReactElement {
  const { campaign, offer, goal } = route.useSearch();
  const { draft, setDraft, restoredAt, discard, saved } = useNewDraft({ campaign, offer, goal });
  const [made, setMade] = useState<MadeTracker | null>(null);
  const [beginning, setBeginning] = useState<Beginning | null>(
    restoredAt === null
      ? null
      : { urlTemplate: draft.urlTemplate, tracker: null, preset: null, token: null, adjust: false },
  );
  const begin = (next: Beginning) => {
    setBeginning(next);
    setDraft({
      ...draft,
      urlTemplate: next.urlTemplate,
      name: draft.name || (next.tracker ?? ""),
      goals: next.goals ?? draft.goals,
      ...(next.method !== undefined && { method: next.method }),
    });
  };
  const startOver = () => {
    discard();
    setBeginning(null);
    setMade(null);
  };
  const onMade = (tracker: MadeTracker) => {
    startOver();
    setMade(tracker);
  };

  if (made !== null) return <TrackerMade tracker={made} onAnother={startOver} />;
  return (
    <>
      <PageHead
        title={campaign === undefined && offer === undefined ? "New tracker" : "New postback"}
        aside={
          beginning !== null && (
            <Button icon={RotateCcw} onPress={startOver}>
              Start over
            </Button>
          )
        }
      >
        {campaign === undefined ? (
          <Link to="/postbacks" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Postbacks
          </Link>
        ) : (
          <OfCampaign id={campaign} />
        )}
      </PageHead>
      <PageBody>
        {restoredAt !== null && <RestoredDraft at={restoredAt} onDiscard={startOver} />}
        {beginning === null ? (
          <>
            {campaign !== undefined && <CopyGlobal goal={goal ?? null} onBegin={begin} />}
            <Start onBegin={begin} />
          </>
        ) : (
          <Editor
            key={beginning.urlTemplate}
            beginning={beginning}
            draft={draft}
            onChange={setDraft}
            campaign={campaign ?? null}
            onSaved={saved}
            onMade={onMade}
          />
        )}
      </PageBody>
    </>
  );
}

/** Which campaign it is for, and the way back there. */
function OfCampaign({ id }: { id: string }): ReactElement {
  const name = useCampaignChoices(id).choices.find((campaign) => campaign.id === id)?.label ?? "the campaign";
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <Link to="/campaigns/$id" params={{ id }} className="link inline-flex items-center gap-1">
        <ArrowLeft aria-hidden className="size-3.5" />
        {name}
      </Link>
      <span>Only this campaign, besides its tracker: what fires for it already still does.</span>
    </span>
  );
}

function Editor({
  beginning,
  draft,
  onChange,
  campaign,
  onSaved,
  onMade,
}: {
  beginning: Beginning;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Where it was asked for, and where one goes back to. */
  campaign: string | null;
  onSaved: () => void;
  /** A tracker was made: what comes next is its links. */
  onMade: (tracker: MadeTracker) => void;
}): ReactElement {
  const trackers = useTrackers();
  const newTracker = {
    made: making(draft, trackers),
    campaigns: campaignsOf(draft.campaigns, trackers),
  };
  const { errors, isSaving, submit } = useCreate({ draft, newTracker, beginning, campaign, onSaved, onMade });
  const [pasted, setPasted] = useState<string | null>(null);
  // What was pressed to get here is gone: the keyboard goes on where the form begins.
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => {
    start.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div
      ref={start}
      tabIndex={-1}
      role="group"
      aria-label={newTracker.made.kind === "tracker" ? "The tracker" : "The postback"}
      className="outline-none"
    >
      <PostbackForm
        draft={draft}
        onChange={onChange}
        errors={errors}
        onSubmit={() => void submit()}
        isSaving={isSaving}
        submitLabel={submitLabel(draft, newTracker)}
        newTracker={newTracker}
        postbackId={null}
        asTable={beginning.adjust}
        token={beginning.token}
        onPasteAll={setPasted}
        head={
          pasted !== null && (
            <Panel title="You pasted another URL">
              <Recognized
                text={pasted}
                onBegin={({ urlTemplate }) => {
                  onChange({ ...draft, urlTemplate });
                  setPasted(null);
                }}
              />
            </Panel>
          )
        }
      />
    </div>
  );
}

function submitLabel({ goals }: Draft, { made }: NewTracker): string {
  if (made.kind === "tracker") return "Create tracker";
  if (made.kind === "goals") return `Add to ${made.of.name}`;
  return goals.length > 1 ? `Create ${String(goals.length)} postbacks` : "Create postback";
}
