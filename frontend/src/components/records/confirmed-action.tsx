import type { TypedDocumentNode } from "@urql/core";
import { type ComponentProps, type ReactElement, type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { GeneralError } from "@/components/ui/general-error";
import type { UserError } from "@/graphql/user-errors";

import { useSave } from "./use-save";

/** A mutation of one object by its id, and its field. */
export interface Change<Name extends string> {
  document: TypedDocumentNode<Record<Name, { userErrors: readonly UserError[] }>, { input: { id: string } }>;
  field: Name;
}

interface ConfirmedActionProps<Name extends string> extends Pick<
  ComponentProps<typeof Button>,
  "icon" | "look" | "isDisabled" | "aria-label" | "aria-describedby"
> {
  change: Change<Name>;
  id: string;
  label: string;
  /** What it does, as a verb with its object: over the question, and on the button that does it. */
  title: string;
  /** What the other button says, where it is not Cancel. */
  cancel?: string;
  danger?: boolean;
  onDone: () => void;
  /** What will happen. */
  children: ReactNode;
}

/** A button that changes an object after it was said what that means. What is wrong stands in the question. */
export function ConfirmedAction<Name extends string>({
  change,
  id,
  label,
  title,
  cancel,
  danger = false,
  onDone,
  children,
  ...button
}: ConfirmedActionProps<Name>): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { errors, isSaving, save } = useSave(change.document, change.field, [], isAsking);
  const confirm = async () => {
    if ((await save({ id })) === null) return;
    setAsking(false);
    onDone();
  };
  return (
    <>
      <Button
        {...button}
        writes
        size="sm"
        onPress={() => {
          setAsking(true);
        }}
      >
        {label}
      </Button>
      <Confirm
        title={title}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action={title}
        cancel={cancel}
        danger={danger}
        isPending={isSaving}
      >
        <GeneralError text={errors.general} />
        {children}
      </Confirm>
    </>
  );
}
