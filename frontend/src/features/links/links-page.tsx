import { getRouteApi, Link } from "@tanstack/react-router";
import { Megaphone } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { buttonClass } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";

import { FinishedLink } from "./finished-link";
import { LandingFields, ParamFields } from "./link-fields";
import { PasteLink, type Pasted } from "./paste-link";
import {
  firstPlace,
  type Place,
  type Trackers,
  TrackersQuery,
  toTrackers,
  trackersAt,
  usualTracker,
} from "./places";
import { carriesTokensOf, noLandingPage, useLink } from "./use-link";
import { usePlaces } from "./use-places";

const route = getRouteApi("/shell/links");

export function LinksPage(): ReactElement {
  const { campaign, offer } = route.useSearch();
  // Undefined: the one to begin with. Null: none, while another one is typed.
  const [chosenId, setChosenId] = useState<string | null | undefined>(
    campaign !== undefined ? `campaign ${campaign}` : offer !== undefined ? `offer ${offer}` : undefined,
  );
  const places = usePlaces(chosenId ?? null);
  const [{ data, error: trackersError }, refetch] = useQuery({
    query: TrackersQuery,
    requestPolicy: "cache-and-network",
  });
  const error = places.error ?? trackersError;
  return (
    <>
      <PageHead title="Tracking links">
        Send your traffic to these links: each click is recorded with its params and redirected to the
        operator.
      </PageHead>
      {data && places.choices ? (
        <Builder
          places={places.choices}
          onSearch={places.onSearch}
          isSearching={places.isSearching}
          placeId={chosenId === undefined ? (firstPlace(places.choices)?.id ?? null) : chosenId}
          setPlaceId={setChosenId}
          data={data}
        />
      ) : error ? (
        <ErrorState
          title="Your links could not be fetched"
          message={explain(error)}
          onRetry={() => {
            places.refetch();
            refetch({ requestPolicy: "network-only" });
          }}
        />
      ) : (
        <SkeletonBlock label="Loading your links" lines={6} />
      )}
    </>
  );
}

/** What a link carries, as the form has it. */
function asTyped({ param1, param2, param3, landingPage, deepLink }: Omit<Pasted, "link">) {
  return {
    param1: param1 ?? "",
    param2: param2 ?? "",
    param3: param3 ?? "",
    landingPage: landingPage ?? "",
    deepLink: deepLink ?? "",
  };
}

function Builder({
  places,
  onSearch,
  isSearching,
  placeId,
  setPlaceId,
  data,
}: {
  places: readonly Place[];
  onSearch: ((text: string) => void) | undefined;
  isSearching: boolean;
  placeId: string | null;
  setPlaceId: (id: string | null) => void;
  data: Trackers;
}): ReactElement {
  const place = places.find((p) => p.id === placeId) ?? null;
  const trackers = toTrackers(data);
  const own = trackersAt(place, data);
  const usual = usualTracker(place, data);
  const { draft, set, built, fields, error } = useLink(place, usual);
  if (places.length === 0) return <NoLinks />;

  const take = ({ link, ...parts }: Pasted) => {
    if (link === null) return;
    setPlaceId(link.campaign === null ? `offer ${link.offer.id}` : `campaign ${link.campaign.id}`);
    // What was pasted is kept, whoever's tokens it carries.
    const tracker = trackers.find(({ tokens }) => tokens[0] === parts.param1)?.id ?? "";
    set({ tracker, ...asTyped(parts) });
  };

  return (
    <PageBody className="grid items-start lg:grid-cols-[24rem_minmax(0,1fr)]">
      <Panel title="Build a link">
        <div className="flex flex-col gap-4">
          <PasteLink onTaken={take} />
          <ComboBox
            label="Campaign or offer"
            choices={places}
            onSearch={onSearch}
            isSearching={isSearching}
            value={placeId}
            onChange={(id) => {
              setPlaceId(id);
              set({ landingPage: noLandingPage, deepLink: "" });
            }}
          />
          <ParamFields draft={draft} set={set} errors={fields} trackers={trackers} usual={usual} />
          <LandingFields draft={draft} set={set} errors={fields} place={place} />
        </div>
      </Panel>
      <FinishedLink
        built={built}
        error={error}
        hasParam1={draft.param1.trim() !== ""}
        carried={own.filter((tracker) => carriesTokensOf(draft, tracker)).map(({ label }) => label)}
        own={own.map(({ label }) => label)}
      />
    </PageBody>
  );
}

function NoLinks(): ReactElement {
  return (
    <EmptyState
      icon={Megaphone}
      title="No links yet"
      action={
        <Link to="/campaigns" className={buttonClass("primary")}>
          Create campaign
        </Link>
      }
    >
      A tracking link belongs to a campaign, or to an offer as its default.
    </EmptyState>
  );
}
