import { getRouteApi, Link } from "@tanstack/react-router";
import { Link2, Megaphone } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { buttonClass } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { CopyButton } from "@/components/ui/copy-button";
import { TextField } from "@/components/ui/field";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { Skeleton, SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, Note } from "@/components/ui/states";
import { UrlText } from "@/components/ui/url-text";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { formErrors } from "@/graphql/user-errors";

import { paramMarks } from "./param-marks";

const PlacesQuery = graphql(`
  query LinkPlaces {
    campaigns(first: 100) {
      edges {
        node {
          id
          name
          offer {
            id
            name
            deepLinkHosts
            landingPages {
              id
              key
              name
            }
          }
        }
      }
    }
    offers(first: 100) {
      edges {
        node {
          id
          name
          deepLinkHosts
          landingPages {
            id
            key
            name
          }
          defaultLink {
            id
            url
          }
        }
      }
    }
  }
`);

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

type Places = ResultOf<typeof PlacesQuery>;
type Offer = Pick<
  Places["offers"]["edges"][number]["node"],
  "id" | "name" | "deepLinkHosts" | "landingPages"
>;

interface Place {
  id: string;
  label: string;
  hint: string;
  campaignId: string | null;
  offerId: string | null;
  offer: Offer;
}

const route = getRouteApi("/shell/links");

export function LinksPage(): ReactElement {
  const [{ data, error }, refetch] = useQuery({ query: PlacesQuery, requestPolicy: "cache-and-network" });
  return (
    <>
      <PageHead title="Tracking links">
        Where your traffic goes: the click is recorded with its params, and the player lands at the operator.
      </PageHead>
      {data ? (
        <Builder places={toPlaces(data)} />
      ) : error ? (
        <ErrorState
          title="Your links could not be fetched"
          message={explain(error)}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        />
      ) : (
        <SkeletonBlock label="Loading your links" lines={6} />
      )}
    </>
  );
}

function toPlaces({ campaigns, offers }: Places): Place[] {
  return [
    ...campaigns.edges.map(({ node }) => ({
      id: `campaign ${node.id}`,
      label: node.name,
      hint: `Campaign on ${node.offer.name}`,
      campaignId: node.id,
      offerId: null,
      offer: node.offer,
    })),
    ...offers.edges
      .filter(({ node }) => node.defaultLink !== null)
      .map(({ node }) => ({
        id: `offer ${node.id}`,
        label: node.name,
        hint: "Default link of the offer",
        campaignId: null,
        offerId: node.id,
        offer: node,
      })),
  ];
}

const noLandingPage = "";

function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setRested(JSON.parse(key) as T);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [key, ms]);
  return rested;
}

function Builder({ places }: { places: readonly Place[] }): ReactElement {
  const { campaign, offer } = route.useSearch();
  const [placeId, setPlaceId] = useState<string | null>(
    campaign !== undefined
      ? `campaign ${campaign}`
      : offer !== undefined
        ? `offer ${offer}`
        : (places[0]?.id ?? null),
  );
  const [param1, setParam1] = useState("{subid}");
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
  const [{ data, error }] = useQuery({
    query: LinkQuery,
    variables: useRested(variables, 120),
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
        title="There is nothing to link to yet"
        action={
          <Link to="/campaigns" className={buttonClass("primary")}>
            Create a campaign
          </Link>
        }
      >
        A tracking link belongs to a campaign, or to an offer as its default.
      </EmptyState>
    );
  }

  const landingPages = place?.offer.landingPages ?? [];
  const hosts = place?.offer.deepLinkHosts ?? [];

  return (
    <PageBody className="grid items-start lg:grid-cols-[24rem_minmax(0,1fr)]">
      <Panel title="What it carries">
        <div className="flex flex-col gap-4">
          <ComboBox
            label="Campaign or offer"
            choices={places}
            value={placeId}
            onChange={(id) => {
              setPlaceId(id);
              setLandingPage(noLandingPage);
              setDeepLink("");
            }}
          />
          <TextField
            label="param_1, your tracker's click id"
            hint="The token that your tracker replaces: {subid} in Keitaro, {clickid} in Binom, Voluum and RedTrack."
            value={param1}
            onChange={setParam1}
            mono
            spellCheck="false"
            error={errors.fields["param1"]}
          />
          <TextField
            label="param_2"
            hint="Anything else that you want back, such as a source or an ad."
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
                { id: noLandingPage, label: "The offer's own" },
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
              hint={`A page on ${hosts.join(" or ")}; instead of a landing page.`}
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
      <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-4">
        <Panel title="The finished link">
          <div role="status" className="flex flex-col gap-3">
            {error ? (
              <p className="text-failed">{explain(error)}</p>
            ) : errors.general !== null ? (
              <p className="text-failed">{errors.general}</p>
            ) : built === undefined ? (
              <Skeleton className="my-2" />
            ) : built.url === null ? (
              <p className="text-muted">Mend what is marked: then the link is here.</p>
            ) : (
              <>
                <p className="rounded-md border bg-sunken px-3 py-2 leading-6">
                  <UrlText url={built.url} parts={paramMarks(built.url)} />
                </p>
                <div>
                  <CopyButton text={built.url} what="the link" words primary />
                </div>
              </>
            )}
          </div>
          {param1.trim() === "" && (
            <Note tone="retrying" className="mt-3">
              Without param_1 the postback cannot tell your tracker which click it was.
            </Note>
          )}
        </Panel>
        {built?.destination != null && (
          <Panel title="Where a player lands">
            <p className="leading-6">
              <UrlText url={built.destination} />
            </p>
            <p className="mt-2 text-muted">With a sample click id in it.</p>
          </Panel>
        )}
        <Note tone="queued" icon={Link2}>
          Put this link as the offer&apos;s URL into your tracker. Whatever it passes in param_1 comes back in{" "}
          <span className="font-mono text-sm">{"{param_1}"}</span> of your postback.
        </Note>
      </div>
    </PageBody>
  );
}
