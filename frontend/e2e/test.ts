import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { type APIRequestContext, expect, type Page, test as base } from "@playwright/test";

import type { Demo } from "./program";

export { expect };

function readDemo(): Demo {
  const text = process.env["POSTRIDER_E2E_DEMO"];
  if (text === undefined) throw new Error("POSTRIDER_E2E_DEMO is not set");
  return JSON.parse(text) as Demo;
}

/** What goes wrong in a page's console, and what it asks of another host: nothing of both may be. */
export function watchFaults(page: Page, baseURL: string): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => {
    faults.push(`page: ${error.message}`);
  });
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && host !== new URL(baseURL).host) {
      faults.push(`another host: ${request.url()}`);
    }
  });
  return faults;
}

/** Every page is watched. */
export const test = base.extend<{ demo: Demo }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern of a fixture that needs no other
  demo: async ({}, give) => {
    await give(readDemo());
  },
  page: async ({ page, baseURL }, give) => {
    const faults = watchFaults(page, baseURL ?? "");
    await give(page);
    expect(faults).toEqual([]);
  },
});

/** Does something with each, one after the other: there is one page, and what is done on it has an order. */
export async function inTurn<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  let before: Promise<void> = Promise.resolve();
  for (const item of items) before = before.then(() => work(item));
  await before;
}

type Form = "light" | "dark";

/** Somebody of this role, with something to click on. */
export function someone(demo: Demo, role: "affiliate" | "manager" | "admin") {
  const linked = demo.users.filter((user) => user.role.toLowerCase() === role);
  const user = linked.find((u) => demo.links.some((link) => link.email === u.email)) ?? linked[0];
  if (!user) throw new Error(`the demo data has no ${role}`);
  return user;
}

/** Signs the page's browser in, without its pages. */
export async function signIn(page: Page, demo: Demo, role: "affiliate" | "manager" | "admin" = "affiliate") {
  const { email, password } = someone(demo, role);
  const response = await page.request.post("/graphql", {
    data: {
      query:
        "mutation($input: SignInInput!) { signIn(input: $input) { viewer { role } userErrors { message } } }",
      variables: { input: { email, password } },
    },
  });
  expect((await response.json()) as unknown).toMatchObject({ data: { signIn: { userErrors: [] } } });
}

/** A campaign's link of the affiliate and an integration, with a token, of the same offer. */
export function route(demo: Demo) {
  const { email } = someone(demo, "affiliate");
  for (const link of demo.links) {
    const integration = demo.integrations.find((s) => s.offerId === link.offerId && s.token !== "");
    if (link.email === email && link.campaignId !== null && integration) return { link, integration };
  }
  throw new Error("the demo data has no campaign link whose offer has an integration with a token");
}

/** A player clicks. Gives back our click id, as the operator gets it. */
export async function click(request: APIRequestContext, url: string, params: Record<string, string>) {
  const response = await request.get(`${url}?${new URLSearchParams(params).toString()}`, { maxRedirects: 0 });
  expect(response.status()).toBe(302);
  const id = /[0-9a-f]{32}/.exec(response.headers()["location"] ?? "")?.[0];
  if (id === undefined) throw new Error("the redirect carries no click id");
  return id;
}

/** The operator reports. */
export async function report(
  request: APIRequestContext,
  integration: { key: string; token: string },
  values: Record<string, string>,
) {
  const query = new URLSearchParams({ ...values, token: integration.token });
  const response = await request.get(`/postback/${integration.key}?${query.toString()}`);
  expect(await response.text()).toContain("recorded");
  expect(response.status()).toBe(201);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[];
}

/** Fails on anything that axe finds. */
async function expectAccessible(page: Page): Promise<void> {
  // As source through the debugger: the page's own Content-Security-Policy stays as it is.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (root: Document) => Promise<AxeResult> } };
    const result = await axe.run(document);
    return result.violations.flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id} ${JSON.stringify(node.target)}: ${node.failureSummary ?? ""}`,
      ),
    );
  });
  expect(violations).toEqual([]);
}

/** Fails when the page, or its main part, can be scrolled sideways. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() => {
    const roots = [document.documentElement, ...document.querySelectorAll("main, main section")];
    return roots
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .filter((element) => getComputedStyle(element).overflowX !== "visible")
      .map(
        (element) => `${element.tagName}: ${String(element.scrollWidth)} > ${String(element.clientWidth)}`,
      );
  });
  expect(wider).toEqual([]);
}

/** Fails when the window itself can be scrolled although its main part is what scrolls: the bars would go out of sight. */
async function expectWindowStays(page: Page): Promise<void> {
  const [tall, window] = await page.evaluate(() => {
    const { scrollHeight, clientHeight } = document.documentElement;
    return [document.querySelector("#main") ? scrollHeight : clientHeight, clientHeight];
  });
  expect(tall).toBe(window);
}

export async function setForm(page: Page, form: Form): Promise<void> {
  await page.emulateMedia({ colorScheme: form });
}

/**
 * Fails on what is wrong with the page as it stands, light and dark, and leaves a picture of both. It begins light,
 * and changes without loading anew: what was opened stays open.
 */
export async function expectFitInBothForms(page: Page, name: string): Promise<void> {
  await inForm(page, "light");
  await expectFit(page, `${name}-light`);
  await inForm(page, "dark");
  await expectFit(page, `${name}-dark`);
}

async function inForm(page: Page, form: Form): Promise<void> {
  await setForm(page, form);
  // Colours that still change are neither the one nor the other.
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    for (const animation of document.getAnimations()) {
      if (animation instanceof CSSTransition) animation.finish();
    }
  });
}

/** Fails on what is wrong with the page as it stands, and leaves a picture of it. */
export async function expectFit(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/shots/${name}.png` });
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await expectWindowStays(page);
}
