import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { type Tested, TestedBadge } from "./tested-badge";

const url = "https://t.example/?c=1";

const test = (change: Partial<Tested> = {}): Tested => ({
  id: "X",
  firedAt: "2026-06-12T19:41:00Z",
  method: "GET",
  url,
  state: "DELIVERED",
  statusCode: 200,
  scenario: null,
  ...change,
});

describe("the badge of a tested URL", () => {
  it("says what was answered to exactly this URL, by the latest test", () => {
    render(<TestedBadge url={url} method="GET" tests={[test({ statusCode: 204 }), test()]} />);
    expect(screen.getByText(/This exact URL was answered 204 at/)).toBeInTheDocument();
  });

  it("says that it was refused, or not answered", () => {
    const { rerender } = render(
      <TestedBadge url={url} method="GET" tests={[test({ state: "FAILED", statusCode: 404 }), test()]} />,
    );
    expect(screen.getByText(/This exact URL was refused with 404 at/)).toBeInTheDocument();
    rerender(<TestedBadge url={url} method="GET" tests={[test({ state: "FAILED", statusCode: null })]} />);
    expect(screen.getByText(/This exact URL got no answer at/)).toBeInTheDocument();
  });

  it("says nothing of another URL, another method, or a scenario", () => {
    const { container } = render(
      <TestedBadge
        url={url}
        method="GET"
        tests={[test({ url: `${url}2` }), test({ method: "POST" }), test({ scenario: "NORMAL" })]}
      />,
    );
    expect(container).toBeEmptyDOMElement();
  });
});
