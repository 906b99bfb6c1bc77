import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Page } from "@playwright/test";

import { click, expect, inTurn, report, route, signIn, someone, test } from "./test";

// The examples of the developers' page run as they are printed there, against the running program: that the page prints what the
// snippets are, and the live ones.

const run = promisify(execFile);

/** What the page prints of an example, in a language. */
async function printed(page: Page, example: string, language: string): Promise<string> {
  await page.getByRole("tab", { name: example, exact: true }).click();
  await page.getByRole("radio", { name: language, exact: true }).check({ force: true });
  const code = page.getByRole("region", { name: `the ${example} example in ${language}` });
  await expect(code).toBeVisible();
  return (await code.textContent()) ?? "";
}

/** Waits until what a program writes holds the text. */
function untilWritten(program: ChildProcess, text: string): Promise<string> {
  return new Promise((done, fail) => {
    let written = "";
    program.stdout?.on("data", (chunk: Buffer) => {
      written += chunk.toString();
      if (written.includes(text)) done(written);
    });
    program.stderr?.on("data", (chunk: Buffer) => {
      written += chunk.toString();
    });
    program.once("exit", (code) => {
      fail(new Error(`it ended with ${String(code)}: ${written}`));
    });
  });
}

test("the examples of the developers' page run as they are printed there", async ({
  page,
  demo,
  request,
}) => {
  test.setTimeout(240_000);
  await signIn(page, demo);
  const { token } = someone(demo, "affiliate");
  const env = { ...process.env, TOKEN: token };
  await page.goto("/developers");
  const examples = page.getByRole("tablist", { name: "Examples" }).getByRole("tab");
  await expect(examples).toHaveText(["Query", "Mutation", "Live", "Verify POSTs"]);

  // Inside of this folder the libraries that the live one installs are there.
  const here = join(import.meta.dirname, "../test-results/examples");
  mkdirSync(here, { recursive: true });
  const live = join(here, "live.mjs");
  writeFileSync(live, await printed(page, "Live", "Node.js"));

  // The others are run in all languages by Go's tests: TestTheSnippetsRun.
  const curl = await run("bash", ["-c", await printed(page, "Query", "curl")], { env });
  expect(JSON.parse(curl.stdout)).toMatchObject({ data: { deliveries: { edges: expect.any(Array) } } });

  const { link, integration } = route(demo);
  const programs: [string, string[]][] = [
    ["bash", ["-c", `exec ${await printed(page, "Live", "curl")}`]],
    ["node", [live]],
  ];
  await inTurn(programs, async ([command, args]) => {
    const program = spawn(command, args, { env });
    try {
      const heard = untilWritten(program, "DELIVERED");
      heard.catch(() => undefined);
      const id = await click(request, link.url, { param_1: "developer" });
      // When it listens is not said by the example: conversions come until it has heard of one.
      let n = 0;
      await expect(async () => {
        n += 1;
        const transaction = `${command} ${String(Date.now())} ${String(n)}`;
        await report(request, integration, {
          goal: "deposit",
          click_id: id,
          transaction_id: transaction,
          amount: "5",
        });
        const late = new Promise<never>((_, fail) => {
          setTimeout(() => {
            fail(new Error("nothing was heard"));
          }, 2000);
        });
        expect(await Promise.race([heard, late])).toMatch(/deliveryId/);
      }).toPass({ timeout: 60_000 });
    } finally {
      program.kill("SIGKILL");
    }
  });
});
