import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { open } from "@/test/render";
import { writeUrl } from "@/test/url-editor";

describe("the postbacks", () => {
  it("are grouped by where they fire, and gaps are shown as rows to add", async () => {
    const { user, path } = open("/postbacks");
    const headings = (await screen.findAllByRole("heading", { level: 2 })).map((h) => h.textContent);
    expect(headings.map((h) => h.split(" ")[0])).toEqual(["Everywhere", "Royal", "Facebook", "Gaps"]);
    await user.click(screen.getByRole("link", { name: /Deposit for TikTok LatAm/ }));
    await screen.findByRole("heading", { name: "New postback" });
    expect(path()).toBe("/postbacks/new?campaign=C2&goal=deposit");
    expect(await screen.findByText(/Fires for Deposit in TikTok LatAm alone/)).toBeInTheDocument();
  });

  it("are switched off where they stand", async () => {
    const { user, world } = open("/postbacks");
    await user.click(await screen.findByRole("switch", { name: "Keitaro sales is on" }));
    await screen.findByText("Keitaro sales no longer fires");
    expect(world.postbacks[1]?.enabled).toBe(false);
    expect(screen.getByRole("switch", { name: "Keitaro sales is on" })).not.toBeChecked();
  });
});

describe("a new postback", () => {
  it("shows what the server makes of the template, and where it is wrong", async () => {
    open("/postbacks/new");
    await writeUrl("https://t.example/pb?cid={param_1}&x={clickid}");
    expect(await screen.findByTitle(/There is no macro \{clickid\}/)).toHaveTextContent("{clickid}");

    await writeUrl("https://t.example/pb?cid={param_1}&p={payout}");
    const sent = await screen.findByText("As it will be sent, with sample values");
    await waitFor(() => {
      expect(sent.parentElement).toHaveTextContent("https://t.example/pb?cid=w4k2p9&p=120.00");
    });
    expect(within(sent.parentElement ?? document.body).getByTitle("payout: 120.00")).toHaveTextContent(
      "120.00",
    );
  });

  it("says on its fields what is missing, then makes one for each goal", async () => {
    const { user, path, world } = open("/postbacks/new");
    await user.click(await screen.findByRole("button", { name: "Create the postback" }));
    expect(await screen.findByText("Paste your tracker's postback URL.")).toBeInTheDocument();
    expect(screen.getByText("Choose at least one goal.")).toBeInTheDocument();

    await writeUrl("https://t.example/pb?cid={param_1}");
    await user.click(await screen.findByLabelText(/^Registration/));
    await user.click(screen.getByLabelText(/^First Time Deposit/));
    await user.click(screen.getByRole("button", { name: "Create 2 postbacks" }));
    await screen.findByText("Created 2 postbacks to t.example");
    expect(path()).toBe("/postbacks");
    expect(world.postbacks).toHaveLength(7);
  });

  it("puts the server's error on its field", async () => {
    const { user } = open("/postbacks/new?goal=ftd");
    await writeUrl("ftp://t.example/");
    await user.click(screen.getByRole("button", { name: "Create the postback" }));
    await waitFor(() => {
      expect(screen.getByRole("textbox", { name: "URL" })).toHaveAccessibleDescription(
        /must begin with http/,
      );
    });
  });
});

describe("one postback", () => {
  it("is saved as a new version", async () => {
    const { user, world } = open("/postbacks/P2");
    const name = await screen.findByLabelText("Name");
    await user.clear(name);
    await user.type(name, "Sales");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/Saved as version 3/);
    expect(world.postbacks[1]?.name).toBe("Sales");
  });

  it("is deleted only after it was said what that means", async () => {
    const { user, world, path } = open("/postbacks/P2");
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    const dialog = await screen.findByRole("dialog", { name: "Delete this postback" });
    expect(dialog).toHaveTextContent("track.northstar.example is no longer told of First Time Deposit");
    await user.click(within(dialog).getByRole("button", { name: "Keep it" }));
    expect(world.postbacks).toHaveLength(5);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete it" }));
    await waitFor(() => {
      expect(path()).toBe("/postbacks");
    });
    expect(world.postbacks).toHaveLength(4);
  });

  it("shows its versions, its health and its deliveries", async () => {
    const { user } = open("/postbacks/P3?tab=versions");
    expect(await screen.findByText("Version 2")).toBeInTheDocument();
    await user.click(screen.getByRole("tab", { name: "Health" }));
    expect(await screen.findByText(/38 ms at the median/)).toBeInTheDocument();
    await user.click(screen.getByRole("tab", { name: "Deliveries" }));
    expect(await screen.findByRole("table", { name: /Deliveries of this postback/ })).toBeInTheDocument();
  });
});
