import { Outlet, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Split } from "@/components/ui/split";

interface ListWithDetailProps {
  /** What the detail is: "Click". */
  label: string;
  renderList: (selectedId: string | null) => ReactElement;
  onClose: () => void;
}

/** A list page whose child route, `$id`, opens beside it. */
export function ListWithDetail({ label, renderList, onClose }: ListWithDetailProps): ReactElement {
  const id = useParams({ strict: false, select: (params) => params.id }) ?? null;
  return (
    <Split
      label={label}
      list={renderList(id)}
      detail={id === null ? null : <Outlet key={id} />}
      onClose={onClose}
    />
  );
}
