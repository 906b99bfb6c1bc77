import { getRouteApi, Outlet, useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { ListFilter, Pause, Play, Webhook } from "lucide-react";
import { type ReactElement, useCallback, useState } from "react";

import { useCampaignChoices, useGoalChoices } from "@/components/records/choices";
import { useLiveDeliveries } from "@/components/records/live-deliveries";
import { stateWord } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { FilterMenu } from "@/components/ui/filter-menu";
import { plural } from "@/components/ui/format";
import { useHotkey } from "@/components/ui/hotkeys";
import { PageHead } from "@/components/ui/page";
import { SearchBox } from "@/components/ui/search-box";
import { Split } from "@/components/ui/split";
import { EmptyState, ErrorState, Note } from "@/components/ui/states";
import { useIsStaff } from "@/graphql/viewer";

import { ConnectionState } from "./connection-state";
import { DeliveryList } from "./delivery-list";
import { countFilters, toFilter } from "./filter";
import { codeClasses, type DeliveriesSearch, deliveryStates } from "./search";

const route = getRouteApi("/shell/deliveries");

const ranges = [
  { id: "15m", label: "Last 15 minutes" },
  { id: "1h", label: "Last hour" },
  { id: "24h", label: "Last 24 hours" },
  { id: "7d", label: "Last 7 days" },
];

const codes = [
  { id: "2xx", label: "2xx: taken" },
  { id: "3xx", label: "3xx: redirected" },
  { id: "4xx", label: "4xx: refused" },
  { id: "5xx", label: "5xx: tracker's fault" },
];

/** The live log, and beside it the delivery that was opened. */
export function DeliveriesPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const id = useParams({ strict: false, select: (params) => params.id }) ?? null;
  return (
    <Split
      label="Delivery"
      list={<Log key={JSON.stringify(search)} search={search} selectedId={id} />}
      detail={id === null ? null : <Outlet key={id} />}
      onClose={() => {
        void navigate({ to: "/deliveries", search });
      }}
    />
  );
}

function Log({ search, selectedId }: { search: DeliveriesSearch; selectedId: string | null }): ReactElement {
  const navigate = useNavigate();
  const router = useRouter();
  const isStaff = useIsStaff();
  const [paused, setPaused] = useState(false);
  const [atTop, setAtTop] = useState(true);
  const [filter] = useState(() => toFilter(search, new Date()));
  const live = useLiveDeliveries(filter, atTop && !paused && selectedId === null);
  const filters = countFilters(search);

  useHotkey("p", () => {
    setPaused((was) => !was);
  });

  const set = (change: Partial<DeliveriesSearch>) => {
    void navigate({
      to: selectedId === null ? "/deliveries" : "/deliveries/$id",
      params: { id: selectedId ?? "" },
      search: { ...search, ...change },
      replace: true,
    });
  };
  const onOpen = useCallback(
    (id: string) => {
      void navigate({ to: "/deliveries/$id", params: { id }, search, replace: selectedId !== null });
    },
    [navigate, search, selectedId],
  );
  const hrefOf = useCallback(
    (id: string) => router.buildLocation({ to: "/deliveries/$id", params: { id }, search }).href,
    [router, search],
  );

  return (
    <>
      <PageHead
        title="Deliveries"
        aside={
          <>
            <ConnectionState paused={paused} />
            <Button
              icon={paused ? Play : Pause}
              onPress={() => {
                setPaused(!paused);
              }}
            >
              {paused ? "Go on" : "Pause"}
            </Button>
          </>
        }
      />
      <Filters search={search} set={set} />
      {live.liveError !== null && live.status === "ready" && (
        <Note tone="retrying" role="status" className="mx-4 mb-2">
          New deliveries do not arrive by themselves just now: {live.liveError}
        </Note>
      )}
      {live.sampling !== null && (
        <Note tone="retrying" role="status" className="mx-4 mb-2">
          More happens than a page can show: this is a sample. {live.sampling.isExact ? "" : "At least "}
          {plural(live.sampling.missed, "change is", "changes are")} not shown; all of it is here once it is
          calmer.
        </Note>
      )}
      {live.status === "failed" ? (
        <ErrorState
          title="The deliveries could not be fetched"
          message={live.error ?? ""}
          onRetry={live.retry}
        />
      ) : live.status === "ready" && live.rows.length === 0 && live.waitingCount === 0 ? (
        <Nothing
          filtered={filters > 0}
          onClear={() => {
            void navigate({ to: "/deliveries", search: {} });
          }}
          newPostback={router.buildLocation({ to: "/postbacks/new" }).href}
        />
      ) : (
        <DeliveryList
          rows={live.rows}
          isStaff={isStaff}
          selectedId={selectedId}
          hrefOf={hrefOf}
          onOpen={onOpen}
          waitingCount={live.waitingCount}
          onShowWaiting={live.showWaiting}
          onAtTop={setAtTop}
          hasOlder={live.hasOlder}
          isLoadingOlder={live.isLoadingOlder}
          onLoadOlder={live.loadOlder}
          isLoading={live.status === "loading"}
        />
      )}
    </>
  );
}

function Filters({
  search,
  set,
}: {
  search: DeliveriesSearch;
  set: (change: Partial<DeliveriesSearch>) => void;
}): ReactElement {
  const goals = useGoalChoices();
  const campaigns = useCampaignChoices();
  return (
    <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <SearchBox
        label="Search deliveries"
        placeholder="Click, conversion, transaction or delivery id, or host"
        value={search.q ?? ""}
        onChange={(q) => {
          set({ q: q === "" ? undefined : q });
        }}
        className="w-full sm:w-80"
      />
      <FilterMenu
        name="State"
        multiple
        choices={deliveryStates.map((state) => ({ id: state, label: stateWord(state) }))}
        selected={search.state ?? []}
        onChange={(chosen) => {
          set({ state: chosen.length === 0 ? undefined : deliveryStates.filter((s) => chosen.includes(s)) });
        }}
      />
      <FilterMenu
        name="Goal"
        multiple
        choices={goals}
        selected={search.goal ?? []}
        onChange={(chosen) => {
          set({ goal: chosen.length === 0 ? undefined : chosen });
        }}
      />
      <FilterMenu
        name="Campaign"
        choices={campaigns}
        selected={search.campaign === undefined ? [] : [search.campaign]}
        onChange={([campaign]) => {
          set({ campaign });
        }}
      />
      <FilterMenu
        name="Code"
        choices={codes}
        selected={search.code === undefined ? [] : [search.code]}
        onChange={([code]) => {
          set({ code: codeClasses.find((c) => c === code) });
        }}
      />
      <FilterMenu
        name="Time"
        choices={ranges}
        selected={search.range === undefined ? [] : [search.range]}
        onChange={([range]) => {
          set({ range: range as DeliveriesSearch["range"] });
        }}
      />
      {search.postback !== undefined && (
        <FilterMenu
          name="Postback"
          choices={[{ id: search.postback, label: "one postback" }]}
          selected={[search.postback]}
          onChange={() => {
            set({ postback: undefined });
          }}
        />
      )}
    </div>
  );
}

function Nothing({
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
        title="No delivery matches"
        action={<Button onPress={onClear}>Clear the filters</Button>}
      >
        New ones that match show up here by themselves.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Webhook}
      title="Nothing has been delivered yet"
      action={
        <a href={newPostback} className={buttonClass("primary")}>
          Create a postback
        </a>
      }
    >
      A delivery appears here the moment a conversion fires one of your postbacks.
    </EmptyState>
  );
}
