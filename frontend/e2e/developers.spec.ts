import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Page } from "@playwright/test";

import { click, expect, inTurn, report, route, signIn, someone, test } from "./test";

// The examples of the developers' page run as they are printed there, against the running program.

const run = promisify(execFile);

/** What the page prints under this name. */
async function printed(page: Page, name: string): Promise<string> {
  await page.getByRole("tab", { name, exact: true }).click();
  const code = page.getByRole("region", { name: `the ${name} example` });
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

test("every example of the developers' page runs as it is printed", async ({ page, demo, request }) => {
  test.setTimeout(240_000);
  await signIn(page, demo);
  const { token } = someone(demo, "affiliate");
  const env = { ...process.env, TOKEN: token };
  await page.goto("/developers");
  const examples = page.getByRole("tablist", { name: "Examples" }).getByRole("tab");
  await expect(examples).toHaveText(["curl", "curl, live", "JavaScript", "JavaScript, live", "Go"]);

  // Inside of this folder the libraries that the live one installs are there.
  const here = join(import.meta.dirname, "../test-results/examples");
  const elsewhere = mkdtempSync(join(tmpdir(), "postrider-example-"));
  mkdirSync(here, { recursive: true });
  const file = async (folder: string, name: string, example: string) => {
    writeFileSync(join(folder, name), await printed(page, example));
    return join(folder, name);
  };
  try {
    const curl = await run("bash", ["-c", await printed(page, "curl")], { env });
    expect(JSON.parse(curl.stdout)).toMatchObject({ data: { deliveries: { edges: expect.any(Array) } } });

    const javascript = await run("node", [await file(here, "deliveries.mjs", "JavaScript")], { env });
    expect(javascript.stdout).toMatch(/^[0-9a-f]{32} [A-Z]+ /);

    const go = await run("go", ["run", await file(elsewhere, "deliveries.go", "Go")], {
      env,
      cwd: elsewhere,
      timeout: 180_000,
    });
    expect(go.stdout).toMatch(/^[0-9a-f]{32} [A-Z]+/);

    const { link, integration } = route(demo);
    const live: [string, string[]][] = [
      ["bash", ["-c", `exec ${await printed(page, "curl, live")}`]],
      ["node", [await file(here, "live.mjs", "JavaScript, live")]],
    ];
    await inTurn(live, async ([command, args]) => {
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
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});
