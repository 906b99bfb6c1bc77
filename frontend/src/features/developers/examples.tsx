import type { ReactElement } from "react";
import { useState } from "react";
import { useQuery } from "urql";

import { SkeletonBlock } from "@/components/ui/skeleton";
import { Snippets } from "@/components/ui/snippets";
import { ErrorState } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";

const ExamplesQuery = graphql(`
  query Examples {
    viewer {
      examples {
        kind
        snippets {
          language
          code
          command
        }
      }
    }
  }
`);

const kinds: Record<string, { name: string; note: string }> = {
  QUERY: { name: "Query", note: "Your latest deliveries. TOKEN is an API token." },
  MUTATION: {
    name: "Mutation",
    note: "Sends a test postback to your echo tracker. What is wrong with the input is in userErrors.",
  },
  LIVE: {
    name: "Live",
    note: "Every delivery as it changes. What happens while you are not connected is not sent again: an event with resync says so.",
  },
  VERIFY: {
    name: "Verify POSTs",
    note: "Checks that a POST comes from us. SECRET is the postback's signing secret.",
  },
};

/** Programs to begin with, with this installation's address and the viewer's echo tracker in them. */
export function Examples(): ReactElement {
  const [{ data, error }, refetch] = useQuery({ query: ExamplesQuery });
  const [shown, setShown] = useState("QUERY");
  if (error && !data) {
    return (
      <ErrorState
        title="The examples could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (!data) {
    // As high as the first example: what is below must not move.
    return (
      <div className="min-h-80">
        <SkeletonBlock label="Loading the examples" lines={6} />
      </div>
    );
  }
  return (
    <Tabs
      label="Examples"
      selected={shown}
      onSelect={setShown}
      tabs={(data.viewer?.examples ?? []).map(({ kind, snippets }) => ({
        id: kind,
        label: kinds[kind]?.name ?? kind,
        content: (
          <div className="flex flex-col gap-3">
            <p className="text-muted">{kinds[kind]?.note}</p>
            <Snippets snippets={snippets} what={`the ${kinds[kind]?.name ?? kind} example`} />
          </div>
        ),
      }))}
    />
  );
}
