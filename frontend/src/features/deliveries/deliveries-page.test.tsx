import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { affiliate, ago, connection, type Page } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

const rows = () => within(screen.getByRole("table", { name: /Deliveries/ })).getAllByRole("link");

const lines = () =>
  within(screen.getByRole("table", { name: /Deliveries/ }))
    .getAllByRole("row")
    .slice(1);

describe("the live log", () => {
  it("shows a delivery as it happens, and changes its row in place", async () => {
    const { world } = open("/deliveries", new World(3));
    await waitFor(() => {
      expect(rows()).toHaveLength(3);
    });
    await screen.findByText("Live");

    const delivery = world.add("QUEUED");
    await screen.findByText("Queued");
    expect(rows()).toHaveLength(4);

    world.move(delivery, "DELIVERED");
    await waitFor(() => {
      expect(screen.queryByText("Queued")).not.toBeInTheDocument();
    });
    expect(rows()).toHaveLength(4);
  });

  it("holds still while paused, and says how many wait", async () => {
    const { world, user } = open("/deliveries", new World(3));
    await screen.findByText("Live");
    await user.click(screen.getByRole("button", { name: "Pause" }));
    act(() => {
      world.add("DELIVERED");
      world.add("FAILED");
    });
    const pill = await screen.findByRole("button", { name: "2 new" });
    expect(rows()).toHaveLength(3);
    await user.click(pill);
    expect(rows()).toHaveLength(5);
  });

  it("misses nothing over a lost connection", async () => {
    const { world, cut } = open("/deliveries", new World(3));
    await screen.findByText("Live");
    cut();
    await screen.findByText("Reconnecting");
    world.add("DELIVERED");
    await screen.findByText("Live", {}, { timeout: 8000 });
    await waitFor(() => {
      expect(rows()).toHaveLength(4);
    });
  });

  it("misses nothing when a server that is stopped ends the subscription", async () => {
    const { world, end } = open("/deliveries", new World(3));
    await screen.findByText("Live");
    await waitFor(() => {
      expect(rows()).toHaveLength(3);
    });
    end();
    world.add("DELIVERED");
    await waitFor(
      () => {
        expect(rows()).toHaveLength(4);
      },
      { timeout: 8000 },
    );
  });

  it("takes its filters from the address, for live rows too", async () => {
    const { world } = open('/deliveries?state=["FAILED"]', new World(9));
    await waitFor(() => {
      expect(rows()).toHaveLength(1);
    });
    await screen.findByText("Live");
    world.add("DELIVERED");
    world.add("FAILED");
    await waitFor(() => {
      expect(rows()).toHaveLength(2);
    });
    expect(screen.getByRole("button", { name: /^State\s*Failed$/ })).toBeInTheDocument();
  });

  it("are filtered by their tracker, live rows and a replay of all too", async () => {
    const world = new World(9);
    const names = ["Keitaro", "Voltrack", "Old Binom"];
    const trackers = names.map((name, i) => ({
      __typename: "Tracker" as const,
      id: `T${String(i + 1)}`,
      name,
      sentTo: `${name.toLowerCase()}.example`,
      archivedAt: i === 2 ? ago(1e8) : null,
      affiliate,
    }));
    world.also = { trackers: (args: Page) => connection(trackers, args) };
    for (const [i, postback] of world.postbacks.entries())
      postback.tracker = trackers[i === 2 ? 1 : 0] ?? null;
    const ofVoltrack = () => world.deliveries.filter((d) => d.postback.tracker?.id === "T2").length;
    const { user, path } = open("/deliveries", world);
    await user.click(await screen.findByRole("button", { name: "Filter by tracker" }));
    expect(await screen.findByRole("menuitemradio", { name: "Old Binom (archived)" })).toBeInTheDocument();
    await user.click(screen.getByRole("menuitemradio", { name: "Voltrack" }));
    expect(path()).toBe("/deliveries?tracker=T2");
    expect(await screen.findByRole("button", { name: /^Tracker\s*Voltrack$/ })).toBeInTheDocument();
    const before = ofVoltrack();
    await waitFor(() => {
      expect(rows()).toHaveLength(before);
    });
    expect(lines()[0]).toHaveTextContent("Voltrack · pb.voltrack.example");
    await waitFor(() => {
      expect(world.lastSent("CountFailed")).toEqual({ filter: { trackerIds: ["T2"] } });
    });
    await screen.findByText("Live");
    for (let i = 0; i < 3; i += 1) world.add("DELIVERED");
    expect(ofVoltrack()).toBe(before + 1);
    await waitFor(() => {
      expect(rows()).toHaveLength(before + 1);
    });
    await user.click(screen.getByRole("button", { name: "Clear tracker" }));
    await waitFor(() => {
      expect(rows()).toHaveLength(12);
    });
    expect(
      lines().some((line) => line.textContent.includes("Keitaro leads · Keitaro · track.northstar")),
    ).toBe(true);
  });

  it("opens a delivery beside the list: the sentence, the attempt, the click", async () => {
    const { user, path } = open("/deliveries", new World(9));
    await waitFor(() => {
      expect(rows()).toHaveLength(9);
    });
    const failed = screen.getByText("Failed").closest("[role=row]");
    await user.click(within(failed as HTMLElement).getByRole("link"));
    const detail = await screen.findByRole("region", { name: "Delivery" });
    expect(
      (await within(detail).findAllByText(/answered 403, most often a firewall/)).length,
    ).toBeGreaterThan(0);
    expect(within(detail).getByText("Attempt 1")).toBeInTheDocument();
    expect(within(detail).getByRole("button", { name: "Copy as curl" })).toBeInTheDocument();
    expect(await within(detail).findByText("Country")).toBeInTheDocument();
    expect(path()).toMatch(/^\/deliveries\/Y/);
    await user.keyboard("{Escape}");
    await waitFor(() => {
      expect(path()).toBe("/deliveries");
    });
  });

  it("replays a delivery that failed, and goes on to the new one", async () => {
    const world = new World(9);
    const failed = world.deliveries.find((d) => d.state === "FAILED");
    const { user, path } = open(`/deliveries/${failed?.id ?? ""}`, world);
    await user.click(await screen.findByRole("button", { name: "Replay" }));
    await user.click(await screen.findByRole("button", { name: "Replay now" }));
    await screen.findByText(/Queued once more/);
    expect(path()).toBe(`/deliveries/${world.deliveries[0]?.id ?? ""}`);
    await screen.findByText("Replay of");
  });

  it("says what to do where there is nothing, and offers to try again where it failed", async () => {
    const { world, user } = open("/deliveries", new World(0));
    await screen.findByText("No postbacks sent yet");
    world.failures.set("Deliveries", { message: "The database is away." });
    await user.type(screen.getByRole("searchbox", { name: "Search deliveries" }), "x.example{Enter}");
    await screen.findByText("The database is away.");
    world.failures.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("No postback matches");
  });

  it("replays a selection: how many first, then how far it is", async () => {
    const { world, user } = open("/deliveries", new World(6));
    const boxes = await screen.findAllByRole("checkbox", { name: /Select the delivery/ });
    await user.click(boxes[1] as HTMLElement);
    await user.keyboard("{Shift>}");
    await user.click(boxes[3] as HTMLElement);
    await user.keyboard("{/Shift}");
    // Nothing moves under a selection.
    act(() => {
      world.add("DELIVERED");
    });
    await screen.findByRole("button", { name: "1 new" });
    await user.click(screen.getByRole("button", { name: "Replay 3 selected" }));
    await screen.findByText(/Nothing failed that was not replayed already/);
    const box = screen.getByRole("checkbox", { name: /^Also send 2 that were delivered/ });
    expect(box).not.toBeChecked();
    await user.click(box);
    expect(await screen.findByText("2 deliveries")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Replay 2" }));
    const bar = await screen.findByRole("progressbar", { name: "Progress" });
    expect(bar).toHaveAttribute("aria-valuemax", "2");
    const progress = { waiting: 0, delivered: 1, failed: 1, cancelled: 0, skipped: 0, failures: [] };
    world.happen("bulkReplayProgress", {
      __typename: "BulkReplay",
      id: "B1",
      state: "DONE",
      total: 2,
      progress,
    });
    expect(await screen.findByText(/Done: 2 of 2; 1 delivered, 1 failed/)).toBeInTheDocument();
  });

  it("replays what failed, and says which postbacks and why, before anything is sent", async () => {
    const { user } = open("/deliveries", new World(9));
    await user.click(await screen.findByRole("button", { name: "Replay 1 failed" }));
    const dialog = await screen.findByRole("dialog", { name: "Replay failed" });
    expect(await within(dialog).findByRole("button", { name: "Replay 1 failed" })).toBeEnabled();
    expect(within(dialog).getByRole("list", { name: "Reasons" })).toHaveTextContent(
      "1Your tracker answered 403",
    );
    expect(within(dialog).getByRole("list", { name: "Postbacks" })).toHaveTextContent(/^1/);
    expect(within(dialog).getByRole("checkbox", { name: /that were delivered/ })).not.toBeChecked();
  });

  it("a failure that was replayed says so, and is no failure any more", async () => {
    const world = new World(9);
    const failed = world.deliveries.find((d) => d.state === "FAILED");
    if (!failed) throw new Error("none has failed");
    failed.supersededBy = world.add("DELIVERED");
    open(`/deliveries/${failed.id}`, world);
    const detail = await screen.findByRole("region", { name: "Delivery" });
    expect(await within(detail).findByText("Failed, replayed: delivered")).toBeInTheDocument();
    expect(await screen.findAllByText("Failed, replayed: delivered")).toHaveLength(2);
    expect(within(detail).getAllByRole("link", { name: /…/ }).length).toBeGreaterThan(0);
    expect(await screen.findByRole("button", { name: "Replay failed" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /Replay \d+ failed/ })).not.toBeInTheDocument();
  });

  it("leaves replayed failures out where failures are asked for", async () => {
    const world = new World(9);
    const failed = world.deliveries.find((d) => d.state === "FAILED");
    if (failed) failed.supersededBy = world.add("DELIVERED");
    open('/deliveries?state=["FAILED"]', world);
    await screen.findByText("No postback matches");
  });

  it("finds a delivery by the tracker's click id, which its line ends with", async () => {
    const world = new World(6);
    const param = world.deliveries[2]?.click.param1 ?? "";
    const { user } = open("/deliveries", world);
    await user.type(await screen.findByRole("searchbox", { name: "Search deliveries" }), `${param}{Enter}`);
    await waitFor(() => {
      expect(rows()).toHaveLength(1);
    });
    expect(screen.getByTitle(param)).toBeInTheDocument();
  });

  it("a delivery without the tracker's click id is amber, found by a filter, and leads to the link builder", async () => {
    const world = new World(3);
    const [delivery] = world.deliveries;
    if (!delivery) throw new Error("the world has no delivery");
    const warning = "subid went out empty: this click came without param_1.";
    Object.assign(delivery, { state: "DELIVERED", warning });
    const { user } = open("/deliveries?warning=only", world);
    await waitFor(() => {
      expect(rows()).toHaveLength(1);
    });
    expect(screen.getByText("No click id")).toBeInTheDocument();
    await user.click(screen.getByRole("table", { name: /Deliveries/ }).querySelector("a") as HTMLElement);
    expect(await screen.findByText(warning)).toBeInTheDocument();
    expect(await screen.findByRole("link", { name: /link$|tracking links/ })).toHaveAttribute(
      "href",
      expect.stringMatching(/^\/links/),
    );
  });
});
