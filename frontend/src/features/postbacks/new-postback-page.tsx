import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, RotateCcw } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useMutation } from "urql";

import { Button } from "@/components/ui/button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { plural } from "@/components/ui/format";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { formErrors, noErrors } from "@/graphql/user-errors";

import { type Draft, fieldNames, missing, newDraft, toInput } from "./draft";
import { firstGoals, useGoalPayouts } from "./goal-payouts";
import { CreatePostback } from "./mutations";
import { PostbackForm } from "./postback-form";
import { type Beginning, Recognized, Start } from "./start/start";

const route = getRouteApi("/shell/postbacks/new");

/** A new postback: where it goes comes first, then when it fires. */
export function NewPostbackPage(): ReactElement {
  const { campaign, offer, goal } = route.useSearch();
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  const [begun, setBegun] = useState<Draft>({
    ...newDraft,
    scope: campaign !== undefined ? "CAMPAIGN" : offer !== undefined ? "OFFER" : "GLOBAL",
    campaignId: campaign ?? null,
    offerId: offer ?? null,
    goals: goal === undefined ? [] : [goal],
  });
  // Until goals are chosen, those that are counted or paid for, wherever it fires.
  const [isChosen, setChosen] = useState(goal !== undefined);
  const payouts = useGoalPayouts(begun, null);
  const draft = isChosen ? begun : { ...begun, goals: firstGoals(payouts) };
  const setDraft = (next: Draft) => {
    if (next.goals.join() !== draft.goals.join()) setChosen(true);
    setBegun(next);
  };
  const begin = (next: Beginning) => {
    setBeginning(next);
    setDraft({ ...draft, urlTemplate: next.urlTemplate, name: draft.name || (next.tracker ?? "") });
  };

  return (
    <>
      <PageHead
        title="New postback"
        aside={
          beginning !== null && (
            <Button
              icon={RotateCcw}
              onPress={() => {
                setBeginning(null);
              }}
            >
              Start over
            </Button>
          )
        }
      >
        <Link to="/postbacks" className="link inline-flex items-center gap-1">
          <ArrowLeft aria-hidden className="size-3.5" />
          Postbacks
        </Link>
      </PageHead>
      <PageBody>
        {beginning === null ? (
          <Start onBegin={begin} />
        ) : (
          <Editor key={beginning.urlTemplate} beginning={beginning} draft={draft} onChange={setDraft} />
        )}
      </PageBody>
    </>
  );
}

function Editor({
  beginning,
  draft,
  onChange,
}: {
  beginning: Beginning;
  draft: Draft;
  onChange: (draft: Draft) => void;
}): ReactElement {
  const navigate = useNavigate();
  const [errors, setErrors] = useState(noErrors);
  const [pasted, setPasted] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreatePostback);
  // What was pressed to get here is gone: the keyboard goes on where the form begins.
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => {
    start.current?.focus({ preventScroll: true });
  }, []);

  const submit = async () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked below." });
      return;
    }
    setErrors(noErrors);
    const { data, error } = await create({ input: { postback: toInput(draft) } });
    const made = data?.createPostback.postbacks ?? [];
    const [first] = made;
    if (first) {
      toast(`Created ${plural(made.length, "postback", "postbacks")} to ${first.host}`);
      await (made.length === 1
        ? navigate({ to: "/postbacks/$id", params: { id: first.id } })
        : navigate({ to: "/postbacks" }));
      return;
    }
    setErrors(
      error
        ? { fields: {}, general: explain(error) }
        : formErrors(data?.createPostback.userErrors ?? [], fieldNames),
    );
  };

  return (
    <div ref={start} tabIndex={-1} role="group" aria-label="The postback" className="outline-none">
      <PostbackForm
        draft={draft}
        onChange={onChange}
        errors={errors}
        onSubmit={() => void submit()}
        isSaving={fetching}
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
