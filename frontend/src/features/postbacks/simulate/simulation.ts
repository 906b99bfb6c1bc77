import { graphql, type ResultOf } from "@/graphql/graphql";

export const SimulateQuery = graphql(`
  query SimulatePostback(
    $trackingLink: String!
    $goal: String!
    $postback: PostbackInput
    $values: [MacroValueInput!]
  ) {
    simulatePostback(trackingLink: $trackingLink, goal: $goal, postback: $postback, values: $values) {
      simulation {
        click {
          macro
          value
          filled
          why
        }
        postbacks {
          postback {
            id
            name
          }
          fires
          reason
          url
          slots {
            macro
            value
            filled
            why
            urlStart
            urlEnd
          }
        }
      }
      userErrors {
        message
      }
    }
  }
`);

type Payload = ResultOf<typeof SimulateQuery>["simulatePostback"];
export type Simulation = NonNullable<Payload["simulation"]>;
export type Simulated = Simulation["postbacks"][number];
