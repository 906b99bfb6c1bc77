import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { Button, IconButton } from "./button";
import { cx } from "./cx";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** For what must be answered: no cross, no escape, no click beside it. */
  mustAnswer?: boolean;
  wide?: boolean;
}

export function Dialog({ title, isOpen, onClose, children, mustAnswer, wide }: DialogProps): ReactElement {
  const free = mustAnswer !== true;
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
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
            {free && <IconButton label="Close" icon={X} size="sm" onPress={onClose} />}
          </div>
          <div className="p-4">{children}</div>
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
            Cancel
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
