import type { TypedDocumentNode } from "@urql/core";
import { Archive, ArchiveRestore, Trash2 } from "lucide-react";
import { type ReactElement, type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";
import type { UserError } from "@/graphql/user-errors";

import { useAction, useSave } from "./use-save";

/** A mutation of one object by its id, and its field. */
interface Change<Name extends string> {
  document: TypedDocumentNode<Record<Name, { userErrors: readonly UserError[] }>, { input: { id: string } }>;
  field: Name;
}

interface ArchivingProps<A extends string, R extends string, D extends string> {
  id: string;
  /** What it is, such as campaign. */
  what: string;
  name: string;
  isArchived: boolean;
  archive: Change<A>;
  restore: Change<R>;
  remove: Change<D>;
  /** What archiving it means, as sentences. */
  effect: ReactNode;
  /** How it comes back, as a sentence. */
  comesBack?: string;
  onChanged?: () => void;
  onDeleted?: () => void;
}

/** Archives something after it was said what that means; what is archived is restored, or deleted where nothing uses it. */
export function Archiving<A extends string, R extends string, D extends string>(
  props: ArchivingProps<A, R, D>,
): ReactElement {
  return props.isArchived ? <Archived {...props} /> : <ArchiveButton {...props} />;
}

function ArchiveButton<A extends string, R extends string, D extends string>({
  id,
  what,
  name,
  archive,
  effect,
  onChanged,
}: ArchivingProps<A, R, D>): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { errors, isSaving, save } = useSave(archive.document, archive.field, [], isAsking);
  const confirm = async () => {
    if ((await save({ id })) === null) return;
    setAsking(false);
    toast(`Archived ${name}`);
    onChanged?.();
  };
  return (
    <>
      <Button
        writes
        size="sm"
        icon={Archive}
        onPress={() => {
          setAsking(true);
        }}
      >
        Archive
      </Button>
      <Confirm
        title={`Archive ${what}`}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action={`Archive ${what}`}
        isPending={isSaving}
      >
        <GeneralError text={errors.general} />
        {name} is hidden from lists and choices; its history stays. {effect}
      </Confirm>
    </>
  );
}

function Archived<A extends string, R extends string, D extends string>({
  id,
  what,
  name,
  restore,
  remove,
  comesBack,
  onChanged,
  onDeleted,
}: ArchivingProps<A, R, D>): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const bringBack = useAction(restore.document, restore.field);
  const { errors, isSaving, save } = useSave(remove.document, remove.field, [], isAsking);
  const restoreNow = async () => {
    if ((await bringBack.run({ id })) === null) return;
    toast(comesBack === undefined ? `Restored ${name}` : `Restored ${name}: ${comesBack}`);
    onChanged?.();
  };
  const deleteNow = async () => {
    if ((await save({ id })) === null) return;
    setAsking(false);
    toast(`Deleted ${name}`);
    onDeleted?.();
  };
  return (
    <>
      <Button
        writes
        size="sm"
        icon={ArchiveRestore}
        isPending={bringBack.isRunning}
        onPress={() => void restoreNow()}
      >
        Restore
      </Button>
      <Button
        writes
        size="sm"
        icon={Trash2}
        onPress={() => {
          setAsking(true);
        }}
      >
        Delete
      </Button>
      <Confirm
        title={`Delete ${what}`}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void deleteNow()}
        action={`Delete ${what}`}
        danger
        isPending={isSaving}
      >
        <GeneralError text={errors.general} />
        {name} is deleted for good, if nothing uses it. This cannot be undone.
      </Confirm>
    </>
  );
}
