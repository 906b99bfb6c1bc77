import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

import { Begin } from "./begin";
import { Step } from "./step";

const ChecklistParts = graphql(`
  fragment ChecklistParts on SetupChecklist @_unmask {
    done
    campaign {
      id
      name
    }
    steps {
      key
      title
      done
      message
    }
  }
`);

const NewestQuery = graphql(`
  query NewestCampaign {
    campaigns(first: 1, filter: { states: [ACTIVE] }) {
      edges {
        node {
          id
        }
      }
    }
  }
`);

const ChecklistQuery = graphql(
  `
    query SetupChecklist($campaignId: ID!) {
      setupChecklist(campaignId: $campaignId) {
        ...ChecklistParts
      }
    }
  `,
  [ChecklistParts],
);

const Changes = graphql(
  `
    subscription SetupChecklistChanged($campaignId: ID!) {
      setupChecklistChanged(campaignId: $campaignId) {
        ...ChecklistParts
      }
    }
  `,
  [ChecklistParts],
);

type Checklist = ResultOf<typeof ChecklistParts>;

/** Where a step is done. */
function whereTo(key: string, campaign: string): ReactElement | null {
  switch (key) {
    case "MACROS_KNOWN":
    case "MAPPED":
    case "TEMPLATE_SOUND":
    case "TEST_FIRED":
      return (
        <Link to="/postbacks" className="link">
          Postbacks
        </Link>
      );
    case "FIRST_CLICK":
      return (
        <Link to="/links" search={{ campaign }} className="link">
          Tracking link
        </Link>
      );
    case "FIRST_DELIVERY":
      return (
        <Link to="/deliveries" className="link">
          Live log
        </Link>
      );
    default:
      return null;
  }
}

/** The newest campaign's set-up: six steps that tick themselves. It goes when all are done. */
export function SetupChecklist(): ReactElement | null {
  const [{ data, error }] = useQuery({ query: NewestQuery, requestPolicy: "cache-and-network" });
  if (!data) return error ? null : <Unknown />;
  const id = data.campaigns.edges[0]?.node.id;
  return id === undefined ? <Begin /> : <Steps key={id} campaignId={id} />;
}

/** Whether there is anything left to set up is on its way. */
function Unknown(): ReactElement {
  return <SkeletonBlock label="Loading the checklist" lines={3} />;
}

function Steps({ campaignId }: { campaignId: string }): ReactElement | null {
  const [{ data, error }] = useQuery({
    query: ChecklistQuery,
    variables: { campaignId },
    requestPolicy: "cache-and-network",
  });
  const [changed, setList] = useState<Checklist | null>(null);
  useEffect(
    () =>
      subscribeLive(
        Changes,
        { campaignId },
        {
          next: ({ setupChecklistChanged }) => {
            setList(setupChecklistChanged);
          },
        },
      ),
    [campaignId],
  );
  const list = changed ?? data?.setupChecklist;
  if (list === undefined) return error ? null : <Unknown />;
  if (list === null || list.done) return null;
  const done = list.steps.filter((step) => step.done).length;
  return (
    <Panel
      title={`Set up ${list.campaign.name}`}
      aside={
        <span className="tabular text-muted">
          {done} of {list.steps.length} done
        </span>
      }
      flush
    >
      <ol aria-label="Checklist" className="grid md:grid-cols-2 xl:grid-cols-3">
        {list.steps.map((step) => (
          <Step key={step.key} title={step.title} done={step.done}>
            {step.message} {!step.done && whereTo(step.key, list.campaign.id)}
          </Step>
        ))}
      </ol>
    </Panel>
  );
}
