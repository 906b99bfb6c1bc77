import { click, expect, route, signIn, someone, test } from "./test";

test("what needs attention is one list, and what is ignored stays ignored", async ({
  page,
  demo,
  request,
}) => {
  // An affiliate whose only postback for a goal that pays is switched off.
  const own = demo.users.filter((user) => user.role.toLowerCase() === "affiliate").at(1);
  const ask = async (query: string) => {
    const response = await request.post("/graphql", {
      data: { query },
      headers: { authorization: `Bearer ${own?.token ?? ""}` },
    });
    return (await response.json()) as {
      data: { postbacks: { edges: { node: { id: string; name: string } }[] } };
    };
  };
  const found = await ask(`{ postbacks(filter: { goals: ["cpa"] }) { edges { node { id name } } } }`);
  const only = found.data.postbacks.edges[0]?.node.id ?? "";
  const enable = (enabled: boolean) =>
    ask(
      `mutation { setPostbackEnabled(input: { id: "${only}", enabled: ${String(enabled)} }) { userErrors { message } } }`,
    );
  await enable(false);
  await signIn(page, { ...demo, users: own ? [own] : [] });
  await page.goto("/");
  const list = page.getByRole("list", { name: "Needs attention" });
  await expect(list.getByRole("listitem").first()).toBeVisible();
  await page.screenshot({ path: "test-results/shots/attention.png" });
  // A postback is named once, whatever all is wrong with it.
  const names = await list.getByRole("link").allTextContents();
  expect(new Set(names).size).toBe(names.length);

  const gap = list
    .getByRole("listitem")
    .filter({ hasText: /has no postback in/ })
    .first();
  const title = (await gap.getByRole("link").textContent()) ?? "";
  await gap.getByRole("button", { name: /^Ignore: / }).click();
  await expect(list.getByRole("link", { name: title })).toHaveCount(0);
  await page.reload();
  await page.getByText(/^\d+ ignored items?$/).click();
  const ignored = page.getByRole("list", { name: "Ignored" });
  await expect(ignored.getByRole("link", { name: title })).toBeVisible();
  // It counts as missing nowhere.
  const goal = title.split(" has no postback")[0] ?? "";
  await page.goto("/campaigns");
  await expect(page.getByRole("table", { name: "Campaigns" })).toBeVisible();
  await expect(page.getByRole("cell", { name: new RegExp(`\\b${goal}\\b`) })).toHaveCount(0);

  await page.goto("/");
  await page.getByText(/^\d+ ignored items?$/).click();
  await ignored
    .getByRole("listitem")
    .filter({ hasText: title })
    .getByRole("button", { name: /^Show again: / })
    .click();
  await expect(list.getByRole("link", { name: title })).toBeVisible();
  await enable(true);
});

test("a test click is shown as one, and counted nowhere", async ({ page, demo, request }) => {
  await signIn(page, demo);
  const { token } = someone(demo, "affiliate");
  const clicksToday = async () => {
    const response = await request.post("/graphql", {
      data: { query: "{ homeNumbers { today { clicks } } }" },
      headers: { authorization: `Bearer ${token ?? ""}` },
    });
    const { data } = (await response.json()) as { data: { homeNumbers: { today: { clicks: number } } } };
    return data.homeNumbers.today.clicks;
  };
  const { link } = route(demo);
  const before = await clicksToday();
  const param = `try-${String(Date.now())}`;
  await click(request, link.url, { param_1: param, test: "1" });
  expect(await clicksToday()).toBe(before);
  await click(request, link.url, { param_1: `${param}-real` });
  expect(await clicksToday()).toBe(before + 1);
  await page.goto(`/clicks?q=${param}`);
  const row = page.getByRole("row").filter({ hasText: param });
  await expect(row).toContainText("Test");
  await row.getByRole("link").click();
  await expect(page.getByText("No report counts it.")).toBeVisible();
});

test("a test that was fired before saving ticks the checklist, which names the manager", async ({
  page,
  demo,
}) => {
  const own = demo.users.filter((user) => user.role.toLowerCase() === "affiliate").at(1);
  await signIn(page, { ...demo, users: own ? [own] : [] });
  const ask = async (query: string, variables: Record<string, unknown> = {}) =>
    (await (await page.request.post("/graphql", { data: { query, variables } })).json()) as {
      data: {
        viewer: { echoUrl: string };
        offers: { edges: { node: { id: string } }[] };
        createCampaign: { campaign: { id: string } };
      };
    };
  const { viewer, offers } = (await ask("{ viewer { echoUrl } offers(first: 1) { edges { node { id } } } }"))
    .data;
  const made = await ask(
    "mutation($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { id } } }",
    { input: { name: "Not proven yet", offerId: offers.edges[0]?.node.id } },
  );
  const campaign = made.data.createCampaign.campaign.id;
  const step = (name: string) =>
    page.getByRole("list", { name: "Checklist" }).getByRole("listitem").filter({ hasText: name });
  await page.goto("/");
  await expect(step("Test fired").getByRole("img", { name: "To do" })).toBeVisible();
  await expect(step("First delivery")).toContainText("Petra Novak");

  await page.goto(`/postbacks/new?campaign=${encodeURIComponent(campaign)}&goal=registration`);
  await page.getByRole("button", { name: "Enter manually" }).click();
  await page
    .getByRole("textbox", { name: "URL" })
    .fill(`${viewer.echoUrl}?cid={param_1}&tid={conversion_id}`);
  await page.getByRole("button", { name: "Simulate" }).click();
  const simulation = page.getByRole("article", { name: "Simulation of Registration" });
  await simulation.getByRole("button", { name: "Fire test" }).click();
  await expect(simulation.getByText("200", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Create postback" }).click();
  await expect(page.getByText(/^Created 1 postback/)).toBeVisible();
  await page.goto("/");
  await expect(step("Test fired").getByRole("img", { name: "Done" })).toBeVisible();
});
