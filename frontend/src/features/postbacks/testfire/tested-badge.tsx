import { CircleCheck, TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { Time } from "@/components/ui/time";
import { graphql } from "@/graphql/graphql";

import type { PostbackTest } from "./test-parts";

const TestedUrlsQuery = graphql(`
  query TestedUrls($id: ID!) {
    node(id: $id) {
      ... on Postback {
        id
        tests(first: 20) {
          id
          firedAt
          method
          url
          state
          statusCode
          scenario
        }
      }
    }
  }
`);

/** What the badge needs of a test. */
export type Tested = Pick<
  PostbackTest,
  "id" | "firedAt" | "method" | "url" | "state" | "statusCode" | "scenario"
>;

/** The latest tests of a saved postback and those that are fired here, newest first; to say that one was fired. */
export function useTestedUrls(postbackId: string | null): [readonly Tested[], (test: Tested) => void] {
  const [fired, setFired] = useState<readonly Tested[]>([]);
  const [{ data }] = useQuery({
    query: TestedUrlsQuery,
    variables: { id: postbackId ?? "" },
    pause: postbackId === null,
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  const past = node && "tests" in node ? node.tests : [];
  return [
    [...fired, ...past],
    (test) => {
      setFired((before) => [test, ...before]);
    },
  ];
}

/** What the tracker answered when a test fire last sent exactly this URL; nothing if none did. */
export function TestedBadge({
  url,
  method,
  tests,
}: {
  url: string;
  method: "GET" | "POST";
  /** Newest first. */
  tests: readonly Tested[];
}): ReactElement | null {
  const test = tests.find((t) => t.scenario === null && t.url === url && t.method === method);
  if (!test) return null;
  if (test.state === "DELIVERED") {
    return (
      <Badge tone="delivered" icon={CircleCheck}>
        This exact URL was answered {test.statusCode} at <Time at={test.firedAt} form="time" />
      </Badge>
    );
  }
  return (
    <Badge tone="retrying" icon={TriangleAlert}>
      {test.statusCode === null
        ? "This exact URL got no answer at "
        : `This exact URL was refused with ${String(test.statusCode)} at `}
      <Time at={test.firedAt} form="time" />
    </Badge>
  );
}
