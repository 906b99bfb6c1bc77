import type { ReactElement } from "react";

import { Segmented } from "./segmented";

/** Whether a list shows what is in use, or what is archived. */
export function ArchivedChoice({
  value,
  onChange,
}: {
  value: boolean;
  onChange: (archived: boolean) => void;
}): ReactElement {
  return (
    <Segmented
      label="Archived"
      hideLabel
      value={value ? "archived" : "current"}
      onChange={(chosen) => {
        onChange(chosen === "archived");
      }}
      choices={[
        { id: "current", label: "Current" },
        { id: "archived", label: "Archived" },
      ]}
    />
  );
}
