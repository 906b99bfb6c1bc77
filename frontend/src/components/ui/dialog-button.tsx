import { Plus } from "lucide-react";
import { type ComponentProps, type ReactElement, type ReactNode, useState } from "react";

import { Button } from "./button";
import { Dialog } from "./dialog";

interface DialogButtonProps extends Pick<
  ComponentProps<typeof Button>,
  "look" | "size" | "icon" | "writes" | "aria-label"
> {
  label: string;
  /** Of the dialog, where it is not the button's label. */
  title?: string;
  wide?: boolean;
  /** What is in the dialog; it is given what closes it. */
  renderContent: (close: () => void) => ReactNode;
}

/** A button that opens a dialog. */
export function DialogButton({
  label,
  title = label,
  wide = false,
  icon = Plus,
  renderContent,
  ...button
}: DialogButtonProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <Button
        {...button}
        icon={icon}
        onPress={() => {
          setOpen(true);
        }}
      >
        {label}
      </Button>
      <Dialog title={title} wide={wide} isOpen={isOpen} onClose={close}>
        {renderContent(close)}
      </Dialog>
    </>
  );
}
