import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { Spark } from "./spark";

const hours = (...counts: [delivered: number, failed: number][]) =>
  counts.map(([delivered, failed], i) => ({ at: `2026-11-21T${String(i)}:00:00Z`, delivered, failed }));

test("every hour with something in it is seen, however much another has", () => {
  render(<Spark hours={hours([1000, 0], [1, 0], [0, 1], [0, 0])} />);
  const image = screen.getByRole("img", {
    name: "The last 4 hours, 1 with failures, peak 1,000 an hour",
  });
  const heights = [...image.querySelectorAll("g")].map((hour) =>
    [...hour.querySelectorAll("rect")].map((rect) => rect.getAttribute("height")),
  );
  expect(heights).toEqual([
    ["20", "0"],
    ["2", "0"],
    ["0", "2"],
    ["1", "0", "0"],
  ]);
});

test("a failure is not hidden by what was delivered", () => {
  render(<Spark hours={hours([1_000_000, 1])} />);
  const [delivered, failed] = [...screen.getByRole("img").querySelectorAll("rect")];
  expect([delivered?.getAttribute("height"), failed?.getAttribute("height")]).toEqual(["18", "2"]);
});

test("a day without anything shows nothing", () => {
  const { container } = render(<Spark hours={hours([0, 0], [0, 0])} />);
  expect(container).toBeEmptyDOMElement();
});
