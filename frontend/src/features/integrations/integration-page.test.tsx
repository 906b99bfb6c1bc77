import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { offers } from "@/test/catalogue";
import { closed, generic, platforms } from "@/test/platforms";
import { open } from "@/test/render";
import { held, loseNetwork, panelOf, refusal, staffWorld, unreachable } from "@/test/staff";

interface Waiting {
  word: string;
  count: number;
  refused: number;
  reason: string | null;
  recorded: number;
  mappedTo: { __typename: string; key: string; name: string } | null;
}

const waiting: Waiting = {
  word: "first_dep",
  count: 3,
  refused: 0,
  reason: null,
  recorded: 0,
  mappedTo: null,
};

const whole = {
  __typename: "Integration",
  id: "I1",
  key: "royal-reels",
  name: "Royal Reels server",
  url: "https://go.postrider.example/postback/royal-reels",
  platform: generic,
  handOver: [
    {
      goal: null as string | null,
      url: "https://go.postrider.example/postback/royal-reels?token=TOKEN&goal={goal}",
    },
  ],
  enabled: true,
  testMode: false,
  requireHttps: true,
  requireToken: true,
  requireSignature: false,
  signatureHeader: null,
  timestampName: null,
  timestampWindow: null as number | null,
  allowedAddresses: ["203.0.113.0/24"],
  rateLimit: null as number | null,
  currency: "",
  offer: offers[0],
  parameterMapping: [{ from: "click_id", to: "data.cid" }],
  goalMapping: [{ from: "FIRST", to: "ftd" }],
  statusMapping: [{ from: "ok", to: "approved" }],
  defaultStatuses: [] as Words[],
  tellApart: false,
  recentCalls: {
    __typename: "RecentCalls",
    calls: 0,
    since: null as string | null,
    counts: [] as { result: string; cause: string | null; calls: number }[],
    unknownParameters: [] as { name: string; calls: number }[],
  },
  unmappedStatuses: [] as { word: string; count: number }[],
  unmappedGoals: [] as Waiting[],
  secrets: [
    { kind: "TOKEN", createdAt: "2026-01-02T10:00:00Z", expiresAt: null as string | null },
    { kind: "HMAC", createdAt: "2026-01-03T10:00:00Z", expiresAt: "2026-01-04T10:00:00Z" as string | null },
  ],
  snippets: [
    { language: "CURL", code: "curl -d goal=ftd", command: "TOKEN=… sh report.sh" },
    { language: "PYTHON", code: "requests.post(url)", command: "TOKEN=… python3 report.py" },
  ],
};

interface Words {
  from: string;
  to: string;
}
interface Input {
  id: string;
  name?: string;
  testMode?: boolean;
  platform?: string;
  parameterMapping?: Words[];
  rateLimit?: number;
  allowedAddresses?: string[];
  goalMapping?: Words[];
  statusMapping?: Words[];
}

function integrationWorld(change: Partial<typeof whole> = {}) {
  const world = staffWorld();
  const integration = { ...structuredClone(whole), ...change };
  const saved: Input[] = [];
  const rotated: unknown[] = [];
  world.nodes = [integration];
  world.also = {
    operatorPlatforms: platforms,
    receivedPostbacks: () => ({ edges: [] }),
    updateIntegration: ({ input }: { input: Input }) => {
      saved.push(input);
      if ((input.rateLimit ?? 0) > 1000) {
        return { integration: null, mapped: 0, ...refusal("rateLimit", "is above 1000") };
      }
      const mapped = (input.statusMapping?.length ?? 0) - integration.statusMapping.length;
      const { platform, ...rest } = input;
      Object.assign(integration, rest);
      if (platform !== undefined)
        integration.platform = platforms.find(({ key }) => key === platform) ?? generic;
      if (mapped > 0) integration.unmappedStatuses = [];
      return { integration, mapped, userErrors: [] };
    },
    revealIntegrationSecret: ({ input }: { input: { kind: string } }) => ({
      secret: `the ${input.kind.toLowerCase()}`,
      handOver: integration.handOver.map(({ goal, url }) => ({ goal, url: url.replace("TOKEN", "s3cret") })),
      userErrors: [],
    }),
    rotateIntegrationSecret: ({ input }: { input: { kind: string } }) => {
      rotated.push(input);
      for (const secret of integration.secrets) {
        if (secret.kind === input.kind) secret.expiresAt = "2101-01-02T10:00:00Z";
      }
      integration.secrets.push({ kind: input.kind, createdAt: "2026-06-12T10:00:00Z", expiresAt: null });
      return { secret: "the new one", userErrors: [] };
    },
  };
  return { world, integration, saved, rotated };
}

const address = "/staff/integrations/I1";

it("the operator's instructions name what he must prove, in his own language", async () => {
  const { world } = integrationWorld();
  const { user } = open(address, world);
  expect(await screen.findByRole("heading", { level: 1, name: "Royal Reels server" })).toBeInTheDocument();
  expect(screen.getByText(whole.url)).toBeInTheDocument();
  expect(screen.getByText("curl -d goal=ftd")).toBeInTheDocument();
  expect(screen.getByText("TOKEN")).toBeInTheDocument();
  expect(screen.queryByText("KEY")).not.toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: "Python" }));
  expect(screen.getByText("requests.post(url)")).toBeInTheDocument();
  expect(screen.getByText("TOKEN=… python3 report.py")).toBeInTheDocument();
  expect(screen.queryByText("curl -d goal=ftd")).not.toBeInTheDocument();
});

it("the URL is handed over with its token only when it is asked for, and is copied then", async () => {
  const { world } = integrationWorld();
  const { user } = open(address, world);
  const panel = await panelOf("URL to hand over");
  expect(panel.getByText(/token=TOKEN/)).toBeInTheDocument();
  expect(panel.queryByRole("button", { name: /^Copy/ })).not.toBeInTheDocument();
  world.failures.set("StaffReveal", { message: "The key is away." });
  await user.click(panel.getByRole("button", { name: "Reveal the token to copy" }));
  expect(await panel.findByRole("alert")).toHaveTextContent("The key is away.");
  world.failures.clear();
  await user.click(panel.getByRole("button", { name: "Reveal the token to copy" }));
  expect(await panel.findByText(/token=s3cret&goal=\{goal\}/)).toBeInTheDocument();
  await user.click(panel.getByRole("button", { name: "Copy the URL" }));
  expect(await navigator.clipboard.readText()).toContain("token=s3cret");
});

it("a platform with a URL for each event names the events; without a token they are copied at once", async () => {
  const url = "https://go.postrider.example/postback/royal-reels?goal=";
  const { world } = integrationWorld({
    platform: closed,
    requireToken: false,
    requireSignature: true,
    handOver: [
      { goal: "registration", url: `${url}registration` },
      { goal: "ftd", url: `${url}ftd` },
    ],
  });
  open(address, world);
  const panel = await panelOf("URL to hand over");
  expect(await panel.findByRole("button", { name: /Copy the URL for Registration/ })).toBeInTheDocument();
  expect(panel.getByText("Macros not published")).toBeInTheDocument();
  expect(panel.getByText(/cannot sign/)).toBeInTheDocument();
  expect(panel.queryByRole("button", { name: /^Reveal/ })).not.toBeInTheDocument();
});

it("another template is chosen after a look at what the mappings become", async () => {
  const { world, saved } = integrationWorld();
  const { user } = open(address, world);
  const panel = await panelOf("URL to hand over");
  await user.click(panel.getByRole("button", { name: "Change template" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Change template" }));
  const change = dialog.getByRole("button", { name: "Change template" });
  expect(change).toBeDisabled();
  const runs = await dialog.findByRole("combobox", { name: "What the operator runs" });
  await user.clear(runs);
  await user.type(runs, "acme");
  await user.click(await screen.findByRole("option", { name: "Acme Affiliates" }));
  const names = dialog.getByRole("list", { name: "Parameter mapping" });
  expect(names).toHaveTextContent("Removed: click_id → data.cid");
  expect(names).toHaveTextContent("Added: click_id → clickid");
  expect(dialog.getByRole("list", { name: "Goal mapping" })).toHaveTextContent("Kept: FIRST → ftd");
  await user.click(change);
  expect(await screen.findByText("Changed to Acme Affiliates; 1 conversion updated")).toBeInTheDocument();
  expect(saved.at(-1)).toEqual({
    id: "I1",
    platform: "acme",
    parameterMapping: [{ from: "click_id", to: "clickid" }],
    goalMapping: [
      { from: "FIRST", to: "ftd" },
      { from: "first_dep", to: "ftd" },
    ],
    statusMapping: [
      { from: "ok", to: "approved" },
      { from: "5", to: "pending" },
    ],
  });
});

it("test mode is switched beside what arrives, and says what it means", async () => {
  const { world, saved } = integrationWorld();
  const { user } = open(address, world);
  await user.click(await screen.findByRole("switch", { name: "Test mode" }));
  expect(await screen.findByText("Test mode is on: nothing is recorded")).toBeInTheDocument();
  expect(saved).toEqual([{ id: "I1", testMode: true }]);
  expect(await screen.findByText(/^Each request is checked/)).toBeInTheDocument();
});

it.each([
  ["On", {}],
  ["Test mode", { testMode: true }],
  ["Off", { testMode: true, enabled: false }],
])("its head says whether it takes calls: %s", async (word, change) => {
  open(address, integrationWorld(change).world);
  const title = await screen.findByRole("heading", { level: 1 });
  expect(title.parentElement?.parentElement).toHaveTextContent(word);
});

it("says that it loads, and that there is none", async () => {
  const { world } = integrationWorld();
  const { answer, release } = held(null);
  world.also["node"] = () => answer;
  open(address, world);
  expect(await screen.findByRole("status", { name: "Loading the integration" })).toBeInTheDocument();
  release();
  expect(await screen.findByText("There is no such integration")).toBeInTheDocument();
});

it("what could not be fetched is asked for again, its log too", async () => {
  const { world } = integrationWorld();
  world.failures.set("StaffIntegration", { message: "The database is away." });
  world.failures.set("StaffIntegrationCalls", { message: "The log is away." });
  const { user } = open(address, world);
  expect(await screen.findByText("The database is away.")).toBeInTheDocument();
  world.failures.delete("StaffIntegration");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("The log is away.")).toBeInTheDocument();
  expect(screen.queryByText(/^Nothing yet/)).not.toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/^Nothing yet/)).toBeInTheDocument();
});

it("a call that arrives is listed by itself; another integration's is not asked for", async () => {
  const { world, integration } = integrationWorld();
  const calls = [] as { node: unknown; cursor: string }[];
  let asked = 0;
  world.also["receivedPostbacks"] = () => {
    asked += 1;
    return { edges: calls };
  };
  open(address, world);
  expect(await screen.findByText(/^Nothing yet/)).toBeInTheDocument();
  const call = (id: string, of: unknown) => ({
    __typename: "ReceivedPostback",
    id,
    receivedAt: "2026-06-12T10:00:00Z",
    result: "INVALID",
    reason: "The goal is not known.",
    query: "goal=FRIST",
    body: null,
    integration: of,
  });
  calls.push({ node: call("R2", integration), cursor: "R2" });
  world.happen("receivedPostback", call("R1", { ...integration, id: "I2" }));
  world.happen("receivedPostback", call("R2", integration));
  const table = await screen.findByRole("table", { name: "Inbound log" });
  expect(await within(table).findByText("The goal is not known.")).toBeInTheDocument();
  expect(within(table).getByText("Invalid")).toBeInTheDocument();
  expect(asked).toBe(2);
  expect(screen.getByRole("link", { name: "View all" })).toHaveAttribute(
    "href",
    "/staff/received?integration=I1",
  );
});

it("statuses that nobody knows are mapped, beside those that are; what waited is counted", async () => {
  const { world, saved } = integrationWorld({
    unmappedStatuses: [
      { word: "settled", count: 1 },
      { word: "void", count: 7 },
    ],
  });
  const { user } = open(address, world);
  const panel = await panelOf("Unmapped statuses");
  expect(panel.getByText("1 conversion waits")).toBeInTheDocument();
  expect(panel.getByText("7 conversions wait")).toBeInTheDocument();
  const map = panel.getByRole("button", { name: "Map and fire" });
  expect(map).toBeDisabled();
  await user.click(panel.getByRole("button", { name: /Status for settled/ }));
  await user.click(await screen.findByRole("option", { name: "Approved" }));
  world.failures.set("StaffUpdateIntegration", { message: "The database is away." });
  await user.click(map);
  expect(await panel.findByRole("alert")).toHaveTextContent("The database is away.");
  world.failures.clear();
  await user.click(map);
  expect(await screen.findByText("1 conversion updated")).toBeInTheDocument();
  expect(saved).toEqual([
    {
      id: "I1",
      statusMapping: [
        { from: "ok", to: "approved" },
        { from: "settled", to: "approved" },
      ],
    },
  ]);
  await waitFor(() => {
    expect(screen.queryByRole("heading", { name: "Unmapped statuses" })).not.toBeInTheDocument();
  });
});

it("a goal that nobody knows is mapped after a look at what it makes, and the mapping is undone", async () => {
  const { world, integration } = integrationWorld({ unmappedGoals: [waiting] });
  const asked: unknown[] = [];
  Object.assign(world.also, {
    previewGoalMapping: (variables: unknown) => {
      asked.push(variables);
      return {
        recorded: 2,
        changed: 0,
        refused: 1,
        reason: "transaction_id is missing",
        left: 0,
        deliveries: 1,
        amounts: [{ amount: "45.00", currency: "EUR" }],
        payouts: [],
      };
    },
    mapGoal: ({ input }: { input: unknown }) => {
      asked.push(input);
      const mappedTo = { __typename: "Goal", key: "ftd", name: "FTD" };
      const reason = "transaction_id is missing";
      integration.unmappedGoals = [{ ...waiting, count: 1, refused: 1, reason, recorded: 2, mappedTo }];
      return { recorded: 2, changed: 0, refused: 1, integration, userErrors: [] };
    },
    unmapGoal: ({ input }: { input: unknown }) => {
      asked.push(input);
      integration.unmappedGoals = [waiting];
      return { takenBack: 2, integration, userErrors: [] };
    },
  });
  const { user } = open(address, world);
  const panel = await panelOf("Unmapped goals");
  expect(panel.getByText("3 reports wait")).toBeInTheDocument();
  await user.click(panel.getByRole("button", { name: /Goal for first_dep/ }));
  await user.click(await screen.findByRole("option", { name: /FTD/ }));
  const dialog = within(await screen.findByRole("dialog", { name: "Map first_dep to FTD" }));
  expect(await dialog.findByText("€45.00")).toBeInTheDocument();
  expect(dialog.getByText("1 postback fires")).toBeInTheDocument();
  expect(dialog.getByText("1 report keeps waiting: transaction_id is missing")).toBeInTheDocument();
  await user.click(dialog.getByRole("button", { name: "Map and fire" }));
  expect(await screen.findByText("2 conversions recorded, 1 report keeps waiting")).toBeInTheDocument();
  expect(await panel.findByText("mapped to FTD, 2 conversions recorded, 1 report waits")).toBeInTheDocument();
  expect(panel.getByText("1 report was refused: transaction_id is missing")).toBeInTheDocument();
  expect(panel.getByRole("button", { name: "Try again" })).toBeInTheDocument();
  await user.click(panel.getByRole("button", { name: "Undo mapping" }));
  const undo = within(await screen.findByRole("dialog", { name: "Undo the mapping of first_dep" }));
  expect(
    undo.getByText(/^2 conversions that were recorded of waiting reports are taken back/),
  ).toBeInTheDocument();
  await user.click(undo.getByRole("button", { name: "Undo mapping" }));
  expect(await screen.findByText("2 conversions taken back")).toBeInTheDocument();
  expect(await panel.findByText("3 reports wait")).toBeInTheDocument();
  const word = { integrationId: "I1", word: "first_dep" };
  expect(asked).toEqual([{ ...word, goal: "ftd" }, { ...word, goal: "ftd" }, word]);
});

it("a secret is shown on request only, and one that has run out is none", async () => {
  const { world } = integrationWorld();
  const { user } = open(address, world);
  const panel = await panelOf("Secrets");
  expect(panel.getAllByText(/^since/)).toHaveLength(1);
  expect(panel.queryByText(/^previous/)).not.toBeInTheDocument();
  expect(panel.queryByText("the token")).not.toBeInTheDocument();
  world.failures.set("StaffReveal", { message: "The key is away." });
  await user.click(panel.getByRole("button", { name: "Show token" }));
  expect(await panel.findByRole("alert")).toHaveTextContent("The key is away.");
  world.failures.clear();
  await user.click(panel.getByRole("button", { name: "Show token" }));
  expect(await panel.findByText("the token")).toBeInTheDocument();
  expect(panel.queryByRole("alert")).not.toBeInTheDocument();
});

it("a token is replaced after a question, shown at once, and the old one stays valid for a day", async () => {
  const { world, rotated } = integrationWorld();
  const { user } = open(address, world);
  const panel = await panelOf("Secrets");
  await user.click(panel.getAllByRole("button", { name: "Replace" })[0] ?? document.body);
  const asked = within(await screen.findByRole("dialog", { name: "Replace token" }));
  expect(rotated).toEqual([]);
  world.failures.set("StaffRotate", { message: "The key is away." });
  await user.click(asked.getByRole("button", { name: "Replace" }));
  expect(await asked.findByRole("alert")).toHaveTextContent("The key is away.");
  world.failures.clear();
  await user.click(asked.getByRole("button", { name: "Replace" }));
  expect(await panel.findByText("the new one")).toBeInTheDocument();
  expect(rotated).toEqual([{ integrationId: "I1", kind: "TOKEN", overlapHours: 24 }]);
  expect(await panel.findByText(/^previous, valid until/)).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("the form sends the whole of it; what is refused stands at its field", async () => {
  const { world, saved } = integrationWorld();
  const { user } = open(address, world);
  const limit = await screen.findByLabelText("Rate limit (per second)");
  await user.type(limit, "5000");
  await user.click(screen.getByRole("button", { name: "Add to goal mapping" }));
  const goals = within(screen.getByRole("group", { name: "Goal mapping" }));
  await user.type(goals.getByLabelText("Operator's goal, row 2"), "KYC_OK");
  await user.click(goals.getByRole("button", { name: /Ours, row 2/ }));
  await user.click(await screen.findByRole("option", { name: "KYC approved" }));
  await user.click(screen.getByRole("button", { name: "Save integration" }));
  await waitFor(() => {
    expect(limit).toHaveAccessibleDescription(/Is above 1000\./);
  });
  await user.clear(limit);
  await user.type(limit, "50");
  await user.click(screen.getByRole("button", { name: "Save integration" }));
  expect(await screen.findByText("Saved Royal Reels server; applies from the next request")).toBeVisible();
  expect(saved.at(-1)).toMatchObject({
    id: "I1",
    rateLimit: 50,
    allowedAddresses: ["203.0.113.0/24"],
    goalMapping: [
      { from: "FIRST", to: "ftd" },
      { from: "KYC_OK", to: "kyc" },
    ],
    statusMapping: [{ from: "ok", to: "approved" }],
  });
});

it("a signature's fields are there once one is required; a lost network keeps what was typed", async () => {
  const { world } = integrationWorld();
  const { user } = open(address, world);
  const signature = await screen.findByRole("switch", { name: /Require a signature/ });
  expect(screen.queryByLabelText("Signature header")).not.toBeInTheDocument();
  await user.click(signature);
  const header = screen.getByLabelText("Signature header");
  await user.type(header, "X-Sign");
  expect(screen.queryByLabelText("Signature lifetime (seconds)")).not.toBeInTheDocument();
  await user.type(screen.getByLabelText("Timestamp parameter or header"), "X-At");
  expect(screen.getByLabelText("Signature lifetime (seconds)")).toBeInTheDocument();
  loseNetwork();
  await user.click(screen.getByRole("button", { name: "Save integration" }));
  expect(await screen.findByText(unreachable)).toBeInTheDocument();
  expect(header).toHaveValue("X-Sign");
});

it("the last requests are counted, each count leads to them, and a parameter that nothing reads is mapped", async () => {
  const { world, saved } = integrationWorld({
    recentCalls: {
      __typename: "RecentCalls",
      calls: 1000,
      since: "2026-06-12T10:00:00Z",
      counts: [
        { result: "RECORDED", cause: null, calls: 900 },
        { result: "INVALID", cause: "NO_ID", calls: 100 },
      ],
      unknownParameters: [{ name: "bonus", calls: 212 }],
    },
  });
  const { user } = open(address, world);
  const panel = await screen.findByRole("list", { name: "By result and cause" });
  const link = within(panel).getByRole("link", { name: "No click, player or transaction id" });
  expect(link).toHaveAttribute("href", "/staff/received?integration=I1&result=invalid&cause=no_id");
  expect(screen.getByText("in 212 of 1,000 requests")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Use bonus" }));
  expect(screen.getByRole("textbox", { name: "Operator's parameter, row 2" })).toHaveValue("bonus");
  expect(screen.getByRole("button", { name: /Ours, row 2/ })).toHaveFocus();
  await user.click(screen.getByRole("button", { name: /Ours, row 2/ }));
  await user.click(await screen.findByRole("option", { name: "amount" }));
  await user.click(screen.getByRole("button", { name: "Save integration" }));
  await waitFor(() => {
    expect(saved[0]?.parameterMapping).toEqual([
      { from: "click_id", to: "data.cid" },
      { from: "amount", to: "bonus" },
    ]);
  });
});
