import { graphql } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { type Choices, useChoices } from "./use-choices";

const NamesQuery = graphql(`
  query TrackerChoices($search: String) {
    trackers(first: 100, filter: { search: $search, archived: null }) {
      edges {
        node {
          id
          name
          sentTo
          archivedAt
          affiliate {
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

const ChosenQuery = graphql(`
  query ChosenTracker($id: ID!) {
    node(id: $id) {
      ... on Tracker {
        id
        name
        sentTo
        archivedAt
        affiliate {
          id
          name
        }
      }
    }
  }
`);

/** Trackers to choose from, archived ones too: what they were sent is still there. */
export function useTrackerChoices(selected?: string | null): Choices {
  const isStaff = useIsStaff();
  return useChoices(
    {
      names: NamesQuery,
      list: (data) => data.trackers,
      chosen: ChosenQuery,
      node: ({ node }) => (node && "name" in node ? node : null),
      choice: ({ id, name, sentTo, archivedAt, affiliate }) => ({
        id,
        label: `${isStaff ? `${affiliate.name}: ` : ""}${name}${archivedAt === null ? "" : " (archived)"}`,
        hint: sentTo,
      }),
    },
    selected,
  );
}
