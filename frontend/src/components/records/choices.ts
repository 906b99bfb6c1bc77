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

const IntegrationsQuery = graphql(`
  query IntegrationChoices {
    integrations {
      id
      name
    }
  }
`);

/** The operators' integrations, to choose from: staff's; nobody else is asked for them. */
export function useIntegrationChoices(isStaff: boolean): Choice[] {
  const [{ data }] = useQuery({ query: IntegrationsQuery, pause: !isStaff });
  return (data?.integrations ?? []).map(({ id, name }) => ({ id, label: name }));
}
