import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { recordNavigation } from "@/test/navigation";
import { open } from "@/test/render";
import { server } from "@/test/server";
import { writeUrl } from "@/test/url-editor";
import { World } from "@/test/world";

let assign: ReturnType<typeof recordNavigation>["assign"];

beforeEach(() => {
  ({ assign } = recordNavigation());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const manager = () => {
  const world = new World(0);
  world.role = "MANAGER";
  return world;
};

describe("the palette", () => {
  it("is run through with the arrows, around both ends, and left by Escape with the focus where it was", async () => {
    const { user, path } = open("/clicks", new World(0));
    const box = await screen.findByRole("searchbox", { name: "Search clicks" });
    await user.click(box);
    await user.keyboard("{Control>}k{/Control}");
    const field = await screen.findByRole("combobox", { name: "Search pages, names and ids" });
    const chosen = () => screen.getByRole("option", { selected: true });
    await waitFor(() => {
      expect(screen.getAllByRole("option").length).toBeGreaterThan(5);
    });
    const options = screen.getAllByRole("option");
    expect(chosen()).toBe(options[0]);
    await user.keyboard("{ArrowUp}");
    expect(chosen()).toBe(options.at(-1));
    expect(field).toHaveAttribute("aria-activedescendant", options.at(-1)?.id);
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(chosen()).toBe(options[1]);
    await user.keyboard("{Escape}");
    await waitFor(() => {
      expect(box).toHaveFocus();
    });
    expect(path()).toBe("/clicks");
  });

  it("says that nothing is found, and how many are", async () => {
    const { user } = open("/clicks", new World(0));
    await user.click(await screen.findByRole("button", { name: /^Search/ }));
    const field = await screen.findByRole("combobox", { name: "Search pages, names and ids" });
    await user.type(field, "zzzz");
    expect(await screen.findByText("No results.")).toBeInTheDocument();
    await user.keyboard("{Enter}");
    await user.clear(field);
    await user.type(field, "earnings");
    expect(await screen.findByText("1 found")).toBeInTheDocument();
  });
});

describe("the account's menu", () => {
  it("leads to the settings, sets the theme and shows the keys", async () => {
    const { user, path } = open("/clicks", new World(0));
    const account = () => screen.getByRole("button", { name: /^Account/ });
    await screen.findByRole("heading", { level: 1, name: "Clicks" });
    expect(account()).toHaveTextContent("North Star Mediaanna@northstar.example");
    await user.click(account());
    await user.click(await screen.findByRole("menuitem", { name: "Theme: Dark" }));
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    await user.click(account());
    expect(await screen.findByRole("menuitem", { name: "Theme: Dark (current)" })).toBeInTheDocument();
    await user.click(screen.getByRole("menuitem", { name: "Theme: System" }));
    await user.click(account());
    await user.click(await screen.findByRole("menuitem", { name: "Keyboard shortcuts" }));
    const keys = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    expect(keys).toHaveTextContent("Go to the page's search field");
    await user.keyboard("{Escape}");
    await user.click(account());
    await user.click(await screen.findByRole("menuitem", { name: "Settings" }));
    await waitFor(() => {
      expect(path()).toBe("/settings");
    });
  });

  it("signs out, and begins anew; where the server is away one stays signed in", async () => {
    const world = new World(0);
    const { user } = open("/clicks", world);
    await screen.findByRole("heading", { level: 1, name: "Clicks" });
    await user.click(screen.getByRole("button", { name: /^Account/ }));
    world.isAway = true;
    await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    expect(await screen.findByText(/The server could not be reached/)).toBeInTheDocument();
    expect(assign).not.toHaveBeenCalled();
    world.isAway = false;
    await user.click(screen.getByRole("button", { name: /^Account/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    await waitFor(() => {
      expect(assign).toHaveBeenCalledExactlyOnceWith("/sign-in");
    });
    expect(world.isSignedIn).toBe(false);
  });
});

it("on a phone the other pages are in a sheet, which goes when one is opened", async () => {
  const { user, path } = open("/", new World(0));
  await user.click(await screen.findByRole("button", { name: "More" }));
  const sheet = await screen.findByRole("dialog", { name: "North Star Media" });
  expect(within(sheet).getByText("anna@northstar.example")).toBeInTheDocument();
  expect(within(sheet).queryByRole("button", { name: "View as…" })).not.toBeInTheDocument();
  await user.click(within(sheet).getByRole("link", { name: "Earnings" }));
  await waitFor(() => {
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
  expect(path()).toBe("/earnings");
  await user.click(screen.getByRole("button", { name: "More" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Search" }));
  expect(await screen.findByRole("combobox", { name: /^Search pages/ })).toHaveFocus();
});

describe("viewing as an affiliate", () => {
  it("is begun by staff from any page, and asks as that affiliate", async () => {
    const { user } = open("/clicks", manager());
    await user.click(await screen.findByRole("button", { name: "View as…" }));
    await user.click(await screen.findByRole("menuitem", { name: "Nordic Media" }));
    expect(sessionStorage.getItem("postrider.view-as")).toBe("A2");
    expect(assign).toHaveBeenCalledExactlyOnceWith("/");
  });

  it("names whom, stands over every page, and is ended by its button", async () => {
    sessionStorage.setItem("postrider.view-as", "A1");
    const world = new World(0);
    world.looking = true;
    const asked = vi.fn<(as: string | null) => void>();
    const { user } = open("/clicks", world);
    server.events.on("request:start", ({ request }) => {
      asked(request.headers.get("x-postrider-view-as"));
    });
    const banner = await screen.findByText(/^Viewing as/);
    expect(banner).toHaveTextContent("Viewing as North Star Media. This view is read-only.");
    await user.click(screen.getByRole("link", { name: "Conversions" }));
    await screen.findByRole("heading", { level: 1, name: "Conversions" });
    await waitFor(() => {
      expect(asked).toHaveBeenCalledWith("A1");
    });
    server.events.removeAllListeners();
    await user.click(screen.getByRole("button", { name: "Back to staff pages" }));
    expect(sessionStorage.getItem("postrider.view-as")).toBeNull();
    expect(assign).toHaveBeenCalledExactlyOnceWith("/");
  });

  it("a staff page is not shown meanwhile, and the way back leads to it", async () => {
    const world = new World(0);
    world.looking = true;
    const { user } = open("/staff/goals", world);
    expect(await screen.findByText("It is not shown while you view as an affiliate.")).toBeInTheDocument();
    await user.click(within(screen.getByRole("main")).getByRole("button", { name: "Back to staff pages" }));
    expect(assign).toHaveBeenCalledExactlyOnceWith("/staff/goals");
  });
});

it("an affiliate who opens a staff page is told so, and led home", async () => {
  const world = new World(0);
  open("/staff/goals", world);
  expect(await screen.findByText("Your account has no access to it.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Go to Home" })).toHaveAttribute("href", "/");
  expect(world.asked).not.toContain("Goals");
});

describe("a session that ends", () => {
  it("asks to sign in over the page, which is there afterwards as it was", async () => {
    const world = new World(0);
    const { user } = open("/clicks?param=none", world);
    await screen.findByRole("heading", { level: 1, name: "Clicks" });
    world.failures.set("Clicks", { message: "Sign in first.", code: "UNAUTHENTICATED" });
    await user.type(screen.getByRole("searchbox", { name: "Search clicks" }), "abc{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "Sign in again" });
    expect(within(dialog).getByLabelText("E-mail")).toHaveValue("anna@northstar.example");
    // It must be answered.
    await user.keyboard("{Escape}");
    expect(dialog).toBeInTheDocument();
    await user.type(within(dialog).getByLabelText("Password"), "wrong{Enter}");
    expect(await within(dialog).findByText(/do not belong together/)).toBeInTheDocument();
    world.failures.clear();
    await user.clear(within(dialog).getByLabelText("Password"));
    await user.type(within(dialog).getByLabelText("Password"), `${world.password}{Enter}`);
    await waitFor(() => {
      expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    });
    expect(screen.getByRole("searchbox", { name: "Search clicks" })).toHaveValue("abc");
    expect(await screen.findByText("No click matches")).toBeInTheDocument();
    expect(assign).not.toHaveBeenCalled();
  });

  it("continued by somebody else begins anew: nothing of the first is seen", async () => {
    const world = new World(0);
    const { user } = open("/clicks", world);
    await screen.findByRole("heading", { level: 1, name: "Clicks" });
    world.failures.set("Clicks", { message: "Sign in first.", code: "UNAUTHENTICATED" });
    await user.type(screen.getByRole("searchbox", { name: "Search clicks" }), "abc{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "Sign in again" });
    const email = within(dialog).getByLabelText("E-mail");
    await user.clear(email);
    await user.type(email, "max@postrider.example");
    await user.type(within(dialog).getByLabelText("Password"), `${world.password}{Enter}`);
    await waitFor(() => {
      expect(assign).toHaveBeenCalledExactlyOnceWith("/");
    });
  });
});

it("unsaved content is asked about before a page is left, and kept for who stays", async () => {
  const world = new World(0);
  const { user, path } = open("/postbacks/P2", world);
  await screen.findByRole("textbox", { name: "URL" });
  await writeUrl("https://mine.example/?c={param_1}");
  const clicks = screen.getByRole("link", { name: "Clicks" });
  await user.click(clicks);
  const question = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(question).getByRole("button", { name: "Keep editing" }));
  expect(path()).toBe("/postbacks/P2");
  expect(screen.getByRole("textbox", { name: "URL" })).toHaveTextContent("https://mine.example");
  await user.click(clicks);
  await user.click(await screen.findByRole("button", { name: "Leave" }));
  await screen.findByRole("heading", { level: 1, name: "Clicks" });
  expect(path()).toBe("/clicks");
  expect(world.postbacks[1]?.version).toBe(2);
});

it("a server that is away at the start says so, and the page comes by its button", async () => {
  const world = new World(0);
  world.isAway = true;
  const { user } = open("/clicks", world);
  expect(await screen.findByText("Postrider could not be reached")).toBeInTheDocument();
  world.isAway = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Clicks" })).toBeInTheDocument();
});

it("who is not signed in goes to the sign-in, which knows the way back", async () => {
  const world = new World(0);
  world.isSignedIn = false;
  server.use(http.get("/", () => HttpResponse.html("")));
  const { path } = open("/deliveries?state=failed", world);
  await screen.findByRole("button", { name: "Sign in" });
  expect(decodeURIComponent(path())).toBe("/sign-in?to=/deliveries?state=failed");
});

it("an address that leads nowhere says so, with a way home", async () => {
  open("/nowhere", new World(0));
  expect(await screen.findByRole("link", { name: /home/i })).toHaveAttribute("href", "/");
});

describe("what is on hold", () => {
  it("stays so where resuming fails, and says why", async () => {
    const world = new World(0);
    world.role = "ADMIN";
    world.hold = { reason: "SETTING", since: "2026-06-12T10:00:00Z", note: null };
    world.failures.set("Resume", { message: "It was started that way." });
    const { user } = open("/clicks", world);
    expect(await screen.findByText(/Postrider was started that way/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Resume" }));
    expect(await screen.findByText("It was started that way.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Resume" })).toBeEnabled();
    expect(world.hold).not.toBeNull();
  });
});
