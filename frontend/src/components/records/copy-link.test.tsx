import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { ToastRegion } from "@/components/ui/toast";

import { CopyLink } from "./copy-link";
import { Exchange, TimingBar } from "./exchange";
import { Param, ParamEnd } from "./param";

const url = "https://go.example/c/abc";

it("a link is copied with the tracker's token; bare only behind a menu that says what each copies", async () => {
  const user = userEvent.setup();
  render(
    <>
      <CopyLink link={{ url, urlWithToken: `${url}?param_1={clickid}` }} what="the link" words />
      <ToastRegion />
    </>,
  );
  await user.click(screen.getByRole("button", { name: "Copy the link" }));
  expect(await navigator.clipboard.readText()).toBe(`${url}?param_1={clickid}`);
  const more = screen.getByRole("button", { name: "Other ways to copy the link" });
  await user.click(more);
  await user.click(await screen.findByRole("menuitem", { name: "Copy without params" }));
  expect(await screen.findByText("Copied the link, without params")).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe(url);
  await user.click(more);
  await user.click(await screen.findByRole("menuitem", { name: "Copy with {clickid} in param_1" }));
  expect(await navigator.clipboard.readText()).toBe(`${url}?param_1={clickid}`);
});

it("a link without a token has nothing to choose between", () => {
  render(<CopyLink link={{ url, urlWithToken: url }} what="the link" />);
  expect(screen.getAllByRole("button")).toHaveLength(1);
});

it("a param is whole on hover; what was not passed is said in a detail and a dash in a list", () => {
  const long = "kt-0123456789-abcdef";
  const { container, rerender } = render(<ParamEnd value={long} />);
  expect(screen.getByTitle(long)).toHaveTextContent("…56789-abcdef");
  rerender(<ParamEnd value={undefined} />);
  expect(container).toHaveTextContent("–");
  rerender(<Param value={null} what="param_1" />);
  expect(container).toHaveTextContent("Not passed");
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});

const exchange = {
  method: "POST" as const,
  url: "https://t.example/pb",
  statusCode: 200,
  requestHeaders: [{ name: "Content-Type", value: "application/json" }],
  requestBody: '{"a":1}',
  responseHeaders: [],
  responseBody: "<b>ok</b>",
  responseTruncated: true,
};

it("both sides of an exchange are shown to the byte, JSON with its lines", () => {
  const { rerender } = render(<Exchange exchange={exchange} />);
  expect(screen.getByRole("region", { name: "request body" }).textContent).toBe('{\n  "a": 1\n}');
  expect(screen.getByRole("region", { name: "response body" }).textContent).toBe("<b>ok</b>");
  expect(screen.getByText("Only the first 64 KiB are kept.")).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "response headers" })).not.toBeInTheDocument();
  rerender(<Exchange exchange={{ ...exchange, responseBody: "", responseTruncated: false }} />);
  expect(screen.getByText("The body is empty.")).toBeInTheDocument();
  rerender(<Exchange exchange={{ ...exchange, statusCode: null, responseBody: null }} />);
  expect(screen.getByText("No response")).toBeInTheDocument();
  expect(screen.queryByText("The body is empty.")).not.toBeInTheDocument();
});

it("where the time went leaves out what there was none of", () => {
  const none = { dnsMs: null, connectMs: null, tlsMs: null, waitMs: null, readMs: null };
  const { container, rerender } = render(<TimingBar timings={{ ...none, waitMs: 30, readMs: 0.4 }} />);
  expect(screen.getAllByRole("term").map((term) => term.textContent)).toEqual(["Wait", "Read"]);
  expect(container).toHaveTextContent("Wait30 msRead<1 ms");
  rerender(<TimingBar timings={none} />);
  expect(container).toBeEmptyDOMElement();
});
