import { ago } from "./basics";
import { preview } from "./macro-language";
import type { World } from "./world";

interface TestInput {
  postback?: { id?: string | null; urlTemplate?: string };
  values?: { macro: string; value: string }[];
}

/** What a page asks of a test; the rest is whatever the schema wants. */
export interface Test {
  id: string;
  url: string | null;
  [field: string]: unknown;
}

/** A test that was fired, and what the tracker answered. */
function makeTest(world: World, input: TestInput, scenario: string | null): Test {
  const postback = world.postbacks.find((p) => p.id === input.postback?.id);
  const { url, spans } = preview(input.postback?.urlTemplate ?? postback?.urlTemplate ?? "", input.values);
  const fails = url?.includes("refused") === true;
  const test = {
    __typename: "PostbackTest",
    id: `X${String(world.tests.length + 1)}`,
    firedAt: ago(0),
    postback,
    urlTemplate: input.postback?.urlTemplate ?? postback?.urlTemplate,
    method: "GET",
    values: (spans as { macro: string; value: string }[]).map(({ macro, value }) => ({ macro, value })),
    scenario,
    url,
    state: fails ? "FAILED" : "DELIVERED",
    statusCode: fails ? 403 : 200,
    durationMs: 41,
    timings: { dnsMs: 1, connectMs: 8, tlsMs: 14, waitMs: 17, readMs: 1 },
    requestHeaders: [{ name: "User-Agent", value: "Postrider/0.1" }],
    requestBody: null,
    responseHeaders: [],
    responseBody: '{"ok":true}',
    responseTruncated: false,
    reason: null,
    verdict: fails ? "Your tracker refused it (403)." : "The tracker accepted the postback.",
    nextStep: fails ? "Let our address through its firewall." : null,
    delivery: null,
  };
  world.tests.unshift(test);
  postback?.tests.unshift(test);
  return test;
}

/** What the API answers about tests, scenarios and proofs. */
export function testsRoot(world: World) {
  return {
    testPostback: ({ input }: { input: TestInput }) => ({
      test: makeTest(world, input, null),
      userErrors: [],
    }),
    runScenarios: ({ input }: { input: TestInput }) => ({
      run: {
        cards: ["NORMAL", "SAME_AGAIN"].map((key) => ({
          key,
          title: key === "NORMAL" ? "A conversion" : "The same again",
          does: "Fires it.",
          expected: "One conversion.",
          grade: key === "NORMAL" ? "GOOD" : "ATTENTION",
          message: "Answered 200.",
          test: makeTest(world, input, key),
        })),
      },
      userErrors: [],
    }),
    simulatePostback: ({
      goal,
      trackingLink,
      postback: draft,
      values,
    }: {
      goal: string;
      trackingLink: string;
      postback: { urlTemplate: string; goals: string[] };
      values?: { macro: string; value: string }[];
    }) => {
      const { url, spans } = preview(draft.urlTemplate, values);
      const has = new URL(trackingLink).searchParams.has("param_1");
      return {
        simulation: {
          click: [{ macro: "param_1", value: "w4k2p9", filled: has, why: "From the link." }],
          postbacks: [
            {
              postback: null,
              fires: draft.goals.includes(goal),
              rule: "MATCHED",
              reason: "The goal matches.",
              url,
              slots: (spans as { macro: string; value: string }[]).map((span) => ({
                ...span,
                filled: span.macro !== "param_1" || has,
                why: span.macro === "param_1" && !has ? "The link carries no param_1." : "A sample.",
              })),
            },
          ],
        },
        userErrors: [],
      };
    },
    restorePostbackVersion: ({ input }: { input: { versionId: string } }) => {
      const postback = world.postbacks.find((p) => p.versions.some((v) => v.id === input.versionId));
      const old = postback?.versions.find((v) => v.id === input.versionId);
      if (postback && old) {
        postback.version += 1;
        postback.urlTemplate = old.urlTemplate;
        postback.versions.unshift({ ...old, id: `${old.id}again`, number: postback.version });
      }
      return { postback, userErrors: [] };
    },
  };
}
