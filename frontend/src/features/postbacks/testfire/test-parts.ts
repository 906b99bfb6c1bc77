import { graphql, type ResultOf } from "@/graphql/graphql";

/** One test that was fired: what was sent, what came back, and what that means. */
export const TestParts = graphql(`
  fragment TestParts on PostbackTest @_unmask {
    id
    firedAt
    method
    url
    state
    statusCode
    durationMs
    scenario
    verdict
    nextStep
    values {
      macro
      value
    }
    timings {
      dnsMs
      connectMs
      tlsMs
      waitMs
      readMs
    }
    requestHeaders {
      name
      value
    }
    requestBody
    responseHeaders {
      name
      value
    }
    responseBody
    responseTruncated
  }
`);

export type PostbackTest = ResultOf<typeof TestParts>;

export const FireTest = graphql(
  `
    mutation TestPostback($input: TestPostbackInput!) {
      testPostback(input: $input) {
        test {
          ...TestParts
        }
        userErrors {
          message
        }
      }
    }
  `,
  [TestParts],
);

export const RunScenarios = graphql(
  `
    mutation RunScenarios($input: TestPostbackInput!) {
      runScenarios(input: $input) {
        run {
          cards {
            key
            title
            does
            expected
            grade
            message
            test {
              ...TestParts
            }
          }
        }
        userErrors {
          message
        }
      }
    }
  `,
  [TestParts],
);

export type ScenarioCard = NonNullable<ResultOf<typeof RunScenarios>["runScenarios"]["run"]>["cards"][number];

export const PastTests = graphql(
  `
    query PastTests($id: ID!) {
      node(id: $id) {
        ... on Postback {
          id
          tests(first: 20) {
            ...TestParts
          }
        }
      }
    }
  `,
  [TestParts],
);
