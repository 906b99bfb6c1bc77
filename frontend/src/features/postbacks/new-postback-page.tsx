import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, RotateCcw } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";

import { useCampaignChoices } from "@/components/records/campaign-choices";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { toast } from "@/components/ui/toast";

import { CopyGlobal } from "./copy-global";
import { type Draft, fieldNames, missing, toInput } from "./draft";
import { CreatePostback } from "./mutations";
import { PostbackForm } from "./postback-form";
import { RestoredDraft } from "./restored-draft";
import { type Beginning, Recognized, Start } from "./start/start";
import { useNewDraft } from "./use-new-draft";

const route = getRouteApi("/shell/postbacks/new");

/** A new postback: where it goes comes first, then when it fires. */
export function NewPostbackPage(): ReactElement {
  const { campaign, offer, goal } = route.useSearch();
  const { draft, setDraft, restoredAt, discard, saved } = useNewDraft({ campaign, offer, goal });
  const [beginning, setBeginning] = useState<Beginning | null>(
    restoredAt === null
      ? null
      : { urlTemplate: draft.urlTemplate, tracker: null, token: null, adjust: false },
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
  };

  return (
    <>
      <PageHead
        title="New postback"
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
      <span>For this campaign only, beside the global postbacks that fire for it too.</span>
    </span>
  );
}

/** Makes the draft's postbacks, and goes to what was made: or back to the campaign that asked for it. */
function useCreate(draft: Draft, campaign: string | null, onSaved: () => void) {
  const navigate = useNavigate();
  const { errors, setErrors, isSaving, save } = useSave(CreatePostback, "createPostback", fieldNames);
  const submit = async () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked above." });
      return;
    }
    const payload = await save({ postback: toInput(draft) });
    const made = payload?.postbacks ?? [];
    const [first] = made;
    if (!first) return;
    toast(`Created ${plural(made.length, "postback", "postbacks")} to ${first.sentTo}`);
    onSaved();
    if (campaign !== null) {
      await navigate({ to: "/campaigns/$id", params: { id: campaign }, hash: "postbacks" });
      return;
    }
    await (made.length === 1
      ? navigate({ to: "/postbacks/$id", params: { id: first.id } })
      : navigate({ to: "/postbacks" }));
  };
  return { errors, isSaving, submit };
}

function Editor({
  beginning,
  draft,
  onChange,
  campaign,
  onSaved,
}: {
  beginning: Beginning;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Where it was asked for, and where one goes back to. */
  campaign: string | null;
  onSaved: () => void;
}): ReactElement {
  const { errors, isSaving, submit } = useCreate(draft, campaign, onSaved);
  const [pasted, setPasted] = useState<string | null>(null);
  // What was pressed to get here is gone: the keyboard goes on where the form begins.
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => {
    start.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div ref={start} tabIndex={-1} role="group" aria-label="The postback" className="outline-none">
      <PostbackForm
        draft={draft}
        onChange={onChange}
        errors={errors}
        onSubmit={() => void submit()}
        isSaving={isSaving}
        submitLabel={
          draft.goals.length > 1 ? `Create ${String(draft.goals.length)} postbacks` : "Create postback"
        }
        severalGoals
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
