import { useNavigate } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useClient } from "urql";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Panel } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";

import { fieldNames, missing, toInput } from "./draft";
import { UpdatePostback } from "./mutations";
import { type Postback, PostbackQuery } from "./one-postback";
import { PostbackForm } from "./postback-form";
import { RestoredDraft } from "./restored-draft";
import type { Edited } from "./use-edited";

/** Changes a postback: each save is a new version. */
export function EditTab({ postback, edited }: { postback: Postback; edited: Edited }): ReactElement {
  const { draft, version } = edited;
  const client = useClient();
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
          <Overtaken postback={postback} />
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
        postback={postback}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onOverwrite={() => void saveFrom(postback.version)}
      />
      {postback.signingSecret !== null && <SigningSecret secret={postback.signingSecret} />}
    </div>
  );
}

/** Who saved the postback while it was being changed here. */
function Overtaken({ postback }: { postback: Postback }): ReactElement {
  const [last] = postback.versions;
  return (
    <span>
      Changed since you opened it: version {postback.version} was saved
      {last?.author && ` by ${last.author.email}`}
      {last && (
        <>
          {" "}
          at <Time at={last.createdAt} form="time" />
        </>
      )}
      .
    </span>
  );
}

function ConflictDialog({
  postback,
  isOpen,
  onClose,
  onOverwrite,
}: {
  postback: Postback;
  isOpen: boolean;
  onClose: () => void;
  onOverwrite: () => void;
}): ReactElement {
  const navigate = useNavigate();
  return (
    <Dialog title="This postback was changed meanwhile" isOpen={isOpen} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-muted">
          <Overtaken postback={postback} /> Overwriting makes yours the newest version; theirs stays under
          Versions. What you typed stays here while you look.
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button
            autoFocus
            onPress={() => {
              onClose();
              void navigate({
                to: "/postbacks/$id",
                params: { id: postback.id },
                search: { tab: "versions" },
                replace: true,
              });
            }}
          >
            See theirs
          </Button>
          <Button look="danger" onPress={onOverwrite}>
            Overwrite
          </Button>
        </div>
      </div>
    </Dialog>
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
