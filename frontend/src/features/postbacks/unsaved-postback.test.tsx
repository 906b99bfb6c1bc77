import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { open } from "@/test/render";
import { writeUrl } from "@/test/url-editor";
import { World } from "@/test/world";

const mine = "https://mine.example/pb?cid={param_1}";
const theirs = "https://theirs.example/pb?cid={param_1}";

const stored = () => JSON.stringify(Object.entries(sessionStorage));

/** The tab is loaded anew: what was in memory is gone. */
function reload(address: string, world: World) {
  cleanup();
  return open(address, world);
}

function second(world: World) {
  const postback = world.postbacks[1];
  if (!postback) throw new Error("there is no second postback");
  return postback;
}

/** Somebody else saves the postback. */
function overtake(world: World): void {
  const postback = second(world);
  const [last] = postback.versions;
  if (!last) throw new Error("it has no version");
  postback.version = 3;
  postback.urlTemplate = theirs;
  postback.versions.unshift({
    ...last,
    id: "P2v3",
    number: 3,
    urlTemplate: theirs,
    author: { ...last.author, id: "U9", email: "boris@northstar.example" },
  });
}

const url = () => screen.findByRole("textbox", { name: "URL" });

describe("what was typed into a new postback", () => {
  it("is back after a reload, with the goals that were chosen, and is discarded with one press", async () => {
    const { user, world } = open("/postbacks/new");
    await user.click(await screen.findByRole("button", { name: "Enter manually" }));
    await writeUrl(mine);
    await user.click(await screen.findByLabelText(/^CPA/));

    const again = reload("/postbacks/new", world);
    expect(await screen.findByText(/^Draft from .*restored/)).toBeInTheDocument();
    expect(await url()).toHaveTextContent(mine);
    expect(await screen.findByLabelText(/^CPA/)).not.toBeChecked();

    await again.user.click(screen.getByRole("button", { name: "Discard" }));
    expect(await screen.findByRole("button", { name: "Enter manually" })).toBeInTheDocument();
    expect(stored()).not.toContain("mine.example");
    reload("/postbacks/new", world);
    expect(await screen.findByRole("button", { name: "Enter manually" })).toBeInTheDocument();
    expect(screen.queryByText(/^Draft from/)).not.toBeInTheDocument();
  });

  it("is not kept once it is saved", async () => {
    const { user, world } = open("/postbacks/new?goal=ftd");
    await user.click(await screen.findByRole("button", { name: "Enter manually" }));
    await writeUrl(mine);
    await waitFor(() => {
      expect(stored()).toContain("mine.example");
    });
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    await screen.findByText("Created mine.example: 1 goal to mine.example");
    expect(world.postbacks).toHaveLength(6);
    expect(stored()).not.toContain("mine.example");
  });
});

describe("what was changed of a postback", () => {
  it("is back after a reload, and nothing that is secret is kept with it", async () => {
    const world = new World();
    Object.assign(second(world), { signingSecret: "whsec_c2VjcmV0" });
    open("/postbacks/P2", world);
    expect(await screen.findByText("whsec_c2VjcmV0")).toBeInTheDocument();
    await writeUrl(mine);
    await waitFor(() => {
      expect(stored()).toContain("mine.example");
    });
    expect(stored()).not.toContain("whsec");

    const { user } = reload("/postbacks/P2", world);
    expect(await screen.findByText(/^Draft from .*restored/)).toBeInTheDocument();
    expect(await url()).toHaveTextContent(mine);
    await user.click(screen.getByRole("button", { name: "Discard" }));
    expect(await url()).toHaveTextContent(second(world).urlTemplate);
    expect(screen.queryByText(/^Draft from/)).not.toBeInTheDocument();
    await waitFor(() => {
      expect(stored()).not.toContain("mine.example");
    });
    expect(second(world).version).toBe(2);
  });

  it("is kept from overwriting what somebody else saved, until one has seen it and says so", async () => {
    const { user, world } = open("/postbacks/P2");
    await url();
    await writeUrl(mine);
    overtake(world);
    await user.click(screen.getByRole("button", { name: "Save" }));
    const conflict = await screen.findByRole("dialog", { name: "This postback was changed meanwhile" });
    expect(conflict).toHaveTextContent("version 3 was saved by boris@northstar.example");
    expect(second(world).urlTemplate).toBe(theirs);

    await user.click(within(conflict).getByRole("button", { name: "See theirs" }));
    const versions = await screen.findByRole("list", { name: "Versions" });
    expect(versions).toHaveTextContent("Version 3");
    expect(versions).toHaveTextContent("boris@northstar.example");
    await user.click(screen.getByRole("tab", { name: "Edit" }));
    expect(await url()).toHaveTextContent(mine);
    expect(screen.getByText(/Changed since you opened it: version 3/)).toBeInTheDocument();

    await user.click(screen.getByRole("button", { name: "Save" }));
    await user.click(await screen.findByRole("button", { name: "Overwrite" }));
    await screen.findByText(/Saved as version 4/);
    expect(second(world).urlTemplate).toBe(mine);
    expect(screen.queryByText(/Changed since you opened it/)).not.toBeInTheDocument();
    expect(stored()).not.toContain("mine.example");
  });

  it("and was kept before somebody else saved still asks after a reload", async () => {
    const { world } = open("/postbacks/P2");
    await url();
    await writeUrl(mine);
    await waitFor(() => {
      expect(stored()).toContain("mine.example");
    });
    overtake(world);
    const { user } = reload("/postbacks/P2", world);
    expect(await screen.findByText(/Changed since you opened it: version 3/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(
      await screen.findByRole("dialog", { name: "This postback was changed meanwhile" }),
    ).toBeInTheDocument();
    expect(second(world).urlTemplate).toBe(theirs);
  });
});
