import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { IconButton } from "./button";

interface SheetProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** What comes up from the lower edge of a phone. */
export function Sheet({ title, isOpen, onClose, children }: SheetProps): ReactElement {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-40 flex items-end bg-scrim"
    >
      <Modal className="max-h-[85dvh] w-full overflow-y-auto rounded-t-md bg-surface pb-[env(safe-area-inset-bottom)] shadow-overlay motion-safe:animate-[rise_140ms_ease-out]">
        <Dialog className="outline-none">
          <div className="flex items-center justify-between border-b px-4 py-2">
            <Heading slot="title" className="text-base font-semibold">
              {title}
            </Heading>
            <IconButton label="Close" icon={X} onPress={onClose} />
          </div>
          <div className="p-3">{children}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
