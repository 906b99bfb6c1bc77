import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { ago, hexId, now, pick, usd } from "@/test/basics";
import type { DeliveryState } from "@/test/deliveries";
import { open } from "@/test/render";
import { World } from "@/test/world";

/** One delivery, opened. */
function opened(state: DeliveryState, change: (world: World) => Record<string, unknown> = () => ({})) {
  const world = new World(0);
  const delivery = world.add(state);
  Object.assign(delivery, change(world));
  return { delivery, ...open(`/deliveries/${delivery.id}`, world) };
}

/** Until the page hears of what changes. */
const followed = (world: World, subscription: string, count: number) =>
  waitFor(() => {
    expect(world.listening(subscription)).toBeGreaterThanOrEqual(count);
  });

const detail = () => screen.findByRole("region", { name: "Delivery" });
const replayButton = () => screen.queryByRole("button", { name: "Replay" });

describe("a delivery", () => {
  it("that waits for its tracker has nothing to replay, and says when it goes", async () => {
    const { delivery, world } = opened("QUEUED", () => ({ nextAttemptAt: ago(-60_000) }));
    const shown = await detail();
    expect(await within(shown).findByText("Nothing sent yet.")).toBeInTheDocument();
    expect(within(shown).getByRole("status")).toHaveTextContent(
      /Waits for its first attempt\. First attempt/,
    );
    expect(replayButton()).not.toBeInTheDocument();
    // It follows what happens.
    await followed(world, "deliveryUpdated", 2);
    world.move(delivery, "RETRYING");
    await waitFor(() => {
      expect(within(shown).getByRole("status")).toHaveTextContent(/answered 503.*Next attempt/);
    });
    expect(replayButton()).not.toBeInTheDocument();
  });

  it("shows each attempt with both sides, the newest first and open", async () => {
    const world = new World(0);
    const delivery = world.add("RETRYING");
    world.move(delivery, "FAILED");
    open(`/deliveries/${delivery.id}`, world);
    const shown = await detail();
    expect(await within(shown).findByRole("heading", { name: "2 attempts" })).toBeInTheDocument();
    const attempts = within(shown).getAllByRole("group");
    expect(attempts[0]).toHaveTextContent(/Attempt 2403/);
    expect(attempts[0]).toHaveAttribute("open");
    expect(attempts[1]).toHaveTextContent(/Attempt 1503/);
    expect(attempts[1]).not.toHaveAttribute("open");
    expect(attempts[0]).toHaveTextContent('"status": "denied"');
    expect(attempts[0]).toHaveTextContent("X-Postrider-Attempt: 2");
  });

  it("names its tracker, and leads to it", async () => {
    const world = new World(0);
    const delivery = world.add("DELIVERED");
    delivery.postback.tracker = { __typename: "Tracker", id: "T2", name: "Voluum" };
    open(`/deliveries/${delivery.id}`, world);
    expect(await within(await detail()).findByRole("link", { name: "Voluum" })).toHaveAttribute(
      "href",
      "/trackers/T2",
    );
  });

  it("that aggregates names each conversion, and those that left it", async () => {
    opened("DELIVERED", ({ conversions }) => {
      const conversion = pick(conversions, 0);
      const event = { __typename: "ConversionEvent", id: "VE1", status: "APPROVED", amount: usd("50.00") };
      const left = { ...conversion, id: "V8", conversionId: hexId(now, 8) };
      return {
        aggregated: [
          { conversion, event, leftAt: null },
          { conversion: left, event: { ...event, id: "VE8" }, leftAt: ago(9000) },
        ],
      };
    });
    const list = await screen.findByRole("list", { name: "Aggregated conversions" });
    expect(screen.getByRole("heading", { name: "1 conversion aggregated" })).toBeInTheDocument();
    const [stays, left] = within(list).getAllByRole("listitem");
    expect(stays).toHaveTextContent("$50.00");
    expect(left).toHaveTextContent(/removed .*: its status changed/);
    expect(left).not.toHaveTextContent("$50.00");
    expect(await screen.findByRole("heading", { name: "First conversion" })).toBeInTheDocument();
  });

  it("of a test is marked, belongs to no saved postback, and is never replayed", async () => {
    opened("DELIVERED", () => ({
      test: true,
      postback: null,
      version: null,
      campaign: null,
      conversion: null,
    }));
    const shown = await detail();
    expect(await within(shown).findByText("Test")).toBeInTheDocument();
    expect(within(shown).getByText("Not saved")).toBeInTheDocument();
    expect(within(shown).getByText("The offer's default link")).toBeInTheDocument();
    expect(replayButton()).not.toBeInTheDocument();
  });

  it("whose click is gone says so, and lists what it was replayed as", async () => {
    const { user, path } = opened("FAILED", (world) => {
      const replay = world.add("DELIVERED");
      Object.assign(pick(world.conversions, 1), { click: null });
      return { supersededBy: replay, replays: [replay] };
    });
    const shown = await detail();
    expect(await within(shown).findByText("The click is no longer kept.")).toBeInTheDocument();
    expect(within(shown).getByText("Replayed as")).toBeInTheDocument();
    // The replay ended: it may be sent again.
    expect(replayButton()).toBeEnabled();
    const [link] = within(within(shown).getByRole("status")).getAllByRole("link");
    if (link) await user.click(link);
    await waitFor(() => {
      expect(path()).toBe("/deliveries/Y2");
    });
  });

  it("is not replayed while a replay of it is on its way", async () => {
    opened("FAILED", (world) => ({ supersededBy: world.add("RETRYING") }));
    expect(await within(await detail()).findByText("Failed, replayed: retrying")).toBeInTheDocument();
    expect(replayButton()).not.toBeInTheDocument();
  });

  it("that does not exist leads back to the list, with its filters", async () => {
    const { user, path } = open("/deliveries/Y404?state=failed", new World(0));
    const shown = await detail();
    expect(await within(shown).findByText("There is no such delivery")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await waitFor(() => {
      expect(path()).toBe("/deliveries?state=failed");
    });
  });
});

describe("replaying one", () => {
  it("begins with R, warns of what was accepted before, and sends the template that was chosen", async () => {
    const { user, world, delivery } = opened("DELIVERED");
    await screen.findByRole("button", { name: "Replay" });
    await user.keyboard("r");
    const dialog = await screen.findByRole("dialog", { name: "Replay delivery" });
    expect(dialog).toHaveTextContent(/track\.northstar\.example.*The tracker accepted it before/);
    await user.click(within(dialog).getByRole("radio", { name: "As sent then (v2)" }));
    await user.click(within(dialog).getByRole("button", { name: "Replay now" }));
    await screen.findByText(/Queued once more as delivery/);
    expect(world.lastSent("ReplayDelivery")).toEqual({ input: { id: delivery.id, template: "SENT" } });
  });

  it("that is refused or does not arrive says why, and nothing was sent", async () => {
    const { user, world } = opened("FAILED");
    world.also = {
      replayDelivery: {
        delivery: null,
        userErrors: [{ field: null, message: "its postback is deleted", code: "gone" }],
      },
    };
    await user.click(await screen.findByRole("button", { name: "Replay" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).not.toHaveTextContent("accepted it before");
    await user.click(within(dialog).getByRole("button", { name: "Replay now" }));
    expect(await screen.findByText(/^its postback is deleted/i)).toBeInTheDocument();
    world.isAway = true;
    await user.click(await screen.findByRole("button", { name: "Replay now", hidden: true }));
    expect(await screen.findByText(/The server could not be reached/)).toBeInTheDocument();
    expect(world.deliveries).toHaveLength(1);
  });

  it("is not for who views as an affiliate: by button nor by key", async () => {
    const world = new World(0);
    world.looking = true;
    const delivery = world.add("FAILED");
    const { user } = open(`/deliveries/${delivery.id}`, world);
    const button = await screen.findByRole("button", { name: "Replay" });
    expect(button).toBeDisabled();
    await waitFor(() => {
      expect(button).toHaveAccessibleDescription("Viewing as North Star Media. This view is read-only.");
    });
    // Its code is there: if it opened, it would before the keys do.
    await import("./replay-dialog");
    await user.keyboard("r?");
    await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    expect(screen.queryByRole("dialog", { name: "Replay delivery", hidden: true })).not.toBeInTheDocument();
  });
});

describe("replaying many", () => {
  const progress = { waiting: 0, delivered: 0, failed: 0, cancelled: 0, skipped: 0, failures: [] };
  const job = { __typename: "BulkReplay", id: "B1", state: "RUNNING", total: 4, progress };

  async function started(world: World) {
    const { user } = open("/deliveries", world);
    await user.click(await screen.findByRole("button", { name: "Replay 1 failed" }));
    const dialog = await screen.findByRole("dialog", { name: "Replay failed" });
    await user.click(await within(dialog).findByRole("button", { name: "Replay 1 failed" }));
    await within(dialog).findByRole("progressbar");
    await followed(world, "bulkReplayProgress", 1);
    return { user, dialog };
  }

  it("asks by the filter of the page, and sends what was delivered only when told to", async () => {
    const world = new World(9);
    const { user } = open("/deliveries?goal=registration,ftd,deposit", world);
    await user.click(await screen.findByRole("button", { name: "Replay 1 failed" }));
    const dialog = await screen.findByRole("dialog", { name: "Replay failed" });
    const delivered = await within(dialog).findByRole("checkbox", {
      name: /^Also send 6 that were delivered/,
    });
    await user.click(delivered);
    await user.click(within(dialog).getByRole("radio", { name: "As sent then" }));
    await user.click(await within(dialog).findByRole("button", { name: "Replay 7" }));
    await within(dialog).findByRole("progressbar");
    expect(world.lastSent("ReplayDeliveries")).toMatchObject({
      input: {
        filter: { goals: ["registration", "ftd", "deposit"] },
        ids: null,
        template: "SENT",
        includeDelivered: true,
      },
    });
  });

  it("shows how far it is, why some fail again, and goes on in the background", async () => {
    const world = new World(9);
    const { user, dialog } = await started(world);
    const failures = [
      { __typename: "ReplayFailure", reason: "HTTP_403", sentence: "Your tracker answered 403", count: 2 },
    ];
    world.happen("bulkReplayProgress", {
      ...job,
      progress: { ...progress, waiting: 1, failed: 2, skipped: 1, failures },
    });
    await waitFor(() => {
      expect(dialog).toHaveTextContent("3 of 4; 0 delivered, 2 failed, 1 waiting, 1 skipped.");
    });
    expect(within(dialog).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "3");
    expect(within(dialog).getByRole("list", { name: "Reasons" })).toHaveTextContent(
      "2Your tracker answered 403",
    );
    await user.click(within(dialog).getByRole("button", { name: "Run in background" }));
    await waitFor(() => {
      expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    });
  });

  it("is stopped, and says that it was", async () => {
    const world = new World(9);
    world.also = {
      cancelBulkReplay: () => ({ job: { ...job, state: "CANCELLED" }, userErrors: [] }),
    };
    const { user, dialog } = await started(world);
    await user.click(within(dialog).getByRole("button", { name: "Stop" }));
    await waitFor(() => {
      expect(world.lastSent("CancelBulkReplay")).toEqual({ input: { id: "B1" } });
    });
    world.happen("bulkReplayProgress", {
      ...job,
      state: "CANCELLED",
      progress: { ...progress, delivered: 1, cancelled: 3 },
    });
    await waitFor(() => {
      expect(dialog).toHaveTextContent("Stopped: 4 of 4; 1 delivered, 0 failed.");
    });
    expect(within(dialog).queryByRole("button", { name: "Stop" })).not.toBeInTheDocument();
    await user.click(within(dialog).getAllByRole("button", { name: "Close" }).at(-1) ?? dialog);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("that cannot be stopped says why", async () => {
    const world = new World(9);
    const { user, dialog } = await started(world);
    world.failures.set("CancelBulkReplay", { message: "The database is away." });
    await user.click(within(dialog).getByRole("button", { name: "Stop" }));
    expect(await screen.findByText("The database is away.")).toBeInTheDocument();
    expect(within(dialog).getByRole("button", { name: "Stop" })).toBeInTheDocument();
  });

  it("that is refused, or of which nothing is known, sends nothing", async () => {
    const world = new World(9);
    world.failures.set("ReplayPreview", { message: "too slow" });
    const { user } = open("/deliveries", world);
    await user.click(await screen.findByRole("button", { name: "Replay 1 failed" }));
    let dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText("too slow")).toBeInTheDocument();
    expect(within(dialog).getByRole("button", { name: "Replay" })).toBeDisabled();
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    world.failures.clear();
    world.also = {
      replayDeliveries: {
        count: 0,
        job: null,
        userErrors: [{ field: null, message: "One runs already.", code: "CONFLICT" }],
      },
    };
    await user.click(await screen.findByRole("button", { name: "Replay 1 failed" }));
    dialog = await screen.findByRole("dialog");
    await user.click(await within(dialog).findByRole("button", { name: "Replay 1 failed" }));
    expect(await within(dialog).findByText("One runs already.")).toBeInTheDocument();
  });
});

it("each filter of the log stands in the address and in what is asked for", async () => {
  const world = new World(3);
  const { user, path } = open("/deliveries?code=4xx&postback=P2&replayed=all", world);
  await waitFor(() => {
    expect(world.lastSent("Deliveries")).toMatchObject({
      filter: { postbackIds: ["P2"], statusCodeFrom: 400, statusCodeTo: 499 },
    });
  });
  await user.click(await screen.findByRole("button", { name: "Clear postback" }));
  await user.click(screen.getByRole("button", { name: "Clear code" }));
  await user.click(screen.getByRole("button", { name: "Clear replayed" }));
  await user.click(screen.getByRole("button", { name: "Filter by state" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Waiting" }));
  expect(path()).toBe("/deliveries?state=held");
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Waiting" }));
  await waitFor(() => {
    expect(path()).toBe("/deliveries");
  });
});

describe("a delivery that has not ended", () => {
  it("is cancelled after a question, and what is refused is said there", async () => {
    const { delivery, world, user } = opened("QUEUED");
    let isInFlight = true;
    world.also = {
      cancelDelivery: () => {
        if (isInFlight) {
          return {
            delivery: null,
            userErrors: [{ field: ["id"], message: "an attempt is in flight", code: "CONFLICT" }],
          };
        }
        delivery.state = "CANCELLED";
        return { delivery, userErrors: [] };
      },
    };
    const shown = within(await detail());
    expect(shown.queryByRole("button", { name: "Send now" })).not.toBeInTheDocument();
    await user.click(await shown.findByRole("button", { name: "Cancel" }));
    const asked = within(await screen.findByRole("dialog", { name: "Cancel delivery" }));
    await user.click(asked.getByRole("button", { name: "Cancel delivery" }));
    expect(await asked.findByText("An attempt is in flight.")).toBeInTheDocument();
    isInFlight = false;
    await user.click(asked.getByRole("button", { name: "Cancel delivery" }));
    await waitFor(() => {
      expect(shown.queryByRole("button", { name: "Cancel" })).not.toBeInTheDocument();
    });
    expect(replayButton()).toBeInTheDocument();
  });

  it("is sent now where its tracker holds it up", async () => {
    const { delivery, world, user } = opened("HELD", () => ({ reason: "CIRCUIT_OPEN" }));
    const released: unknown[] = [];
    world.also = {
      releaseDelivery: ({ input }: { input: { id: string } }) => {
        released.push(input);
        delivery.state = "QUEUED";
        return { delivery, userErrors: [] };
      },
    };
    await user.click(await screen.findByRole("button", { name: "Send now" }));
    expect(await screen.findByText(/Sending it now/)).toBeInTheDocument();
    expect(released).toEqual([{ id: delivery.id }]);
  });
});
