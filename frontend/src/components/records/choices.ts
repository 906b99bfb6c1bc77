import { useQuery } from "urql";

import type { Choice } from "@/components/ui/choice";
import { graphql } from "@/graphql/graphql";

const GoalsQuery = graphql(`
  query GoalChoices {
    goals {
      id
      key
      name
      trigger
    }
  }
`);

/** The event dictionary, to choose from; goals are named by key. */
export function useGoalChoices(): Choice[] {
  const [{ data }] = useQuery({ query: GoalsQuery });
  return (data?.goals ?? []).map(({ key, name, trigger }) => ({ id: key, label: name, hint: trigger }));
}
