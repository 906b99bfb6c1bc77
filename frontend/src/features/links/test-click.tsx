import { Link } from "@tanstack/react-router";
import { CircleCheck, ExternalLink } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

const ClickParts = graphql(`
  fragment TestClickParts on Click @_unmask {
    id
    clickedAt
    param1
  }
`);

const ClickQuery = graphql(
  `
    query TestClick($search: String!) {
      clicks(first: 1, filter: { search: $search }) {
        edges {
          node {
            ...TestClickParts
          }
        }
      }
    }
  `,
  [ClickParts],
);

const Recorded = graphql(
  `
    subscription ClickRecorded {
      clickRecorded {
        ...TestClickParts
      }
    }
  `,
  [ClickParts],
);

type Click = ResultOf<typeof ClickParts>;

/** The link as a test click, with believable values where the tracker's tokens stand; param_1 tells this click from others. */
export function asTestClick(link: string, n: number): { url: string; param1: string } {
  const url = new URL(link);
  const param1 = `test-${n.toString(36)}`;
  url.searchParams.set("param_1", param1);
  for (const name of ["param_2", "param_3"]) {
    const value = url.searchParams.get(name);
    if (value !== null) url.searchParams.set(name, value.replaceAll(/[{}[\]#$%]/g, ""));
  }
  url.searchParams.set("test", "1");
  return { url: url.toString(), param1 };
}

/** Opens the link once, as a player would, and shows the click when it has come. */
export function TestClick({ link }: { link: string }): ReactElement {
  const [opened, setOpened] = useState<string | null>(null);
  const [arrived, setArrived] = useState<readonly Click[]>([]);
  // Listened to before the link is opened: a click is quick.
  useEffect(
    () =>
      subscribeLive(
        Recorded,
        {},
        {
          next: ({ clickRecorded }) => {
            setArrived((before) => [clickRecorded, ...before].slice(0, 50));
          },
        },
      ),
    [],
  );
  return (
    <Panel title="Test click">
      <div className="flex flex-col gap-3">
        <p className="text-muted">
          Opens the link once with a unique value in param_1, so that you see the click arrive. No report
          counts it.
        </p>
        <div>
          <Button
            icon={ExternalLink}
            onPress={() => {
              const { url, param1 } = asTestClick(link, Date.now());
              window.open(url, "_blank", "noopener");
              setOpened(param1);
            }}
          >
            Send test click
          </Button>
        </div>
        {opened !== null && (
          <Arrival
            key={opened}
            param1={opened}
            live={arrived.find((click) => click.param1 === opened) ?? null}
          />
        )}
      </div>
    </Panel>
  );
}

function Arrival({ param1, live }: { param1: string; live: Click | null }): ReactElement {
  const [{ data }, ask] = useQuery({
    query: ClickQuery,
    variables: { search: param1 },
    requestPolicy: "network-only",
  });
  // Whoever comes back from the new tab is told even where the live connection was lost meanwhile.
  useEffect(() => {
    const onFocus = () => {
      ask({ requestPolicy: "network-only" });
    };
    window.addEventListener("focus", onFocus);
    return () => {
      window.removeEventListener("focus", onFocus);
    };
  }, [ask]);
  const click = live ?? data?.clicks.edges[0]?.node;
  return (
    <p role="status" className="flex items-start gap-2">
      {click ? (
        <>
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-delivered" />
          <span>
            The click arrived at <Time at={click.clickedAt} form="time" /> with param_1{" "}
            <span translate="no" className="font-mono text-sm">
              {click.param1}
            </span>
            .{" "}
            <Link to="/clicks/$id" params={{ id: click.id }} className="link">
              View click
            </Link>
          </span>
        </>
      ) : (
        "Waiting for the click. Bots and link previews are redirected but not counted."
      )}
    </p>
  );
}
