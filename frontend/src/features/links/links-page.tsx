import { getRouteApi, Link } from "@tanstack/react-router";
import { Megaphone } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { buttonClass } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { useRested } from "@/components/ui/use-rested";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { formErrors } from "@/graphql/user-errors";

import { FinishedLink } from "./finished-link";
import { PasteLink, type Pasted } from "./paste-link";
import { firstPlace, type Place, type Tracker, TrackersQuery, toTrackers, usualTracker } from "./places";
import { usePlaces } from "./use-places";

const LinkQuery = graphql(`
  query TrackingLink(
    $campaignId: ID
    $offerId: ID
    $param1: String
    $param2: String
    $param3: String
    $landingPage: String
    $deepLink: String
  ) {
    trackingLink(
      campaignId: $campaignId
      offerId: $offerId
      param1: $param1
      param2: $param2
      param3: $param3
      landingPage: $landingPage
      deepLink: $deepLink
    ) {
      url
      destination
      userErrors {
        field
        message
      }
    }
  }
`);

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
          trackers={toTrackers(data)}
          usual={usualTracker(data)}
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

const noLandingPage = "";

function Builder({
  places,
  onSearch,
  isSearching,
  placeId,
  setPlaceId,
  trackers,
  usual,
}: {
  places: readonly Place[];
  onSearch: ((text: string) => void) | undefined;
  isSearching: boolean;
  placeId: string | null;
  setPlaceId: (id: string | null) => void;
  trackers: readonly Tracker[];
  /** The one to begin with. */
  usual: Tracker | null;
}): ReactElement {
  const [tracker, setTracker] = useState<string | null>(usual?.id ?? null);
  const [param1, setParam1] = useState(usual?.token ?? "");
  const [param2, setParam2] = useState("");
  const [param3, setParam3] = useState("");
  const [landingPage, setLandingPage] = useState(noLandingPage);
  const [deepLink, setDeepLink] = useState("");
  const place = places.find((p) => p.id === placeId) ?? null;
  const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
  const variables = {
    campaignId: place?.campaignId ?? null,
    offerId: place?.offerId ?? null,
    param1: orNull(param1),
    param2: orNull(param2),
    param3: orNull(param3),
    landingPage: orNull(landingPage),
    deepLink: orNull(deepLink),
  };
  const rested = useRested(JSON.stringify(variables), 120);
  const [{ data, error }] = useQuery({
    query: LinkQuery,
    variables: JSON.parse(rested) as typeof variables,
    pause: place === null,
  });
  const built = data?.trackingLink;
  const errors = formErrors(built?.userErrors ?? [], [
    "param1",
    "param2",
    "param3",
    "landingPage",
    "deepLink",
  ]);

  if (places.length === 0) {
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

  const take = ({ link, ...found }: Pasted) => {
    if (link === null) return;
    setPlaceId(link.campaign === null ? `offer ${link.offer.id}` : `campaign ${link.campaign.id}`);
    setParam1(found.param1);
    setParam2(found.param2);
    setParam3(found.param3);
    setLandingPage(found.landingPage);
    setDeepLink(found.deepLink);
  };

  const landingPages = place?.offer.landingPages ?? [];
  const hosts = place?.offer.deepLinkHosts ?? [];

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
              setLandingPage(noLandingPage);
              setDeepLink("");
            }}
          />
          <Select
            label="Your tracker"
            placeholder="Other: enter manually"
            choices={trackers}
            value={trackers.find(({ id, token }) => id === tracker && token === param1)?.id ?? null}
            onChange={(id) => {
              setTracker(id);
              setParam1(trackers.find((t) => t.id === id)?.token ?? param1);
            }}
          />
          <TextField
            label="param_1, your tracker's click id"
            hint="Required: the token that your tracker replaces with its click id."
            value={param1}
            onChange={setParam1}
            mono
            spellCheck="false"
            error={errors.fields["param1"]}
          />
          <TextField
            label="param_2"
            hint="Optional: anything else to get back, such as a source or an ad."
            value={param2}
            onChange={setParam2}
            mono
            spellCheck="false"
            error={errors.fields["param2"]}
          />
          <TextField
            label="param_3"
            value={param3}
            onChange={setParam3}
            mono
            spellCheck="false"
            error={errors.fields["param3"]}
          />
          {landingPages.length > 0 && (
            <Select
              label="Landing page"
              choices={[
                { id: noLandingPage, label: "Offer default" },
                ...landingPages.map((page) => ({ id: page.key, label: page.name })),
              ]}
              value={landingPage}
              onChange={setLandingPage}
              error={errors.fields["landingPage"]}
            />
          )}
          {hosts.length > 0 && (
            <TextField
              label="Deep link"
              hint={`A page on ${hosts.join(" or ")}, instead of a landing page.`}
              placeholder={`https://${hosts[0] ?? ""}/…`}
              value={deepLink}
              onChange={setDeepLink}
              mono
              spellCheck="false"
              error={errors.fields["deepLink"]}
            />
          )}
        </div>
      </Panel>
      <FinishedLink
        built={built}
        error={error ? explain(error) : errors.general}
        hasParam1={param1.trim() !== ""}
      />
    </PageBody>
  );
}
