import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import * as z from "zod/mini";

import { Segmented } from "@/components/ui/segmented";

import { one } from "./address";

/** The address of a list that shows what is in use, or what is archived. */
export const archivedSearch = z.object({ show: one(z.enum(["archived"])) });

/** Whether the list of this page shows what is archived, and the choice of it. */
export function useArchived(): { archived: boolean; choice: ReactElement } {
  const { show } = useSearch({ strict: false });
  const navigate = useNavigate();
  const choice = (
    <Segmented
      label="Archived"
      hideLabel
      value={show ?? "current"}
      onChange={(chosen) => {
        void navigate({ to: ".", search: chosen === "archived" ? { show: chosen } : {}, replace: true });
      }}
      choices={[
        { id: "current", label: "Current" },
        { id: "archived", label: "Archived" },
      ]}
    />
  );
  return { archived: show === "archived", choice };
}
