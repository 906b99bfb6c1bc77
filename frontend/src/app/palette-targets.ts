import { useNavigate } from "@tanstack/react-router";
import {
  BookOpenText,
  Building2,
  Crosshair,
  GitBranch,
  type LucideIcon,
  Megaphone,
  MousePointerClick,
  PlugZap,
  Plus,
  Radio,
  Tags,
  Webhook,
} from "lucide-react";
import { useQuery } from "urql";

import { union, useNames } from "@/components/records/use-names";
import { shortenId } from "@/components/ui/format";
import { useRested } from "@/components/ui/use-rested";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { pages } from "./pages";
import { staffPages } from "./staff-pages";

const NamesQuery = graphql(`
  query PaletteNames($search: String) {
    campaigns(first: 100, filter: { search: $search }) {
      edges {
        node {
          id
          name
          offer {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
    postbacks(first: 100, filter: { search: $search }) {
      edges {
        node {
          id
          name
          sentTo
          goal {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
    trackers(first: 100, filter: { search: $search }) {
      edges {
        node {
          id
          name
          sentTo
        }
      }
      pageInfo {
        hasNextPage
      }
    }
    offers(first: 100, search: $search) {
      edges {
        node {
          id
          name
          vertical
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const StaffNamesQuery = graphql(`
  query PaletteStaffNames($search: String) {
    affiliates(first: 20, search: $search) {
      edges {
        node {
          id
          name
        }
      }
    }
    integrations {
      id
      name
      key
    }
    goals {
      id
      key
      name
    }
  }
`);

const IdQuery = graphql(`
  query PaletteId($id: String!) {
    deliveries(first: 5, filter: { search: $id }) {
      edges {
        node {
          id
          deliveryId
          sentTo
          state
        }
      }
    }
    conversions(first: 5, filter: { search: $id }) {
      edges {
        node {
          id
          conversionId
          goal {
            id
            name
          }
        }
      }
    }
    clicks(first: 5, filter: { search: $id }) {
      edges {
        node {
          id
          clickId
          offer {
            id
            name
          }
        }
      }
    }
  }
`);

/** Where the palette leads to. */
export interface Target {
  key: string;
  kind: string;
  name: string;
  hint?: string;
  icon: LucideIcon;
  words?: string;
  go: () => Promise<void>;
}

type Navigate = ReturnType<typeof useNavigate>;

/** Ids are whole words without spaces; short text is looked for among the names only. */
function looksLikeId(text: string): boolean {
  return /^[\w-]{6,128}$/.test(text) && /\d/.test(text);
}

/** What a text leads to: what has it as an id first, then what has it in its name. */
export function useTargets(text: string): { targets: Target[]; isSearching: boolean } {
  const navigate = useNavigate();
  const isStaff = useIsStaff();
  const named = useNamed(text, isStaff, navigate);
  const late = useRested(text, 150);
  const [{ data: found, fetching, stale }] = useQuery({
    query: IdQuery,
    variables: { id: late },
    pause: !looksLikeId(late),
    requestPolicy: "network-only",
  });
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0)
    return {
      targets: named.targets.filter((t) => t.kind === "Page" || t.kind === "Action"),
      isSearching: false,
    };
  const matching = named.targets.filter(({ kind, name, hint, words: more }) => {
    const hay = `${kind} ${name} ${hint ?? ""} ${more ?? ""}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  const byId = looksLikeId(text) && late === text && found ? withId(found, navigate) : [];
  return {
    targets: [...byId, ...matching.slice(0, 12)],
    isSearching: named.isSearching || (looksLikeId(text) && (late !== text || fetching || stale)),
  };
}

/** Everything that has a name. */
function useNamed(
  text: string,
  isStaff: boolean,
  navigate: Navigate,
): { targets: Target[]; isSearching: boolean } {
  const names = useNames(NamesQuery, text, ({ campaigns, postbacks, trackers, offers }) =>
    [campaigns, postbacks, trackers, offers].some(({ pageInfo }) => pageInfo.hasNextPage),
  );
  const search = useRested(text, 150);
  const [{ data: staffNames, fetching }] = useQuery({
    query: StaffNamesQuery,
    variables: { search },
    pause: !isStaff || search === "",
  });
  const known = [names.first, names.found].flatMap((data) => data ?? []);
  return {
    targets: [
      ...pageTargets(isStaff, navigate),
      ...nameTargets(known, isStaff, navigate),
      ...(isStaff && staffNames ? staffTargets(staffNames, navigate) : []),
    ],
    isSearching: names.isSearching || (isStaff && (fetching || search !== text)),
  };
}

function pageTargets(isStaff: boolean, navigate: Navigate): Target[] {
  return [
    ...[...pages, ...(isStaff ? staffPages : [])].map(({ to, name, icon, words }) => ({
      key: to,
      kind: "Page",
      name,
      icon,
      words,
      go: () => navigate({ to }),
    })),
    {
      key: "new postback",
      kind: "Action",
      name: "New tracker",
      icon: Plus,
      words: "add create paste postback tracker url",
      go: () => navigate({ to: "/postbacks/new" }),
    },
  ];
}

function nameTargets(
  known: readonly ResultOf<typeof NamesQuery>[],
  isStaff: boolean,
  navigate: Navigate,
): Target[] {
  return [
    ...union(known.flatMap((data) => data.campaigns.edges.map(({ node }) => node))).map((node) => ({
      key: node.id,
      kind: "Campaign",
      name: node.name,
      hint: node.offer.name,
      icon: Megaphone,
      go: () => navigate({ to: "/campaigns/$id", params: { id: node.id } }),
    })),
    ...union(known.flatMap((data) => data.postbacks.edges.map(({ node }) => node))).map((node) => ({
      key: node.id,
      kind: "Postback",
      name: node.name || `${node.goal.name} to ${node.sentTo}`,
      hint: node.name ? `${node.goal.name} to ${node.sentTo}` : "",
      icon: Webhook,
      go: () => navigate({ to: "/postbacks/$id", params: { id: node.id } }),
    })),
    ...union(known.flatMap((data) => data.trackers.edges.map(({ node }) => node))).map((node) => ({
      key: node.id,
      kind: "Tracker",
      name: node.name,
      hint: node.sentTo,
      icon: Crosshair,
      go: () => navigate({ to: "/trackers/$id", params: { id: node.id } }),
    })),
    ...union(known.flatMap((data) => data.offers.edges.map(({ node }) => node))).map((node) => ({
      key: node.id,
      kind: "Offer",
      name: node.name,
      icon: Tags,
      // An affiliate goes to its link for the offer.
      go: () =>
        isStaff
          ? navigate({ to: "/staff/offers/$id", params: { id: node.id } })
          : navigate({ to: "/links", search: { offer: node.id } }),
    })),
  ];
}

function staffTargets(
  { affiliates, integrations, goals }: ResultOf<typeof StaffNamesQuery>,
  navigate: Navigate,
): Target[] {
  return [
    ...(affiliates?.edges ?? []).map(({ node }) => ({
      key: node.id,
      kind: "Affiliate",
      name: node.name,
      icon: Building2,
      go: () => navigate({ to: "/staff/affiliates/$id", params: { id: node.id } }),
    })),
    ...(integrations ?? []).map((integration) => ({
      key: integration.id,
      kind: "Integration",
      name: integration.name,
      hint: integration.key,
      icon: PlugZap,
      go: () => navigate({ to: "/staff/integrations/$id", params: { id: integration.id } }),
    })),
    ...goals.map((goal) => ({
      key: goal.id,
      kind: "Goal",
      name: goal.name,
      hint: goal.key,
      icon: BookOpenText,
      go: () => navigate({ to: "/staff/goals" }),
    })),
  ];
}

/** Whatever has the id that was pasted. */
function withId(found: ResultOf<typeof IdQuery>, navigate: Navigate): Target[] {
  return [
    ...found.deliveries.edges.map(({ node }) => ({
      key: node.id,
      kind: "Delivery",
      name: shortenId(node.deliveryId),
      hint: node.sentTo,
      icon: Radio,
      go: () => navigate({ to: "/deliveries/$id", params: { id: node.id } }),
    })),
    ...found.conversions.edges.map(({ node }) => ({
      key: node.id,
      kind: "Conversion",
      name: shortenId(node.conversionId),
      hint: node.goal.name,
      icon: GitBranch,
      go: () => navigate({ to: "/conversions/$id", params: { id: node.id } }),
    })),
    ...found.clicks.edges.map(({ node }) => ({
      key: node.id,
      kind: "Click",
      name: shortenId(node.clickId),
      hint: node.offer.name,
      icon: MousePointerClick,
      go: () => navigate({ to: "/clicks/$id", params: { id: node.id } }),
    })),
  ];
}
