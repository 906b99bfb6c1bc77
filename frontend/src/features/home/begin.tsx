import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Panel } from "@/components/ui/page";
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
  const [{ data }] = useQuery({ query: BegunQuery, requestPolicy: "cache-and-network" });
  if (!data || data.deliveries.edges.length > 0) return null;
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
            "Your tracker is told."
          ) : (
            <>
              Paste your tracker&apos;s postback URL: it is recognised and mapped.{" "}
              <Link to="/postbacks/new" className="link">
                New postback
              </Link>
            </>
          )}
        </Step>
        <Step title="Tracking link" done={click}>
          {click ? (
            "A click has come."
          ) : (
            <>
              Put it into your tracker as the offer&apos;s URL, and open it once.{" "}
              <Link to="/links" className="link">
                Tracking link
              </Link>
            </>
          )}
        </Step>
        <Step title="First delivery" done={false}>
          The moment the operator reports a conversion of such a click, your tracker has it.
        </Step>
      </ol>
    </Panel>
  );
}
