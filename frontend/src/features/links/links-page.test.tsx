import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { open } from "@/test/render";

it("the link is the server's, and follows what is typed", async () => {
  const { user } = open("/links?campaign=C1");
  const finished = await screen.findByRole("heading", { name: "Your tracking link" });
  const panel = finished.closest("section");
  await waitFor(() => {
    expect(panel).toHaveTextContent("https://go.postrider.example/c/Cmp0Qr7z?param_1={subid}");
  });
  await user.clear(screen.getByLabelText(/param_1/));
  expect(screen.getByText(/Without param_1, your tracker cannot match/)).toBeInTheDocument();
  await user.click(screen.getByLabelText(/param_1/));
  await user.paste("{clickid}");
  await user.type(screen.getByLabelText("param_2"), "fb");
  await waitFor(() => {
    expect(panel).toHaveTextContent("?param_1={clickid}&param_2=fb");
  });
  expect(screen.getByRole("button", { name: "Copy the link" })).toBeInTheDocument();
});

it("a deep link to another host is refused on its field", async () => {
  const { user } = open("/links?campaign=C1");
  const deepLink = await screen.findByLabelText("Deep link");
  await user.type(deepLink, "https://elsewhere.example/");
  await waitFor(() => {
    expect(deepLink).toHaveAccessibleDescription(/not one of the offer's hosts/);
  });
});

it("a tracker's token fills param_1, and the link is shown as a QR code", async () => {
  const { user } = open("/links?campaign=C1");
  await user.clear(await screen.findByLabelText(/param_1/));
  await user.click(screen.getByRole("button", { name: /Your tracker/ }));
  await user.click(await screen.findByRole("option", { name: /Keitaro/ }));
  expect(screen.getByLabelText(/param_1/)).toHaveValue("{subid}");
  await user.click(await screen.findByRole("button", { name: "QR code" }));
  expect(screen.getByRole("img", { name: "The link as a QR code" })).toBeInTheDocument();
});

it("a test click is opened with a value of its own, and shown when it has come", async () => {
  const { user, world } = open("/links?campaign=C1");
  let opened = "";
  vi.spyOn(window, "open").mockImplementation((url) => {
    opened = String(url);
    return null;
  });
  await user.click(await screen.findByRole("button", { name: "Send test click" }));
  expect(await screen.findByText(/Waiting for the click/)).toBeInTheDocument();
  const [click] = world.clicks;
  if (!click) throw new Error("the world has no click");
  click.param1 = new URL(opened).searchParams.get("param_1") ?? "";
  world.happen("clickRecorded", click);
  expect(await screen.findByText(/The click arrived at/)).toHaveTextContent(click.param1);
});

it("a link that is in use already is taken apart; another's is refused with the reason", async () => {
  const { user } = open("/links");
  const field = await screen.findByLabelText("Paste an existing link");
  await user.click(field);
  await user.paste("https://go.postrider.example/c/Cmp1Qr7z?param_1={clickid}&param_2=ad");
  expect(await screen.findByText("The link of the campaign TikTok LatAm.")).toBeInTheDocument();
  expect(screen.getByLabelText(/param_1/)).toHaveValue("{clickid}");
  expect(screen.getByLabelText("param_2")).toHaveValue("ad");
  expect(screen.getByRole("combobox", { name: /Campaign or offer/ })).toHaveValue("TikTok LatAm");
  await user.clear(field);
  await user.paste("https://elsewhere.example/c/abc");
  await waitFor(() => {
    expect(field).toHaveAccessibleDescription(/not a tracking link of yours/);
  });
});
