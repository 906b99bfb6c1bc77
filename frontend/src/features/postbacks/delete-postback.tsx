import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useAction } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";

import { DeletePostback as DeleteMutation } from "./mutations";
import { placeOf, type Postback } from "./one-postback";

/** Deletes a postback after it was said what that means. */
export function DeletePostback({ postback }: { postback: Postback }): ReactElement {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const { isRunning, run } = useAction(DeleteMutation, "deletePostback");

  const confirm = async () => {
    const isDeleted = (await run({ id: postback.id })) !== null;
    setAsking(false);
    if (!isDeleted) return;
    toast(`Deleted the postback for ${postback.goal.name}`);
    await navigate({ to: "/postbacks" });
  };

  return (
    <>
      <Button
        writes
        icon={Trash2}
        onPress={() => {
          setAsking(true);
        }}
      >
        Delete
      </Button>
      <Confirm
        title="Delete postback"
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action="Delete postback"
        danger
        isPending={isRunning}
      >
        {postback.sentTo} no longer receives {postback.goal.name} in {placeOf(postback)}. Postbacks already
        sent stay in the log. To pause it, switch it off instead.
      </Confirm>
    </>
  );
}
