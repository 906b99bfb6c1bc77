import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useAction } from "@/components/records/use-save";
import { Confirm } from "@/components/ui/dialog";
import { Segmented } from "@/components/ui/segmented";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Replay = mutation(
  graphql(`
    mutation ReplayDelivery($input: ReplayDeliveryInput!) {
      replayDelivery(input: $input) {
        delivery {
          id
          deliveryId
        }
        userErrors {
          message
        }
      }
    }
  `),
  "node",
  "conversionTrace",
);

interface Replayable {
  id: string;
  state: string;
  supersededBy: { state: string } | null;
  postback: { sentTo: string };
  version: { number: number };
}

const route = getRouteApi("/shell/deliveries/$id");

type Template = "CURRENT" | "SENT";

/** Asks before a delivery is sent once more, and by which template. */
export function ReplayDialog({
  delivery,
  onClose,
}: {
  delivery: Replayable;
  onClose: () => void;
}): ReactElement {
  const navigate = useNavigate();
  const search = route.useSearch();
  const [template, setTemplate] = useState<Template>("CURRENT");
  const { isRunning, run } = useAction(Replay, "replayDelivery");

  const confirm = async () => {
    const next = (await run({ id: delivery.id, template }))?.delivery;
    if (!next) return;
    toast(`Queued once more as delivery ${next.deliveryId.slice(-6)}`);
    onClose();
    await navigate({ to: "/deliveries/$id", params: { id: next.id }, search });
  };

  return (
    <Confirm
      title="Replay delivery"
      isOpen
      onClose={onClose}
      onConfirm={() => void confirm()}
      action="Replay now"
      isPending={isRunning}
    >
      <p>
        It is sent again to <b className="font-medium text-ink">{delivery.postback.sentTo}</b>, as a new
        delivery with its own id.
        {(delivery.state === "DELIVERED" || delivery.supersededBy?.state === "DELIVERED") &&
          " The tracker accepted it before: unless it deduplicates, it may count this one again."}
      </p>
      <Segmented<Template>
        label="URL"
        value={template}
        onChange={setTemplate}
        choices={[
          { id: "CURRENT", label: "Current" },
          { id: "SENT", label: `As sent then (v${String(delivery.version.number)})` },
        ]}
        className="mt-4"
      />
    </Confirm>
  );
}
