import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { writeUrl } from "@/test/url-editor";
import { World } from "@/test/world";

const url = "https://t.example/pb?cid={param_1}&x={nope}";

function finding(severity: string, message: string, more: object = {}) {
  return { code: "NO_GOAL", severity, message, start: null, end: null, fix: null, ...more };
}

async function examined(findings: unknown[]) {
  const world = new World(0);
  world.also = { lintPostback: findings };
  const { user } = open("/postbacks/new?goal=ftd", world);
  await user.click(await screen.findByRole("button", { name: "Enter manually" }));
  await writeUrl(url);
  return { world, user, doctor: await screen.findByRole("region", { name: "Doctor" }) };
}

it("the doctor looks the server up once its name is typed out, and says that it did", async () => {
  const { world, doctor } = await examined([]);
  expect(await within(doctor).findByText("No problems found.")).toBeInTheDocument();
  expect(await within(doctor).findByText("Server checked")).toBeInTheDocument();
  const asked = world.sent.get("LintPostback") ?? [];
  expect(asked.at(0)).toMatchObject({ network: false });
  expect(asked.at(-1)).toMatchObject({ network: true, postback: { goals: ["ftd"] } });
});

it("the doctor's findings have their weight and their place; errors keep it from being saved", async () => {
  const at = url.indexOf("{nope}");
  const { user, doctor, world } = await examined([
    finding("ERROR", "There is no macro {nope}.", { start: at, end: at + 6 }),
    finding("ERROR", "Two goals are too many."),
    finding("WARNING", "The tracker reads no payout."),
    finding("HINT", "It may be shorter."),
  ]);
  const [first, second, third, last] = await within(doctor).findAllByRole("listitem");
  expect(first).toHaveTextContent("There is no macro {nope}.{nope}");
  expect(within(first ?? doctor).getByRole("img", { name: "Error" })).toBeInTheDocument();
  expect(second).toHaveTextContent(/^Two goals are too many\.$/);
  expect(within(third ?? doctor).getByRole("img", { name: "Warning" })).toBeInTheDocument();
  expect(within(last ?? doctor).getByRole("img", { name: "Hint" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Create tracker" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "It cannot be saved like this: There is no macro {nope}. And 1 more.",
  );
  expect(world.sent.has("CreateTracker")).toBe(false);
});

it("a fix can change the goals too", async () => {
  const { user, doctor } = await examined([
    finding("WARNING", "FTD pays nothing.", {
      fix: { label: "Add CPA", urlTemplate: url, goals: ["ftd", "cpa"] },
    }),
  ]);
  await user.click(await within(doctor).findByRole("button", { name: "Add CPA" }));
  await waitFor(() => {
    expect(screen.getByRole("checkbox", { name: /^CPA/ })).toBeChecked();
  });
  expect(screen.getByRole("textbox", { name: "URL" })).toHaveTextContent(url);
});

it("a preview that cannot be made says why; values that are typed are sent with the question", async () => {
  const world = new World(0);
  world.failures.set("PreviewPostback", { message: "too slow" });
  const { user } = open("/postbacks/new?goal=ftd", world);
  await user.click(await screen.findByRole("button", { name: "Enter manually" }));
  await writeUrl("https://t.example/pb?cid={param_1}");
  expect(await screen.findByText("too slow")).toBeInTheDocument();
  world.failures.clear();
  await writeUrl("https://t.example/pb?cid={param_1}&p={payout}");
  await user.click(await screen.findByText("Change sample values"));
  const field = screen.getByLabelText("{param_1}");
  await user.clear(field);
  await user.type(field, "mine");
  await waitFor(() => {
    expect(world.lastSent("PreviewPostback")).toMatchObject({
      goal: "ftd",
      values: [{ macro: "param_1", value: "mine" }],
    });
  });
});
