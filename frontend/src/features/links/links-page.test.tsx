import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";

it("the link is the server's, and follows what is typed", async () => {
  const { user } = open("/links?campaign=C1");
  const finished = await screen.findByRole("heading", { name: "The finished link" });
  const panel = finished.closest("section");
  await waitFor(() => {
    expect(panel).toHaveTextContent("https://go.postrider.example/c/Cmp0Qr7z?param_1={subid}");
  });
  await user.clear(screen.getByLabelText(/param_1/));
  expect(screen.getByText(/Without param_1 the postback cannot tell/)).toBeInTheDocument();
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
