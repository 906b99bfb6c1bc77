import { Link } from "@tanstack/react-router";
import { CircleCheck, ExternalLink } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { graphql } from "@/graphql/graphql";

const ClickQuery = graphql(`
  query TestClick($search: String!) {
    clicks(first: 1, filter: { search: $search }) {
      edges {
        node {
          id
          clickId
          clickedAt
          param1
          country
          campaign {
            id
            name
          }
        }
      }
    }
  }
`);

/** How often it is looked for after the link was opened, and for how long. */
const everyMs = 700;
const tries = 40;

/** The link with believable values where the tracker's tokens stand, and the value of param_1 that tells this click from others. */
export function asTestClick(link: string, n: number): { url: string; param1: string } {
  const url = new URL(link);
  const param1 = `test-${n.toString(36)}`;
  url.searchParams.set("param_1", param1);
  for (const name of ["param_2", "param_3"]) {
    const value = url.searchParams.get(name);
    if (value !== null) url.searchParams.set(name, value.replaceAll(/[{}[\]#$%]/g, ""));
  }
  return { url: url.toString(), param1 };
}

/** Opens the link once, as a player would, and shows the click when it has come. */
export function TestClick({ link }: { link: string }): ReactElement {
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <Panel title="Test click">
      <div className="flex flex-col gap-3">
        <p className="text-muted">
          Opens the link once with a value of its own in param_1, so that you see the click arrive.
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
            Open once as a test click
          </Button>
        </div>
        {opened !== null && <Arrival key={opened} param1={opened} />}
      </div>
    </Panel>
  );
}

function Arrival({ param1 }: { param1: string }): ReactElement {
  const [asked, setAsked] = useState(0);
  const [{ data }, ask] = useQuery({
    query: ClickQuery,
    variables: { search: param1 },
    requestPolicy: "network-only",
  });
  const click = data?.clicks.edges[0]?.node;
  const isOver = click !== undefined || asked >= tries;
  useEffect(() => {
    if (isOver) return;
    const timer = setTimeout(() => {
      setAsked((n) => n + 1);
      ask({ requestPolicy: "network-only" });
    }, everyMs);
    return () => {
      clearTimeout(timer);
    };
  }, [asked, ask, isOver]);

  return (
    <p role="status" className="flex items-start gap-2">
      {click ? (
        <>
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-delivered" />
          <span>
            The click arrived at <Time at={click.clickedAt} form="time" /> with param_1{" "}
            <span className="font-mono text-sm">{click.param1}</span>.{" "}
            <Link to="/clicks/$id" params={{ id: click.id }} className="link">
              Look at it
            </Link>
          </span>
        </>
      ) : asked >= tries ? (
        "No click has arrived. A browser that counts as a bot or a preview is redirected but not counted."
      ) : (
        "Waiting for the click…"
      )}
    </p>
  );
}
