import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { open } from "@/test/render";
import { writeUrl } from "@/test/url-editor";

describe("the postbacks", () => {
  it("that have no tracker are listed by themselves, and gaps are shown as rows to add", async () => {
    const { user, path } = open("/postbacks");
    expect(await screen.findByRole("heading", { name: "Without a tracker" })).toBeInTheDocument();
    const headings = screen.getAllByRole("heading", { level: 2 }).map((h) => h.textContent);
    expect(headings.map((h) => h.split(" ")[0])).toEqual(["Without", "Gaps"]);
    expect(screen.getByText(/^Royal Reels Casino · Casino team · approved$/)).toBeInTheDocument();
    await user.click(screen.getByRole("link", { name: /Deposit for TikTok LatAm/ }));
    await screen.findByRole("heading", { name: "New postback" });
    expect(path()).toBe("/postbacks/new?campaign=C2&goal=deposit");
    await user.click(await screen.findByRole("button", { name: "Enter manually" }));
    expect(await screen.findByText(/Fires for Deposit in TikTok LatAm only/)).toBeInTheDocument();
  });

  it("are switched off where they stand", async () => {
    const { user, world } = open("/postbacks");
    await user.click(await screen.findByRole("switch", { name: "Keitaro sales is on" }));
    await screen.findByText("Keitaro sales no longer fires");
    expect(world.postbacks[1]?.enabled).toBe(false);
    expect(screen.getByRole("switch", { name: "Keitaro sales is on" })).not.toBeChecked();
  });
});

/** Opens the form of a new postback, past its start. */
async function openForm(address = "/postbacks/new") {
  const opened = open(address);
  await opened.user.click(await screen.findByRole("button", { name: "Enter manually" }));
  return opened;
}

describe("a new postback", () => {
  it("begins with what the tracker shows: it is recognised, and accepted with one press", async () => {
    const { user } = open("/postbacks/new");
    await user.click(await screen.findByLabelText("Your tracker's postback URL"));
    await user.paste("Hello, here it is: https://t.example/pb?subid={subid}&status=sale");
    expect(
      await screen.findByText(/Looks like Keitaro: 1 placeholder mapped, 1 fixed value kept\./),
    ).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Accept" }));
    await waitFor(() => {
      expect(screen.getByRole("group", { name: "The tracker" })).toHaveFocus();
    });
    expect(await screen.findByRole("textbox", { name: "URL" })).toHaveTextContent(
      "https://t.example/pb?subid={param_1}&status=sale",
    );
    expect(screen.getByLabelText("Name")).toHaveValue("Keitaro");
  });

  it("begins with a tracker of the list, and what of one's own its URL needs", async () => {
    const { user } = open("/postbacks/new");
    await user.type(await screen.findByLabelText("Search the trackers"), "keit");
    await user.click(screen.getByRole("button", { name: /Keitaro/ }));
    await user.type(screen.getByLabelText("Your tracker's domain"), "my.example");
    await waitFor(() => {
      expect(screen.getByRole("main")).toHaveTextContent("https://my.example/pb?subid={param_1}");
    });
    await user.click(screen.getByRole("button", { name: "Use this URL" }));
    expect(await screen.findByRole("textbox", { name: "URL" })).toHaveTextContent(/^https:\/\/my\.example/);
  });

  it("says that a text has no URL in it", async () => {
    const { user } = open("/postbacks/new");
    await user.click(await screen.findByLabelText("Your tracker's postback URL"));
    await user.paste("no URL at all");
    expect(await screen.findByText(/There is no URL in this text/)).toBeInTheDocument();
  });

  it("is examined while it is written: a mistake is marked at its place, keeps it from being saved, and is fixed", async () => {
    const { user, world } = await openForm("/postbacks/new?goal=ftd");
    const view = await writeUrl("https://t.example/pb?cid={clickid}&p={payout}");
    expect(await screen.findByTitle(/There is no macro \{clickid\}/)).toHaveTextContent("{clickid}");
    const doctor = screen.getByRole("region", { name: "Doctor" });
    expect(within(doctor).getByRole("img", { name: "Error" })).toBeInTheDocument();

    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/cannot be saved like this/);
    expect(world.postbacks).toHaveLength(5);

    await user.click(within(doctor).getByRole("button", { name: "Use {param_1}" }));
    expect(await within(doctor).findByText("No problems found.")).toBeInTheDocument();
    expect(view.state.doc.toString()).toBe("https://t.example/pb?cid={param_1}&p={payout}");
    await writeUrl("");
    expect(screen.queryByRole("region", { name: "Doctor" })).not.toBeInTheDocument();
    await writeUrl("https://t.example/pb?p={payout}");
    expect(await screen.findByText("Your tracker cannot tell which click it was.")).toBeInTheDocument();
  });

  it("offers what is aggregated only where it aggregates", async () => {
    const { user } = await openForm("/postbacks/new?goal=ftd");
    await writeUrl("https://t.example/pb?cid={param_1}");
    const listed = async () => {
      await user.click(await screen.findByRole("button", { name: /^Value of cid/ }));
      const list = await screen.findByRole("listbox", { name: "Macros" });
      await within(list).findByText("{param_1}");
      const names = within(list)
        .getAllByRole("option")
        .map((option) => /\{\w+\}/.exec(option.textContent)?.[0]);
      await user.keyboard("{Escape}");
      // What is behind an open list is hidden from those who look by roles.
      await waitFor(() => {
        expect(list).not.toBeInTheDocument();
      });
      return names;
    };
    await user.click(await screen.findByRole("radio", { name: "Table" }));
    expect(await listed()).not.toContain("{count}");
    await user.click(await screen.findByRole("radio", { name: "Aggregated" }));
    expect(await listed()).toContain("{count}");
  });

  it("shows the URL as it will be sent, with the values that one gives", async () => {
    const { user } = await openForm();
    await writeUrl("https://t.example/pb?cid={param_1}&p={payout}");
    const sent = await screen.findByText("As it will be sent, with sample values");
    await waitFor(() => {
      expect(sent.parentElement).toHaveTextContent("https://t.example/pb?cid=w4k2p9&p=120.00");
    });
    expect(within(sent.parentElement ?? document.body).getByTitle("payout: 120.00")).toHaveTextContent(
      "120.00",
    );
    await user.click(screen.getByText("Change sample values"));
    const field = screen.getByLabelText("{payout}");
    await user.clear(field);
    await user.type(field, "7.5");
    await waitFor(() => {
      expect(sent.parentElement).toHaveTextContent("https://t.example/pb?cid=w4k2p9&p=7.5");
    });
  });

  it("is simulated for each goal before it is saved, and its gaps are named", async () => {
    const { user, world } = await openForm("/postbacks/new?goal=ftd");
    await writeUrl("https://t.example/pb?cid={param_1}&p={payout}");
    await user.click(await screen.findByLabelText(/^Registration/));
    await user.click(screen.getByRole("button", { name: "Simulate" }));
    expect(await screen.findByText("FTD: all values filled.")).toBeInTheDocument();
    const card = screen.getByRole("article", { name: "Simulation of Registration" });
    expect(screen.queryByText(/This exact URL/)).not.toBeInTheDocument();
    await user.click(within(card).getByRole("button", { name: "Fire test" }));
    expect(await within(card).findByText("The tracker accepted the postback.")).toBeInTheDocument();
    expect(screen.getByText(/This exact URL was answered 200 at/)).toBeInTheDocument();
    expect(world.postbacks).toHaveLength(5);

    const link = screen.getByLabelText(/Tracking link, as set/);
    await user.clear(link);
    await user.click(link);
    await user.paste("https://go.postrider.example/c/Cmp0Qr7z");
    expect(screen.getByText(/The postback has changed/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Simulate" }));
    expect(await screen.findByText("FTD: fires, with empty values.")).toBeInTheDocument();
    expect(within(card).getByText("The link carries no param_1.")).toBeInTheDocument();
  });

  it("is the same as a table", async () => {
    const { user } = await openForm();
    await writeUrl("https://t.example/pb?cid={param_1}&p=5");
    await user.click(screen.getByRole("radio", { name: "Table" }));
    const names = screen.getAllByLabelText(/Name of parameter/);
    expect(names.map((n) => (n as HTMLInputElement).value)).toEqual(["cid", "p"]);
    await user.click(screen.getByRole("button", { name: "Value of p: 5" }));
    await user.type(await screen.findByLabelText("Search the macros"), "commission");
    await user.keyboard("{ArrowDown}{Enter}");
    expect(await screen.findByRole("button", { name: "Value of p: {payout}" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Remove cid" }));
    await user.click(screen.getByRole("radio", { name: "Text" }));
    expect(await screen.findByRole("textbox", { name: "URL" })).toHaveTextContent(
      "https://t.example/pb?p={payout}",
    );
  });

  it("begins with the goals that trackers count and those that pay, and says what each pays", async () => {
    const { user } = await openForm();
    const cpa = await screen.findByLabelText(/^CPA.*Pays \$120\.00 on Royal Reels Casino/);
    expect(cpa).toBeChecked();
    expect(screen.getByLabelText(/^Registration.*Pays nothing under your deals/)).toBeChecked();
    expect(screen.getByLabelText(/^FTD/)).toBeChecked();
    expect(screen.getByLabelText(/^Deposit/)).not.toBeChecked();
    // What was chosen stays, wherever it fires.
    await user.click(cpa);
    await user.click(screen.getByRole("button", { name: /^All campaigns Campaigns/ }));
    await user.click(await screen.findByRole("option", { name: /^One offer/ }));
    expect(await screen.findByLabelText(/^CPA/)).not.toBeChecked();
    expect(screen.getByLabelText(/^FTD/)).toBeChecked();
  });

  it("is previewed for each of its goals", async () => {
    const { user } = await openForm();
    await writeUrl("https://t.example/pb?cid={param_1}&p={payout}");
    const goals = await screen.findByRole("radiogroup", { name: "Goal of the preview" });
    await user.click(within(goals).getByRole("radio", { name: "CPA" }));
    expect(within(goals).getByRole("radio", { name: "CPA" })).toBeChecked();
  });

  it("says on its fields what is missing, then makes one tracker of all its goals, and leads to its links", async () => {
    const { user, world } = await openForm();
    await user.click(await screen.findByRole("button", { name: /^Create/ }));
    expect(await screen.findByText("Paste your tracker's postback URL.")).toBeInTheDocument();

    await writeUrl("https://t.example/pb?cid={param_1}");
    await user.click(screen.getByRole("checkbox", { name: /^Registration/ }));
    await user.click(screen.getByRole("checkbox", { name: /^FTD/ }));
    await user.click(screen.getByRole("checkbox", { name: /^CPA/ }));
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    expect(await screen.findByText("Choose at least one goal.")).toBeInTheDocument();
    await user.click(screen.getByRole("checkbox", { name: /^Registration/ }));
    await user.click(screen.getByRole("checkbox", { name: /^FTD/ }));
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    await screen.findByText("Created t.example: 2 goals to t.example");
    expect(screen.getByRole("heading", { level: 1, name: "t.example" })).toBeInTheDocument();
    expect(screen.getByRole("group", { name: "t.example was created" })).toHaveFocus();
    expect(within(screen.getByRole("list", { name: "Links" })).getAllByRole("listitem")).toHaveLength(5);
    expect(screen.getByRole("link", { name: "FTD" })).toHaveAttribute("href", "/postbacks/P6ftd");
    expect(world.sent.has("CreatePostback")).toBe(false);
    expect(world.postbacks).toHaveLength(7);
  });

  it("puts the server's error on its field", async () => {
    const { user, world } = await openForm("/postbacks/new?goal=ftd");
    await writeUrl("https://t.example/pb?cid={param_1}");
    world.failures.set("LintPostback", { message: "not now" });
    await writeUrl("ftp://t.example/");
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
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
    const dialog = await screen.findByRole("dialog", { name: "Delete postback" });
    expect(dialog).toHaveTextContent("track.northstar.example no longer receives FTD");
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(world.postbacks).toHaveLength(5);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete postback" }));
    await waitFor(() => {
      expect(path()).toBe("/postbacks");
    });
    expect(world.postbacks).toHaveLength(4);
  });

  it("is fired as a test with values that begin as the preview's samples, and its scenarios are told apart", async () => {
    const { user, world } = open("/postbacks/P2?tab=test");
    const click = await screen.findByLabelText("{param_1}");
    expect(click).toHaveValue("w4k2p9");
    await user.clear(click);
    await user.type(click, "mine");
    await user.click(screen.getByRole("button", { name: "Fire test" }));
    expect((await screen.findAllByText("The tracker accepted the postback."))[0]).toBeInTheDocument();
    expect(world.tests[0]?.url).toContain("subid=mine");
    await user.click(screen.getByRole("button", { name: "Run scenarios" }));
    expect(await screen.findByRole("img", { name: "Check" })).toBeInTheDocument();
    expect(await screen.findByText("same again")).toBeInTheDocument();
    await user.click(screen.getByRole("tab", { name: "Health" }));
    await user.click(screen.getByRole("tab", { name: "Test" }));
    expect(await screen.findByLabelText("{param_1}")).toHaveValue("mine");
  });

  it("says what its tracker's refusal means, and what to do next", async () => {
    const { user } = open("/postbacks/P2?tab=test");
    const click = await screen.findByLabelText("{param_1}");
    await user.clear(click);
    await user.type(click, "refused");
    await user.click(screen.getByRole("button", { name: "Fire test" }));
    expect((await screen.findAllByText("Let our address through its firewall."))[0]).toBeInTheDocument();
  });

  it("is put back to an earlier version", async () => {
    const { user, world } = open("/postbacks/P2?tab=versions");
    await user.click(await screen.findByRole("button", { name: "Restore" }));
    await screen.findByText("Version 1 restored as version 3");
    expect(world.postbacks[1]?.version).toBe(3);
  });

  it("shows its versions, its health and its deliveries", async () => {
    const { user } = open("/postbacks/P3?tab=versions");
    expect(await screen.findByText("Version 2")).toBeInTheDocument();
    await user.click(screen.getByRole("tab", { name: "Health" }));
    expect(await screen.findByText(/38 ms median/)).toBeInTheDocument();
    expect(await screen.findByText("It fails: what goes there is held.")).toBeInTheDocument();
    expect(screen.getByText(/41 ms median/)).toBeInTheDocument();
    await user.click(screen.getByRole("tab", { name: "Deliveries" }));
    expect(await screen.findByRole("table", { name: /Deliveries of this postback/ })).toBeInTheDocument();
  });
});
