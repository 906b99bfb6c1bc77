import { ListFilter, Webhook } from "lucide-react";
import type { ReactElement } from "react";

import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState, ErrorState } from "@/components/ui/states";
import type { DeliveryRowData } from "@/live/delivery-row";
import type { Live } from "@/live/use-live-log";

/** What the log says where it has no line. */
export function Nothing({
  live,
  filtered,
  onClear,
  newPostback,
}: {
  live: Live<DeliveryRowData>;
  filtered: boolean;
  onClear: () => void;
  newPostback: string;
}): ReactElement {
  if (live.status === "failed") {
    return (
      <ErrorState
        title="The deliveries could not be fetched"
        message={live.error ?? ""}
        onRetry={live.retry}
      />
    );
  }
  if (filtered) {
    return (
      <EmptyState
        icon={ListFilter}
        title="No postback matches"
        action={<Button onPress={onClear}>Clear filters</Button>}
      >
        New matches appear here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Webhook}
      title="No postbacks sent yet"
      action={
        <a href={newPostback} className={buttonClass("primary")}>
          Create postback
        </a>
      }
    >
      They appear here as conversions arrive.
    </EmptyState>
  );
}
