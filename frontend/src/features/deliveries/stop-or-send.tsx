import { Ban, Send } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useAction, useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Cancel = mutation(
  graphql(`
    mutation CancelDelivery($input: CancelDeliveryInput!) {
      cancelDelivery(input: $input) {
        delivery {
          id
          state
          explanation
          nextAttemptAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "conversionTrace",
);

const Release = mutation(
  graphql(`
    mutation ReleaseDelivery($input: ReleaseDeliveryInput!) {
      releaseDelivery(input: $input) {
        delivery {
          id
          state
          explanation
          nextAttemptAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "conversionTrace",
);

/** Cancels a delivery that is not sent yet; one that its tracker holds up is sent now. */
export function StopOrSend({
  delivery: { id, state, reason },
}: {
  delivery: { id: string; state: string; reason: string | null };
}): ReactElement {
  return (
    <>
      {state === "HELD" && reason === "CIRCUIT_OPEN" && <ReleaseButton id={id} />}
      <CancelButton id={id} />
    </>
  );
}

function ReleaseButton({ id }: { id: string }): ReactElement {
  const { isRunning, run } = useAction(Release, "releaseDelivery");
  const release = async () => {
    if (await run({ id })) toast("Sending it now; if the tracker accepts it, the others follow");
  };
  return (
    <Button icon={Send} size="sm" writes isPending={isRunning} onPress={() => void release()}>
      Send now
    </Button>
  );
}

function CancelButton({ id }: { id: string }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { errors, isSaving, save } = useSave(Cancel, "cancelDelivery", [], isAsking);
  const confirm = async () => {
    if ((await save({ id })) === null) return;
    setAsking(false);
    toast("Cancelled");
  };
  return (
    <>
      <Button
        icon={Ban}
        size="sm"
        writes
        onPress={() => {
          setAsking(true);
        }}
      >
        Cancel
      </Button>
      <Confirm
        title="Cancel delivery"
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action="Cancel delivery"
        cancel="Keep it"
        danger
        isPending={isSaving}
      >
        <GeneralError text={errors.general} />
        Your tracker is not told of it. If it should be after all, replay the delivery.
      </Confirm>
    </>
  );
}
