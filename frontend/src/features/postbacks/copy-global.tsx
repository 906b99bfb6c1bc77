import { Copy } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { TemplateText } from "@/components/ui/url-text";
import { graphql, type ResultOf } from "@/graphql/graphql";

import type { Beginning } from "./start/start";

const GlobalQuery = graphql(`
  query GlobalPostbacks {
    postbacks(first: 50, filter: { scopes: [GLOBAL], enabled: true }) {
      edges {
        node {
          id
          name
          sentTo
          urlTemplate
          method
          aggregateSeconds
          goal {
            id
            key
            name
          }
        }
      }
    }
  }
`);

type Global = ResultOf<typeof GlobalQuery>["postbacks"]["edges"][number]["node"];

/** Those that send the same are one choice, for all of their goals. */
function byUrl(postbacks: readonly Global[]): Global[][] {
  const groups = new Map<string, Global[]>();
  for (const postback of postbacks) {
    const key = `${postback.method} ${postback.urlTemplate}`;
    groups.set(key, [...(groups.get(key) ?? []), postback]);
  }
  return [...groups.values()];
}

/** A campaign's postback is most often the global one with a change. */
export function CopyGlobal({
  goal,
  onBegin,
}: {
  /** The one that it is for, where it is known. */
  goal: string | null;
  onBegin: (beginning: Beginning) => void;
}): ReactElement | null {
  const [{ data }] = useQuery({ query: GlobalQuery });
  const groups = byUrl(
    (data?.postbacks.edges ?? []).map(({ node }) => node).filter((p) => p.aggregateSeconds === null),
  );
  if (groups.length === 0) return null;
  return (
    <Panel title="Copy my global postback" flush>
      <ul className="divide-y">
        {groups.map((group) => {
          const [first] = group;
          if (!first) return null;
          const name = first.name || first.sentTo;
          return (
            <li key={first.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
              <div className="min-w-0 flex-1 basis-64">
                <p>
                  <span className="font-medium">{name}</span>{" "}
                  <span className="text-muted">{[...new Set(group.map((p) => p.goal.name))].join(", ")}</span>
                </p>
                <TemplateText template={first.urlTemplate} />
              </div>
              <Button
                size="sm"
                icon={Copy}
                onPress={() => {
                  onBegin({
                    urlTemplate: first.urlTemplate,
                    tracker: first.name || null,
                    preset: null,
                    token: null,
                    adjust: false,
                    goals: goal === null ? [...new Set(group.map((p) => p.goal.key))] : [goal],
                    method: first.method,
                  });
                }}
              >
                Copy <span className="sr-only">{name}</span>
              </Button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
