import { ListFilter, Webhook } from "lucide-react";
import type { ReactElement } from "react";

import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";

/** What the log says where it has no line. */
export function Nothing({
  filtered,
  onClear,
  newPostback,
}: {
  filtered: boolean;
  onClear: () => void;
  newPostback: string;
}): ReactElement {
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
