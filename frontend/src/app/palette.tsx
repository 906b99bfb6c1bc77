import { useNavigate } from "@tanstack/react-router";
import {
  Megaphone,
  Plus,
  Search,
  Webhook,
  type LucideIcon,
  Radio,
  GitBranch,
  MousePointerClick,
} from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useQuery } from "urql";

import { union, useNames } from "@/components/records/use-names";
import { cx } from "@/components/ui/cx";
import { shortenId } from "@/components/ui/format";
import { useRested } from "@/components/ui/use-rested";
import { graphql } from "@/graphql/graphql";

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
          host
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
  }
`);

const IdQuery = graphql(`
  query PaletteId($id: String!) {
    deliveries(first: 5, filter: { search: $id }) {
      edges {
        node {
          id
          deliveryId
          host
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

interface Target {
  key: string;
  kind: string;
  name: string;
  hint?: string;
  icon: LucideIcon;
  words?: string;
  go: () => Promise<void>;
}

/** Ids are whole words without spaces; short text is looked for among the names only. */
function looksLikeId(text: string): boolean {
  return /^[\w-]{6,128}$/.test(text) && /\d/.test(text);
}

function useTargets(text: string): { targets: Target[]; isSearching: boolean } {
  const navigate = useNavigate();
  const isStaff = useIsStaff();
  const late = useRested(text, 150);
  const names = useNames(
    NamesQuery,
    text,
    ({ campaigns, postbacks }) => campaigns.pageInfo.hasNextPage || postbacks.pageInfo.hasNextPage,
  );
  const known = [names.first, names.found].flatMap((data) => data ?? []);
  const [{ data: found, fetching, stale }] = useQuery({
    query: IdQuery,
    variables: { id: late },
    pause: !looksLikeId(late),
    requestPolicy: "network-only",
  });

  const all: Target[] = [
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
      name: "New postback",
      icon: Plus,
      words: "add create paste tracker url",
      go: () => navigate({ to: "/postbacks/new" }),
    },
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
      name: node.name || `${node.goal.name} to ${node.host}`,
      hint: node.name ? `${node.goal.name} to ${node.host}` : "",
      icon: Webhook,
      go: () => navigate({ to: "/postbacks/$id", params: { id: node.id } }),
    })),
  ];
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const named = all.filter(({ kind, name, hint, words: more }) => {
    const hay = `${kind} ${name} ${hint ?? ""} ${more ?? ""}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  if (words.length === 0)
    return { targets: named.filter((t) => t.kind === "Page" || t.kind === "Action"), isSearching: false };
  const current = looksLikeId(text) && late === text ? found : undefined;
  return {
    targets: [
      ...(current?.deliveries.edges ?? []).map(({ node }) => ({
        key: node.id,
        kind: "Delivery",
        name: shortenId(node.deliveryId),
        hint: node.host,
        icon: Radio,
        go: () => navigate({ to: "/deliveries/$id", params: { id: node.id } }),
      })),
      ...(current?.conversions.edges ?? []).map(({ node }) => ({
        key: node.id,
        kind: "Conversion",
        name: shortenId(node.conversionId),
        hint: node.goal.name,
        icon: GitBranch,
        go: () => navigate({ to: "/conversions/$id", params: { id: node.id } }),
      })),
      ...(current?.clicks.edges ?? []).map(({ node }) => ({
        key: node.id,
        kind: "Click",
        name: shortenId(node.clickId),
        hint: node.offer.name,
        icon: MousePointerClick,
        go: () => navigate({ to: "/clicks/$id", params: { id: node.id } }),
      })),
      ...named.slice(0, 12),
    ],
    isSearching: names.isSearching || (looksLikeId(text) && (late !== text || fetching || stale)),
  };
}

/** Goes anywhere: a page, a campaign, a postback by name, and whatever has the id that is pasted. */
export function Palette({ onClose }: { onClose: () => void }): ReactElement {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { targets, isSearching } = useTargets(text.trim());
  const list = useId();
  const chosen = Math.min(at, Math.max(targets.length - 1, 0));
  const active = useRef<HTMLDivElement>(null);

  useEffect(() => {
    active.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const go = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    void target.go();
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "ArrowDown") setAt((chosen + 1) % Math.max(targets.length, 1));
    else if (e.key === "ArrowUp") setAt((chosen - 1 + targets.length) % Math.max(targets.length, 1));
    else if (e.key === "Enter") go(targets[chosen]);
    else return;
    e.preventDefault();
  };

  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-scrim p-3 pt-[12vh]"
    >
      <Modal className="w-full max-w-xl overflow-hidden rounded-md bg-surface shadow-overlay motion-safe:animate-[rise_120ms_ease-out]">
        <Dialog aria-label="Search" className="outline-none">
          <div className="flex items-center gap-2 border-b px-3">
            <Search aria-hidden className="size-4 shrink-0 text-muted" />
            <input
              autoFocus
              role="combobox"
              aria-label="Search pages, campaigns, postbacks and ids"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={targets[chosen] ? `${list}-${String(chosen)}` : undefined}
              aria-autocomplete="list"
              placeholder="Page, campaign, postback or id…"
              value={text}
              onChange={(e) => {
                setText(e.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
              className="h-11 w-full min-w-0 bg-transparent text-base outline-none placeholder:text-faint focus-visible:outline-none pointer-coarse:text-lg"
            />
          </div>
          <div
            id={list}
            role="listbox"
            aria-label="Results"
            className="scroll-thin max-h-80 overflow-y-auto p-1"
          >
            {targets.map((target, i) => {
              const Icon = target.icon;
              return (
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field keeps the focus and moves the choice
                <div
                  key={`${target.kind} ${target.key}`}
                  id={`${list}-${String(i)}`}
                  ref={i === chosen ? active : null}
                  role="option"
                  aria-selected={i === chosen}
                  onClick={() => {
                    go(target);
                  }}
                  onMouseMove={() => {
                    setAt(i);
                  }}
                  className={cx(
                    "flex min-h-9 items-center gap-2.5 rounded-sm px-2",
                    i === chosen && "bg-accent-soft",
                  )}
                >
                  <Icon aria-hidden className="size-4 shrink-0 text-muted" />
                  <span className="min-w-0 truncate">{target.name}</span>
                  {target.hint !== undefined && (
                    <span className="min-w-0 truncate text-muted">{target.hint}</span>
                  )}
                  <span className="ml-auto shrink-0 text-xs text-muted">{target.kind}</span>
                </div>
              );
            })}
          </div>
          <p role="status" className={cx("px-3 pb-3 text-muted", targets.length > 0 && "sr-only")}>
            {targets.length > 0
              ? `${String(targets.length)} found`
              : isSearching
                ? "Searching…"
                : "No results."}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
