import { expect, test } from "@playwright/test";
import { serverAudits } from "graphql-http";

// The specification GraphQL over HTTP, as its own audits read it: MUST, SHOULD and MAY alike.

test("graphql-http's audits pass, all of them", async ({ baseURL }) => {
  const audits = serverAudits({ url: `${baseURL ?? ""}/graphql` });
  expect(audits).toHaveLength(61);
  const results = await Promise.all(audits.map(async (audit) => audit.fn()));
  const failed = results.filter((result) => result.status !== "ok");
  expect(failed.map(({ id, name, status }) => `${id} ${status}: ${name}`)).toEqual([]);
});
