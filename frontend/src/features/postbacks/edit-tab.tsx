import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/page";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { formErrors, noErrors } from "@/graphql/user-errors";

import { fieldNames, missing, toInput } from "./draft";
import { UpdatePostback } from "./mutations";
import { type Postback, toDraft } from "./one-postback";
import { PostbackForm } from "./postback-form";

/** Changes a postback: each save is a new version. */
export function EditTab({ postback }: { postback: Postback }): ReactElement {
  const [draft, setDraft] = useState(() => toDraft(postback));
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, update] = useMutation(UpdatePostback);

  const submit = async () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked below." });
      return;
    }
    setErrors(noErrors);
    const { data, error } = await update({ input: { id: postback.id, postback: toInput(draft) } });
    const saved = data?.updatePostback.postback;
    if (saved) {
      toast(`Saved as version ${String(saved.version)}; postbacks already queued are sent as they were`);
      return;
    }
    setErrors(
      error
        ? { fields: {}, general: explain(error) }
        : formErrors(data?.updatePostback.userErrors ?? [], fieldNames),
    );
  };

  return (
    <div className="flex flex-col gap-4">
      <PostbackForm
        draft={draft}
        onChange={setDraft}
        errors={errors}
        onSubmit={() => void submit()}
        isSaving={fetching}
        submitLabel="Save"
        severalGoals={false}
        postbackId={postback.id}
      />
      {postback.signingSecret !== null && (
        <Panel title="Signing secret">
          <p className="mb-2 text-muted">
            Every POST is signed with it (Standard Webhooks), so that your tracker can verify the sender.
          </p>
          <span className="flex items-center gap-2">
            <span className="min-w-0 rounded-md border bg-sunken px-3 py-1.5 font-mono text-sm break-all">
              {postback.signingSecret}
            </span>
            <CopyButton text={postback.signingSecret} what="the signing secret" />
          </span>
        </Panel>
      )}
    </div>
  );
}
