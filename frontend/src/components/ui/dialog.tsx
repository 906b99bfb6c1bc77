import { X } from "lucide-react";
import { type ReactElement, type ReactNode, useState } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { Button, IconButton } from "./button";
import { cx } from "./cx";
import { DialogForms, discardUnsaved, hasUnsaved, type Unsaved } from "./unsaved";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** For what must be answered: no cross, no escape, no click beside it. */
  mustAnswer?: boolean;
  wide?: boolean;
}

/** Escape, its cross and a click beside it close it; where a form in it has unsaved content, they ask first. */
export function Dialog({ title, isOpen, onClose, children, mustAnswer, wide }: DialogProps): ReactElement {
  const free = mustAnswer !== true;
  const [forms] = useState(() => new Set<Unsaved>());
  const [isAsking, setAsking] = useState(false);
  const close = () => {
    if (hasUnsaved(forms)) setAsking(true);
    else onClose();
  };
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) close();
      }}
      isDismissable={free}
      isKeyboardDismissDisabled={!free}
      className="fixed inset-0 z-40 flex items-start justify-center overflow-y-auto bg-scrim p-4 pt-[12vh]"
    >
      <Modal
        className={cx(
          "w-full rounded-md bg-surface shadow-overlay motion-safe:animate-[rise_120ms_ease-out]",
          wide === true ? "max-w-2xl" : "max-w-md",
        )}
      >
        <AriaDialog className="outline-none">
          <div className="flex items-center justify-between gap-4 border-b px-4 py-3">
            <Heading slot="title" className="text-lg font-semibold">
              {title}
            </Heading>
            {free && <IconButton label="Close" icon={X} size="sm" onPress={close} />}
          </div>
          <div className="p-4">
            <DialogForms value={forms}>{children}</DialogForms>
          </div>
          {isAsking && (
            <Confirm
              title="Close without saving?"
              isOpen
              onClose={() => {
                setAsking(false);
              }}
              onConfirm={() => {
                setAsking(false);
                discardUnsaved(forms);
                onClose();
              }}
              action="Discard"
              cancel="Keep editing"
              danger
            >
              What you entered is not saved.
            </Confirm>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => void;
  /** What the button does, as a verb with its object. */
  action: string;
  /** What the other button says, where it is not Cancel. */
  cancel?: string | undefined;
  danger?: boolean;
  isPending?: boolean;
  /** What will happen, and to how many. */
  children: ReactNode;
}

export function Confirm({
  title,
  isOpen,
  onClose,
  onConfirm,
  action,
  cancel,
  danger,
  isPending,
  children,
}: ConfirmProps): ReactElement {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <div className="text-muted">{children}</div>
        <div className="flex justify-end gap-2">
          <Button onPress={onClose} autoFocus>
            {cancel ?? "Cancel"}
          </Button>
          <Button
            look={danger === true ? "danger" : "primary"}
            onPress={onConfirm}
            isPending={isPending ?? false}
          >
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
