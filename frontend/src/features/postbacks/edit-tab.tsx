import { useNavigate } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useClient } from "urql";

import { useSave } from "@/components/records/use-save";
import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";

import { fieldNames, missing, toInput } from "./draft";
import { UpdatePostback } from "./mutations";
import { type Postback, PostbackQuery } from "./one-postback";
import { ConflictDialog, Overtaken } from "./overtaken";
import { PostbackForm } from "./postback-form";
import { RestoredDraft } from "./restored-draft";
import type { Edited } from "./use-edited";

/** Changes a postback: each save is a new version. */
export function EditTab({ postback, edited }: { postback: Postback; edited: Edited }): ReactElement {
  const { draft, version } = edited;
  const client = useClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const { errors, setErrors, isSaving, save } = useSave(UpdatePostback, "updatePostback", [
    ...fieldNames,
    "version",
  ]);
  const isOvertaken = edited.isDirty && postback.version !== version;

  const saveFrom = async (from: number) => {
    setAsking(false);
    const input = { id: postback.id, version: from, postback: toInput(draft) };
    const payload = await save(input, ({ fields }) => {
      if (fields["version"] !== undefined) void askAboutTheirs();
    });
    const saved = payload?.postback;
    if (!saved) return;
    edited.saved(saved, draft);
    toast(`Saved as version ${String(saved.version)}; postbacks already queued are sent as they were`);
  };

  const askAboutTheirs = async () => {
    // Who saved what, as it is now.
    await client.query(PostbackQuery, { id: postback.id }, { requestPolicy: "network-only" }).toPromise();
    setAsking(true);
  };

  const submit = () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked above." });
      return;
    }
    if (isOvertaken) setAsking(true);
    else void saveFrom(version);
  };

  return (
    <div className="flex flex-col gap-4">
      {edited.restoredAt !== null && <RestoredDraft at={edited.restoredAt} onDiscard={edited.discard} />}
      {isOvertaken && (
        <Note tone="retrying" icon={TriangleAlert} role="status">
          <Overtaken by={postback} />
        </Note>
      )}
      <PostbackForm
        draft={draft}
        onChange={edited.setDraft}
        errors={errors}
        onSubmit={submit}
        isSaving={isSaving}
        submitLabel="Save"
        newTracker={null}
        postbackId={postback.id}
      />
      <ConflictDialog
        what="postback"
        by={postback}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onSee={() => {
          setAsking(false);
          void navigate({
            to: "/postbacks/$id",
            params: { id: postback.id },
            search: { tab: "versions" },
            replace: true,
          });
        }}
        onOverwrite={() => void saveFrom(postback.version)}
      />
      {postback.signingSecret !== null && <SigningSecret secret={postback.signingSecret} />}
    </div>
  );
}

function SigningSecret({ secret }: { secret: string }): ReactElement {
  return (
    <Panel title="Signing secret">
      <p className="mb-2 text-muted">
        Every POST is signed with it (Standard Webhooks), so that your tracker can verify the sender.
      </p>
      <span className="flex items-center gap-2">
        <span
          translate="no"
          className="min-w-0 rounded-md border bg-sunken px-3 py-1.5 font-mono text-sm break-all"
        >
          {secret}
        </span>
        <CopyButton text={secret} what="the signing secret" />
      </span>
    </Panel>
  );
}
