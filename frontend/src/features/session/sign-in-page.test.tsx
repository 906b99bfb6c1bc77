import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { open } from "@/test/render";
import { writeUrl } from "@/test/url-editor";
import { World } from "@/test/world";

const assign = vi.fn<(address: string) => void>();

beforeEach(() => {
  assign.mockReset();
  vi.stubGlobal("location", {
    href: "http://localhost:3000/",
    origin: "http://localhost:3000",
    host: "localhost:3000",
    protocol: "http:",
    assign,
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function nobody(): World {
  const world = new World(3);
  world.isSignedIn = false;
  return world;
}

describe("signing in", () => {
  it("is asked of whoever is not signed in, and leads back to where they wanted to go", async () => {
    const { user, path } = open("/conversions?goal=ftd", nobody());
    await screen.findByRole("heading", { name: "Sign in to Postrider" });
    expect(path()).toContain("/sign-in?to=");
    await user.type(screen.getByLabelText("E-mail"), "anna@northstar.example");
    await user.type(screen.getByLabelText("Password"), "wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("E-mail and password do not belong together.");

    await user.clear(screen.getByLabelText("Password"));
    await user.type(screen.getByLabelText("Password"), "correct horse");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => {
      expect(assign).toHaveBeenCalledWith("http://localhost:3000/conversions?goal=ftd");
    });
  });

  it("is one click with demo data", async () => {
    const { user } = open("/sign-in", nobody());
    await user.click(await screen.findByRole("button", { name: /Max, affiliate manager/ }));
    await waitFor(() => {
      expect(assign).toHaveBeenCalledWith("http://localhost:3000/");
    });
  });

  it.each([
    "//evil.example",
    "/%09/evil.example",
    "/%0A/evil.example",
    "/%5Cevil.example",
    "https://evil.example",
  ])("never leads to another host: %s", async (to) => {
    const { user } = open(`/sign-in?to=${to}`, nobody());
    await user.click(await screen.findByRole("button", { name: /North Star Media/ }));
    await waitFor(() => {
      expect(assign).toHaveBeenCalledWith("http://localhost:3000/");
    });
  });

  it("is asked for over the page when the session ends, and what was typed is still there", async () => {
    const { world, user } = open("/postbacks/new", new World(3));
    await user.click(await screen.findByRole("button", { name: "Enter manually" }));
    const url = await writeUrl("https://t.example/?c={param_1}");
    // Ticked beforehand: Registration stays.
    await user.click(await screen.findByRole("checkbox", { name: /^FTD/, checked: true }));
    await user.click(await screen.findByRole("checkbox", { name: /^CPA/, checked: true }));
    world.failures.set("CreateTracker", { message: "Sign in first.", code: "UNAUTHENTICATED" });
    await user.click(screen.getByRole("button", { name: "Create tracker" }));

    const password = await screen.findByLabelText("Password");
    world.failures.clear();
    await user.type(password, "correct horse");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => {
      expect(screen.queryByLabelText("Password")).not.toBeInTheDocument();
    });
    expect(url.state.doc.toString()).toBe("https://t.example/?c={param_1}");
    expect(url.dom).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    await screen.findByText(/^Created t\.example: 1 goal/);
  });
});
