import { click, expect, expectFitInBothForms, report, route, signIn, test } from "./test";

// What is no longer needed: a campaign is archived, restored and deleted, and a delivery is cancelled before it is sent.

for (const width of [1440, 390]) {
  test(`a campaign is archived, restored and deleted, ${String(width)} wide`, async ({ page, demo }) => {
    await page.setViewportSize({ width, height: 900 });
    await signIn(page, demo);
    const name = `Done ${String(Date.now())}`;
    const made = await page.request.post("/graphql", {
      data: {
        query:
          "mutation($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { id } userErrors { message } } }",
        variables: { input: { name, offerId: route(demo).link.offerId } },
      },
    });
    expect((await made.json()) as unknown).toMatchObject({ data: { createCampaign: { userErrors: [] } } });

    await page.goto("/campaigns");
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("button", { name: "Archive" }).click();
    const question = page.getByRole("dialog", { name: "Archive campaign" });
    await expect(question).toContainText("its history stays");
    await expectFitInBothForms(page, `archive-campaign-${String(width)}`);
    await question.getByRole("button", { name: "Archive campaign" }).click();
    await expect(question).toHaveCount(0);
    await expect(page.getByRole("main").getByText("Archived", { exact: true })).toBeVisible();
    await expectFitInBothForms(page, `archived-campaign-${String(width)}`);

    // It has left the list; the choice of archived ones is in the address.
    await page.goto("/campaigns");
    await expect(page.getByRole("table", { name: "Campaigns" }).getByRole("link").first()).toBeVisible();
    await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
    await page.getByRole("radio", { name: "Archived" }).check({ force: true });
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
    await expect(page).toHaveURL(/show=archived/);
    await expectFitInBothForms(page, `campaigns-archived-${String(width)}`);
    await page.reload();
    await page.getByRole("link", { name, exact: true }).click();

    await page.getByRole("button", { name: "Restore" }).click();
    await expect(page.getByText(`Restored ${name}`)).toBeVisible();
    await expect(page.getByRole("button", { name: "Archive" })).toBeVisible();
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Archive campaign" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete campaign" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();
    await page.goto("/campaigns?show=archived");
    await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
  });
}

test("a delivery that is not sent yet is cancelled", async ({ page, demo, request }) => {
  const { link, integration } = route(demo);
  await signIn(page, demo);
  // It waits to be sent with others: there is time to cancel it.
  const ask = async (query: string, variables: Record<string, unknown>) => {
    const answer = await page.request.post("/graphql", { data: { query, variables } });
    return (await answer.json()) as { data: Record<string, { postbacks?: { id: string }[] }> };
  };
  const made = await ask(
    "mutation($input: CreatePostbackInput!) { createPostback(input: $input) { postbacks { id } userErrors { message } } }",
    {
      input: {
        postback: { aggregateSeconds: 3600 },
        scope: "CAMPAIGN",
        campaignId: link.campaignId,
        goals: ["registration"],
        urlTemplate: "https://tracker.example/together?cid={param_1}",
      },
    },
  );
  const id = made.data["createPostback"]?.postbacks?.[0]?.id ?? "";
  expect(id).not.toBe("");
  await report(request, integration, {
    goal: "registration",
    click_id: await click(request, link.url, { param_1: "cancelled" }),
  });
  await page.goto(`/deliveries?postback=${id}`);
  await page.locator('main a[href*="/deliveries/"]').click();
  const panel = page.getByRole("region", { name: "Delivery" });
  await panel.getByRole("button", { name: "Cancel" }).click();
  const question = page.getByRole("dialog", { name: "Cancel delivery" });
  await expectFitInBothForms(page, "cancel-delivery");
  await question.getByRole("button", { name: "Cancel delivery" }).click();
  await expect(question).toHaveCount(0);
  await expect(panel.getByText(/Somebody cancelled it before it was sent/)).toBeVisible();
  await expect(panel.getByRole("button", { name: "Cancel" })).toHaveCount(0);
  await expectFitInBothForms(page, "cancelled-delivery");
  await ask("mutation($input: DeletePostbackInput!) { deletePostback(input: $input) { deletedId } }", {
    input: { id },
  });
});

for (const width of [1440, 390]) {
  test(`a tracker is archived, restored and deleted, ${String(width)} wide`, async ({ page, demo }) => {
    await page.setViewportSize({ width, height: 900 });
    await signIn(page, demo);
    const name = `Old ${String(Date.now())}`;
    const made = await page.request.post("/graphql", {
      data: {
        query:
          "mutation($input: CreateTrackerInput!) { createTracker(input: $input) { tracker { id } userErrors { message } } }",
        variables: {
          input: {
            name,
            urlTemplate: `https://old.example/pb?cid={param_1}&n=${String(width)}`,
            shares: true,
            goals: [{ goal: "ftd" }],
          },
        },
      },
    });
    const { data } = (await made.json()) as { data: { createTracker: { tracker: { id: string } } } };
    await page.goto(`/trackers/${data.createTracker.tracker.id}`);
    const archive = async () => {
      await page.getByRole("button", { name: "Archive", exact: true }).click();
      const question = page.getByRole("dialog", { name: "Archive tracker" });
      await expect(question).toContainText("1 postback is deleted");
      await question.getByRole("button", { name: "Archive tracker" }).click();
      await expect(page.getByRole("button", { name: "Restore", exact: true })).toBeVisible();
    };
    await archive();
    await expectFitInBothForms(page, `archived-tracker-${String(width)}`);

    await page.goto("/postbacks");
    await expect(page.getByRole("list", { name: "Trackers" })).toBeVisible();
    await expect(page.getByRole("link", { name })).toHaveCount(0);
    await page.getByRole("radio", { name: "Archived" }).check({ force: true });
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
    await expectFitInBothForms(page, `archived-trackers-${String(width)}`);
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("button", { name: "Restore", exact: true }).click();
    await expect(page.getByText(/its goals are off until you switch them on/)).toBeVisible();
    await archive();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete tracker" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Postbacks" })).toBeVisible();
    await page.goto("/postbacks?show=archived");
    await expect(page.getByRole("heading", { level: 1, name: "Postbacks" })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expect(page.getByRole("link", { name })).toHaveCount(0);
  });
}
