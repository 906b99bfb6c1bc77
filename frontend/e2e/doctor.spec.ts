import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { expect, inTurn, signIn, test } from "./test";

// Every mistake of the doctor's own corpus, typed into the editor: it is named at its place, and its fix makes it go away.
// domain/doctor/testdata/check/README.md tells the form of the corpus. With POSTRIDER_E2E_LOAD, on a machine that does nothing else, it is
// named within 300 ms too.

const folder = join(import.meta.dirname, "../../domain/doctor/testdata/check");
const full = process.env["POSTRIDER_E2E_LOAD"] !== undefined;
/** From the editor's hearing of the keystroke to the finding on the page: rest, request and paint. */
const mostMs = 300;

interface Finding {
  code: string;
  place: string;
  fixed: string | null;
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
    const fix = /^ {4}> (.*)$/.exec(line);
    const given = /^(link|goals|statuses): (.*)$/.exec(line);
    if (finding)
      found.findings.push({ code: (finding[1] ?? "").toUpperCase(), place: finding[2] ?? "", fixed: null });
    else if (fix) {
      const last = found.findings.at(-1);
      if (last) last.fixed = fix[1] ?? "";
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
  .flatMap((block) => readCase(block) ?? [])
  // The form of a new tracker says so itself, where its campaigns are chosen.
  .filter(({ findings }) => findings.every(({ code }) => code !== "CROSSED_TRACKERS"));

const sound = "https://my.trk.io/in?click={param_1}&goal={goal_id}&status={status}&txid={conversion_id}";
const goalNames: Record<string, RegExp> = {
  registration: /^Registration/,
  ftd: /^FTD/,
  deposit: /^Deposit/,
};

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "URL" }).focus();
  await page.keyboard.press("Control+a");
  await (text === "" ? page.keyboard.press("Delete") : page.keyboard.insertText(text));
}

/** Types the text and says how long it took, in the page's own clock, until all these findings were painted. */
async function msUntilNamed(page: Page, text: string, codes: string[]): Promise<number> {
  await page.getByRole("textbox", { name: "URL" }).focus();
  await page.keyboard.press("Control+a");
  const named = await page.evaluateHandle((wanted) => {
    let began = Infinity;
    const heard = () => {
      began = Math.min(began, performance.now());
    };
    document.querySelector(".cm-content")?.addEventListener("beforeinput", heard, { once: true });
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
  await page.keyboard.insertText(text);
  return named.evaluate(({ ms }) => ms);
}

async function prepare(page: Page, { goals, statuses, link }: Case): Promise<void> {
  // With one goal in the address, nothing else is ticked beforehand.
  await page.goto("/postbacks/new?goal=ftd");
  await page.getByRole("button", { name: "Enter manually" }).click();
  await expect(page.getByRole("textbox", { name: "URL" })).toBeVisible();
  await write(page, sound);
  const toggled = goals.includes("ftd") ? goals.filter((goal) => goal !== "ftd") : [...goals, "ftd"];
  await inTurn(toggled, (goal) =>
    page
      .locator("label")
      .filter({ has: page.getByRole("checkbox", { name: goalNames[goal] ?? goal }) })
      .click(),
  );
  await inTurn(
    statuses.filter((status) => status !== "approved"),
    (status) =>
      page
        .locator("label")
        .filter({ hasText: new RegExp(`^${status}$`, "i") })
        .click(),
  );
  if (link !== null) await page.getByLabel(/Tracking link, as set/).fill(link);
}

function lineOf(page: Page, finding: Finding) {
  const all = page.locator(`[data-code="${finding.code}"]`);
  return finding.place === "" ? all : all.filter({ hasText: finding.place });
}

/** The finding stands at its place; its fix, where it has one, makes it go away. */
async function examine(page: Page, one: Case, finding: Finding): Promise<void> {
  const line = lineOf(page, finding);
  if (finding.place !== "" && finding.place.length <= 80) {
    await expect(line.first(), one.name).toBeVisible();
    await expect(async () => {
      const marked = await page.locator(".cm-finding").allTextContents();
      expect(marked.join(""), one.name).toContain(finding.place);
    }).toPass();
  }
  if (finding.fixed === null) return;
  const before = await line.count();
  await line.first().getByRole("button").click();
  await expect(page.getByRole("textbox", { name: "URL" }), one.name).toHaveText(
    finding.fixed.replace(/=(?=&|$)/, "=empty"),
  );
  await expect(line, one.name).toHaveCount(before - 1);
  await write(page, one.template);
  await expect(line.first()).toBeVisible();
}

async function clear(page: Page): Promise<void> {
  await write(page, "");
  await expect(page.getByRole("region", { name: "Doctor" })).toHaveCount(0);
}

/** The cases that are typed under the same goals, statuses and link. */
const together = new Map<string, Case[]>();
for (const one of cases) {
  const context = JSON.stringify([one.goals, one.statuses, one.link]);
  together.set(context, [...(together.get(context) ?? []), one]);
}

test("the corpus is there", () => {
  expect(cases.length).toBeGreaterThan(40);
});

for (const alike of together.values()) {
  const [first] = alike;
  if (!first) continue;
  test(`named at its place, and fixed: ${first.name}, ${String(alike.length)} mistakes`, async ({
    page,
    demo,
  }) => {
    test.setTimeout(600_000);
    await signIn(page, demo);
    await prepare(page, first);
    await inTurn(alike, async (one) => {
      await clear(page);
      const ms = await msUntilNamed(
        page,
        one.template,
        one.findings.map((finding) => finding.code),
      );
      if (full) {
        console.log(`doctor: ${one.name}: ${ms.toFixed(0)} ms`);
        expect.soft(ms, one.name).toBeLessThanOrEqual(mostMs);
      }
      await inTurn(one.findings, (finding) => examine(page, one, finding));
    });
  });
}
