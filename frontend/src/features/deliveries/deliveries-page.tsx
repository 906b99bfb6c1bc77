import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { Pause, Play } from "lucide-react";
import { lazy, type ReactElement, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { ConnectionState } from "@/components/records/connection-state";
import { ListWithDetail } from "@/components/records/list-with-detail";
import { Button } from "@/components/ui/button";
import { useHotkey } from "@/components/ui/hotkeys";
import { PageHead } from "@/components/ui/page";
import { usePeriod } from "@/components/ui/use-period";
import { useIsStaff } from "@/graphql/viewer";
import type { DeliveryFilter } from "@/live/delivery-pages";
import { isSuperseded } from "@/live/delivery-row";
import { useLiveDeliveries } from "@/live/live-deliveries";

import { DeliveryList } from "./delivery-list";
import { countFilters, toFilter } from "./filter";
import { Filters } from "./filters";
import { pick } from "./pick";
import type { DeliveriesSearch } from "./search";

const route = getRouteApi("/shell/deliveries");

const BulkReplay = lazy(() => import("./bulk-replay").then((m) => ({ default: m.BulkReplay })));

const LogNotes = lazy(() => import("@/components/records/log-notes").then((m) => ({ default: m.LogNotes })));

const Nothing = lazy(() => import("./nothing").then((m) => ({ default: m.Nothing })));

/** The live log, and beside it the delivery that was opened. */
export function DeliveriesPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <ListWithDetail
      label="Delivery"
      renderList={(id) => <Log search={search} selectedId={id} />}
      onClose={() => {
        void navigate({ to: "/deliveries", search });
      }}
    />
  );
}

/** The live log of a filter: whether it follows, and which rows are chosen in it. */
function useLog(filter: DeliveryFilter, hasDetail: boolean) {
  const [paused, setPaused] = useState(false);
  const [atTop, setAtTop] = useState(true);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const key = JSON.stringify(filter);
  const [shown, setShown] = useState(key);
  // Another view is another list: nothing in it is chosen yet, and it is looked at from its top.
  if (shown !== key) {
    setShown(key);
    setPicked([]);
    setAtTop(true);
  }
  const live = useLiveDeliveries(filter, atTop && !paused && !hasDetail && picked.length === 0);
  const ids = useRef<readonly string[]>([]);
  useEffect(() => {
    ids.current = live.rows.map((row) => row.id);
  });
  const onPick = useCallback((row: string, range: boolean) => {
    setPicked((before) => pick(ids.current, before, row, range));
  }, []);
  useHotkey("p", () => {
    setPaused((was) => !was);
  });
  return { live, key, paused, setPaused, setAtTop, picked, setPicked, onPick };
}

/** Where a row leads, in the view that is shown. */
function useOpen(search: DeliveriesSearch, selectedId: string | null) {
  const navigate = useNavigate();
  const router = useRouter();
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
  return { onOpen, hrefOf };
}

function Log({ search, selectedId }: { search: DeliveriesSearch; selectedId: string | null }): ReactElement {
  const navigate = useNavigate();
  const router = useRouter();
  const isStaff = useIsStaff();
  const filter = toFilter(search, usePeriod(search));
  const log = useLog(filter, selectedId !== null);
  const { live } = log;
  const chosen = useMemo(() => new Set(log.picked), [log.picked]);
  const open = useOpen(search, selectedId);
  const set = (change: Partial<DeliveriesSearch>) => {
    void navigate({
      to: selectedId === null ? "/deliveries" : "/deliveries/$id",
      params: { id: selectedId ?? "" },
      search: { ...search, ...change },
      replace: true,
    });
  };
  const isEmpty = live.status === "ready" && live.rows.length === 0 && live.waitingCount === 0;

  return (
    <>
      <LogHead log={log} filter={filter} />
      <Filters search={search} set={set} />
      {(live.liveError !== null || live.sampling !== null) && (
        <Suspense>
          <LogNotes live={live} />
        </Suspense>
      )}
      {live.status === "failed" || isEmpty ? (
        <Suspense>
          <Nothing
            live={live}
            filtered={countFilters(search) > 0}
            onClear={() => {
              void navigate({ to: "/deliveries", search: {} });
            }}
            newPostback={router.buildLocation({ to: "/postbacks/new" }).href}
          />
        </Suspense>
      ) : (
        <DeliveryList
          key={log.key}
          rows={live.rows}
          isStaff={isStaff}
          same={[...(search.campaign ? ["Campaign"] : []), ...(search.postback ? ["Postback"] : [])]}
          selectedId={selectedId}
          hrefOf={open.hrefOf}
          onOpen={open.onOpen}
          picked={chosen}
          onPick={log.onPick}
          waitingCount={live.waitingCount}
          onShowWaiting={live.showWaiting}
          onAtTop={log.setAtTop}
          hasOlder={live.hasOlder}
          isLoadingOlder={live.isLoadingOlder}
          onLoadOlder={live.loadOlder}
          isLoading={live.status === "loading"}
        />
      )}
    </>
  );
}

function LogHead({ log, filter }: { log: ReturnType<typeof useLog>; filter: DeliveryFilter }): ReactElement {
  const { live, paused, setPaused, picked, setPicked } = log;
  const failures = live.rows.filter((row) => row.state === "FAILED" && !isSuperseded(row)).length;
  return (
    <PageHead
      title="Postbacks sent"
      isAsideWide
      aside={
        <>
          <ConnectionState paused={paused} />
          <Suspense>
            <BulkReplay
              filter={filter}
              picked={picked}
              failures={live.status === "ready" ? failures : null}
              onClose={() => {
                setPicked([]);
              }}
            />
          </Suspense>
          <Button
            icon={paused ? Play : Pause}
            onPress={() => {
              setPaused(!paused);
            }}
          >
            {paused ? "Resume" : "Pause"}
          </Button>
        </>
      }
    />
  );
}
