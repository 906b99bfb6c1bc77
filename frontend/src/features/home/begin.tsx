import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { graphql } from "@/graphql/graphql";

import { Step } from "./step";

const BegunQuery = graphql(`
  query Begun {
    postbacks(first: 1) {
      edges {
        node {
          id
        }
      }
    }
    clicks(first: 1) {
      edges {
        node {
          id
        }
      }
    }
    deliveries(first: 1, filter: { states: [DELIVERED] }) {
      edges {
        node {
          id
        }
      }
    }
  }
`);

/** For somebody without a campaign: what leads to a first delivery by an offer's own link. It goes when there is one. */
export function Begin(): ReactElement | null {
  const [{ data, error }] = useQuery({ query: BegunQuery, requestPolicy: "cache-and-network" });
  if (!data) return error ? null : <SkeletonBlock label="Loading the checklist" lines={3} />;
  if (data.deliveries.edges.length > 0) return null;
  const postback = data.postbacks.edges.length > 0;
  const click = data.clicks.edges.length > 0;
  return (
    <Panel
      title="Set up"
      aside={<span className="tabular text-muted">{Number(postback) + Number(click)} of 3 done</span>}
      flush
    >
      <ol aria-label="Checklist" className="grid md:grid-cols-3">
        <Step title="Postback" done={postback}>
          {postback ? (
            "Conversions are sent to your tracker."
          ) : (
            <>
              Paste your tracker&apos;s postback URL: it is recognised and mapped.{" "}
              <Link to="/postbacks/new" className="link">
                New tracker
              </Link>
            </>
          )}
        </Step>
        <Step title="Tracking link" done={click}>
          {click ? (
            "A click was recorded."
          ) : (
            <>
              Set it as the offer URL in your tracker, and open it once.{" "}
              <Link to="/links" className="link">
                Tracking link
              </Link>
            </>
          )}
        </Step>
        <Step title="First postback sent" done={false}>
          When the operator reports a conversion of a click, it is sent to your tracker at once.
        </Step>
      </ol>
    </Panel>
  );
}
