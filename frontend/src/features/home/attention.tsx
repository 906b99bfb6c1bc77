import { CircleCheck } from "lucide-react";
import { type ReactElement, useEffect } from "react";
import { useQuery } from "urql";

import { formatNumber, plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

import { Item } from "./attention-item";
import { type AttentionList, AttentionQuery } from "./attention-query";

const Changes = graphql(`
  subscription AlertChanged {
    alertChanged {
      id
    }
  }
`);

/** What the viewer has to do something about, one line a cause, and how the last 24 hours went. */
export function Attention(): ReactElement {
  const [{ data, error }, refetch] = useQuery({
    query: AttentionQuery,
    requestPolicy: "cache-and-network",
  });
  useEffect(
    () =>
      subscribeLive(
        Changes,
        {},
        {
          next: () => {
            refetch({ requestPolicy: "network-only" });
          },
        },
      ),
    [refetch],
  );
  if (data) return <List list={data.attention} />;
  return (
    <Panel title="Needs attention">
      {error ? (
        <ErrorState
          title="What needs attention could not be fetched"
          message={explain(error)}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        />
      ) : (
        <SkeletonBlock label="Loading what needs attention" />
      )}
    </Panel>
  );
}

function List({ list }: { list: AttentionList }): ReactElement {
  return (
    <Panel title="Needs attention" flush>
      {list.items.length === 0 ? (
        <p className="flex items-start gap-2 px-4 py-3 text-muted">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-delivered" />
          {nothing(list)}
        </p>
      ) : (
        <ul className="divide-y" aria-label="Needs attention">
          {list.items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
      )}
      {list.ignored.length > 0 && (
        <details className="border-t">
          <summary className="px-4 py-2.5 text-sm text-muted">
            {plural(list.ignored.length, "ignored item", "ignored items")}
          </summary>
          <ul className="divide-y border-t" aria-label="Ignored">
            {list.ignored.map((item) => (
              <Item key={item.id} item={item} />
            ))}
          </ul>
        </details>
      )}
      {list.postbacks > 0 && (
        <p className="tabular border-t px-4 py-2.5 text-sm text-muted">
          In 24 hours {formatNumber(list.delivered)} delivered, {formatNumber(list.failed)} failed,{" "}
          {formatNumber(list.waiting)} waiting.
        </p>
      )}
    </Panel>
  );
}

function nothing({ postbacks, delivered, waiting }: AttentionList): string {
  if (postbacks === 0) return "Nothing: there is no postback yet.";
  if (waiting > 0)
    return `Nothing to do: ${plural(waiting, "delivery is", "deliveries are")} on the way to your tracker.`;
  if (delivered === 0) return "Nothing: no postback fired in the last 24 hours.";
  return "Nothing: your tracker accepted every postback of the last 24 hours.";
}
