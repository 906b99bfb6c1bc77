import { click, expect, report, route, signIn, test } from "./test";

// What browsers' translators do to a page: they mark it, take every text node out and put <font> elements in its place, and go on
// doing so with whatever comes.
function translator(): void {
  const translate = (root: Node) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) {
      const parent = text.parentElement;
      if (parent === null || text.data.trim() === "") continue;
      if (parent.closest("font, script, style, textarea, [translate=no], .notranslate") !== null) continue;
      const font = document.createElement("font");
      const inner = document.createElement("font");
      inner.append(text.data.toUpperCase());
      font.append(inner);
      text.replaceWith(font);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.lang = "de";
    document.documentElement.classList.add("translated-ltr");
    translate(document.body);
    new MutationObserver((records) => {
      for (const { target, type, addedNodes } of records) {
        if (type === "characterData") translate(target.parentNode ?? target);
        for (const node of addedNodes)
          translate(node.nodeType === Node.TEXT_NODE ? (node.parentNode ?? node) : node);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

test("a page that is translated does not break, and its numbers stay live", async ({
  page,
  demo,
  request,
}) => {
  await page.addInitScript(translator);
  await signIn(page, demo);
  const { link, integration } = route(demo);

  // From one list to another.
  await page.goto("/campaigns");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("CAMPAIGNS");
  await page.getByRole("navigation").getByRole("link", { name: "DELIVERIES" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("POSTBACKS SENT");

  // The live log is paused, a row is opened, the log goes on.
  await page.getByRole("button", { name: "PAUSE" }).click();
  const param = `translated-${String(Date.now())}`;
  const id = await click(request, link.url, { param_1: param });
  await report(request, integration, { goal: "registration", click_id: id, player_id: `p-${id}` });
  await expect(page.getByText(/\d+ NEW/)).toBeVisible();
  await page.getByRole("row").getByRole("link").first().click();
  await expect(page.getByRole("region", { name: "Delivery" })).toBeVisible();
  // Nothing moves while one is open.
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Delivery" })).toHaveCount(0);
  await page.getByRole("button", { name: "RESUME" }).click();
  await expect(
    page
      .getByRole("row")
      .filter({ has: page.getByTitle(param) })
      .first(),
  ).toBeVisible();
  await page.screenshot({ path: "test-results/shots/translated.png" });

  // Home's numbers are of now: they are not translated, and an id is what it is.
  await page.goto("/");
  const clicks = page.getByText("CLICKS TODAY").locator("xpath=ancestor::div[1]//dd[1]");
  await expect(clicks).toHaveText(/^[\d,]+$/);
  const before = Number((await clicks.textContent())?.replaceAll(",", ""));
  await click(request, link.url, { param_1: `${param}-2` });
  await expect
    .poll(async () => Number((await clicks.textContent())?.replaceAll(",", "")), { timeout: 45_000 })
    .toBeGreaterThan(before);
});
