import { lazy, type ReactElement, Suspense } from "react";

import { SearchBox } from "@/components/ui/search-box";

import type { DeliveriesSearch } from "./search";

const Choices = lazy(() => import("./filter-choices").then((m) => ({ default: m.Choices })));

export interface FiltersProps {
  search: DeliveriesSearch;
  set: (change: Partial<DeliveriesSearch>) => void;
}

/** What the log shows; it stands in the address, so that a view can be shared. */
export function Filters({ search, set }: FiltersProps): ReactElement {
  return (
    <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <SearchBox
        label="Search deliveries"
        placeholder="Any id: tracker’s click id, transaction…"
        value={search.q ?? ""}
        onChange={(q) => {
          set({ q: q === "" ? undefined : q });
        }}
        className="w-full sm:w-80"
      />
      <Suspense
        fallback={
          <span className="h-16 basis-full sm:h-7 sm:w-1 sm:basis-auto pointer-coarse:h-21 sm:pointer-coarse:h-9.5" />
        }
      >
        <Choices search={search} set={set} />
      </Suspense>
    </div>
  );
}
