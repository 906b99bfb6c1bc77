import { Archive, ArchiveRestore, Trash2 } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";

import { type Change, ConfirmedAction } from "./confirmed-action";
import { useAction } from "./use-save";

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
  /** One of several on the page: its buttons name it. */
  inList?: boolean;
  onChanged?: () => void;
  onDeleted?: () => void;
}

/** Archives something after it was said what that means; what is archived is restored, or deleted where nothing uses it. */
export function Archiving<A extends string, R extends string, D extends string>(
  props: ArchivingProps<A, R, D>,
): ReactElement {
  const { id, what, name, archive, effect, inList, onChanged } = props;
  if (props.isArchived) return <Archived {...props} />;
  return (
    <ConfirmedAction
      change={archive}
      id={id}
      icon={Archive}
      label="Archive"
      aria-label={inList === true ? `Archive ${name}` : "Archive"}
      title={`Archive ${what}`}
      onDone={() => {
        toast(`Archived ${name}`);
        onChanged?.();
      }}
    >
      {name} is hidden from lists and choices; its history stays. {effect}
    </ConfirmedAction>
  );
}

function Archived<A extends string, R extends string, D extends string>({
  id,
  what,
  name,
  restore,
  remove,
  comesBack,
  inList,
  onChanged,
  onDeleted,
}: ArchivingProps<A, R, D>): ReactElement {
  const { isRunning, run } = useAction(restore.document, restore.field);
  const restoreNow = async () => {
    if ((await run({ id })) === null) return;
    toast(comesBack === undefined ? `Restored ${name}` : `Restored ${name}: ${comesBack}`);
    onChanged?.();
  };
  return (
    <>
      <Button
        writes
        size="sm"
        icon={ArchiveRestore}
        aria-label={inList === true ? `Restore ${name}` : "Restore"}
        isPending={isRunning}
        onPress={() => void restoreNow()}
      >
        Restore
      </Button>
      <ConfirmedAction
        change={remove}
        id={id}
        icon={Trash2}
        label="Delete"
        aria-label={inList === true ? `Delete ${name}` : "Delete"}
        title={`Delete ${what}`}
        danger
        onDone={() => {
          toast(`Deleted ${name}`);
          onDeleted?.();
        }}
      >
        {name} is deleted for good, if nothing uses it. This cannot be undone.
      </ConfirmedAction>
    </>
  );
}
