import { Ban, Send } from "lucide-react";
import type { ReactElement } from "react";

import { ConfirmedAction } from "@/components/records/confirmed-action";
import { useAction } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
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
  return (
    <ConfirmedAction
      change={{ document: Cancel, field: "cancelDelivery" }}
      id={id}
      icon={Ban}
      label="Cancel"
      title="Cancel delivery"
      cancel="Keep it"
      danger
      onDone={() => {
        toast("Cancelled");
      }}
    >
      Your tracker is not told of it. If it should be after all, replay the delivery.
    </ConfirmedAction>
  );
}
