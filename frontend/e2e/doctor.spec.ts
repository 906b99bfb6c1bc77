import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { expect, signIn, test } from "./test";

// Every mistake of the doctor's own corpus, typed into the editor: it is named within 300 ms, at its place, and its mend makes it
// go away. doctor/testdata/check/README.md tells the form of the corpus.

const folder = join(import.meta.dirname, "../../doctor/testdata/check");
/** From the keystroke to the finding on the page. */
const mostMs = 300;

interface Finding {
  code: string;
  place: string;
  mended: string | null;
}

interface Case {
  name: string;
  template: string;
  link: string | null;
  goals: string[];
  statuses: string[];
  findings: Finding[];
}

function readCase(block: string): Case | null {
  const [name = "", template = "", ...rest] = block.trim().split("\n");
  const found: Case = { name, template, link: null, goals: [], statuses: [], findings: [] };
  for (const line of rest) {
    const finding = /^- (\w+) \w+ \[(.*)\]$/.exec(line);
    const mend = /^ {4}> (.*)$/.exec(line);
    const given = /^(link|goals|statuses): (.*)$/.exec(line);
    if (finding) found.findings.push({ code: finding[1] ?? "", place: finding[2] ?? "", mended: null });
    else if (mend) {
      const last = found.findings.at(-1);
      if (last) last.mended = mend[1] ?? "";
    } else if (given?.[1] === "link") found.link = given[2] ?? "";
    else if (given) found[given[1] as "goals" | "statuses"] = (given[2] ?? "").split(", ");
    // Another postback of the affiliate's: its demo data has its own.
    else if (line.startsWith("other: ")) return null;
  }
  // What cannot be typed: control characters and broken text.
  return found.findings.length === 0 || /\\(t|n|xff)/.test(template) ? null : found;
}

const cases = readdirSync(folder)
  .filter((file) => file.endsWith(".txt"))
  .flatMap((file) => `\n${readFileSync(join(folder, file), "utf8")}`.split("\n== ").slice(1))
  .flatMap((block) => readCase(block) ?? []);

const sound = "https://my.trk.io/in?click={param_1}&goal={goal_id}&status={status}&txid={conversion_id}";
const goalNames: Record<string, RegExp> = {
  registration: /^Registration/,
  ftd: /^First Time Deposit/,
  deposit: /^Deposit/,
};

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "URL" }).focus();
  await page.keyboard.press("Control+a");
  await (text === "" ? page.keyboard.press("Delete") : page.keyboard.insertText(text));
}

/** Types the text and says how long it took, in the page's own clock, until all these findings were there. */
async function msUntilNamed(page: Page, text: string, codes: string[]): Promise<number> {
  await page.getByRole("textbox", { name: "URL" }).focus();
  await page.keyboard.press("Control+a");
  const named = page.evaluateHandle((wanted) => {
    // From before the keystroke is sent: the way to the browser counts too.
    const began = performance.now();
    return {
      ms: new Promise<number>((done) => {
        const look = () => {
          const there = wanted.every((code) => document.querySelector(`[data-code="${code}"]`));
          if (there) done(performance.now() - began);
          else requestAnimationFrame(look);
        };
        look();
      }),
    };
  }, codes);
  const handle = await named;
  await page.keyboard.insertText(text);
  return handle.evaluate(({ ms }) => ms);
}

async function prepare(page: Page, one: Case): Promise<void> {
  await page.goto("/postbacks/new");
  await page.getByRole("button", { name: "Write it by hand" }).click();
  await expect(page.getByRole("textbox", { name: "URL" })).toBeVisible();
  await write(page, sound);
  for (const goal of one.goals) {
    // eslint-disable-next-line no-await-in-loop
    await page
      .locator("label")
      .filter({ has: page.getByRole("checkbox", { name: goalNames[goal] ?? goal }) })
      .click();
  }
  for (const status of one.statuses.filter((s) => s !== "approved")) {
    // eslint-disable-next-line no-await-in-loop
    await page
      .locator("label")
      .filter({ hasText: new RegExp(`^${status}$`, "i") })
      .click();
  }
  if (one.link !== null) await page.getByLabel(/Its tracking link/).fill(one.link);
}

async function examine(page: Page, one: Case): Promise<number> {
  const line = (finding: Finding) => {
    const all = page.locator(`[data-code="${finding.code}"]`);
    return finding.place === "" ? all : all.filter({ hasText: finding.place });
  };
  let ms = Infinity;
  for (let again = 0; again < 8 && ms > mostMs; again += 1) {
    // A machine with other work to do may be late now and then, not every time.
    // eslint-disable-next-line no-await-in-loop
    await write(page, "");
    // eslint-disable-next-line no-await-in-loop
    await expect(page.getByRole("region", { name: "Doctor" })).toHaveCount(0);
    // eslint-disable-next-line no-await-in-loop
    ms = Math.min(
      ms,
      await msUntilNamed(
        page,
        one.template,
        one.findings.map((f) => f.code),
      ),
    );
  }
  expect(ms, `${one.name}: named after ${String(ms)} ms`).toBeLessThanOrEqual(mostMs);
  for (const finding of one.findings) {
    if (finding.place !== "" && finding.place.length <= 80) {
      // eslint-disable-next-line no-await-in-loop
      await expect(line(finding).first(), one.name).toBeVisible();
      // eslint-disable-next-line no-await-in-loop
      const marked = await page.locator(".cm-finding").allTextContents();
      expect(marked.join(""), one.name).toContain(finding.place);
    }
    if (finding.mended !== null) {
      // eslint-disable-next-line no-await-in-loop
      const before = await line(finding).count();
      // eslint-disable-next-line no-await-in-loop
      await line(finding).first().getByRole("button").click();
      // eslint-disable-next-line no-await-in-loop
      await expect(page.getByRole("textbox", { name: "URL" }), one.name).toHaveText(
        finding.mended.replace(/=(?=&|$)/, "=empty"),
      );
      // eslint-disable-next-line no-await-in-loop
      await expect(line(finding), one.name).toHaveCount(before - 1);
      // eslint-disable-next-line no-await-in-loop
      await write(page, one.template);
      // eslint-disable-next-line no-await-in-loop
      await expect(line(finding).first()).toBeVisible();
    }
  }
  return ms;
}

test("every mistake is named at its place, and its mend makes it go away", async ({ page, demo }) => {
  // It measures times: it needs a machine that does nothing else, and is asked for by name.
  test.skip(
    process.env["POSTRIDER_E2E_LOAD"] === undefined,
    "set POSTRIDER_E2E_LOAD on a machine of its own",
  );
  test.setTimeout(600_000);
  expect(cases.length).toBeGreaterThan(40);
  await signIn(page, demo);
  const times: number[] = [];
  let last = "";
  for (const one of cases) {
    const context = JSON.stringify([one.goals, one.statuses, one.link]);
    // eslint-disable-next-line no-await-in-loop
    if (context !== last) await prepare(page, one);
    last = context;
    // eslint-disable-next-line no-await-in-loop
    times.push(await examine(page, one));
  }
  times.sort((a, b) => a - b);
  test.info().annotations.push({
    type: "doctor",
    description: `${String(cases.length)} mistakes, named after ${String(Math.round(times[Math.floor(times.length / 2)] ?? 0))} ms at the median, ${String(Math.round(times.at(-1) ?? 0))} ms at most`,
  });
});
