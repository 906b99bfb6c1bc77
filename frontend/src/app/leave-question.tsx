import type { ReactElement } from "react";

import { Confirm } from "@/components/ui/dialog";

interface LeaveQuestionProps {
  onLeave: () => void;
  onStay: () => void;
}

/** What is asked before unsaved content is lost. */
export function LeaveQuestion({ onLeave, onStay }: LeaveQuestionProps): ReactElement {
  return (
    <Confirm
      title="Leave without saving?"
      isOpen
      onClose={onStay}
      onConfirm={onLeave}
      action="Leave"
      cancel="Keep editing"
      danger
    >
      What you changed on this page is not saved.
    </Confirm>
  );
}
