import { graphql, type ResultOf } from "@/graphql/graphql";

export const ProveQuery = graphql(`
  query ProvePostback($trackingLink: String!, $goal: String!, $draft: PostbackDraftInput) {
    provePostback(trackingLink: $trackingLink, goal: $goal, draft: $draft) {
      proof {
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

type Payload = ResultOf<typeof ProveQuery>["provePostback"];
export type Proof = NonNullable<Payload["proof"]>;
export type Proved = Proof["postbacks"][number];
