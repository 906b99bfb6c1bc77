import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { expect, it } from "vitest";

import { DateRange } from "./date-range";
import type { Period } from "./period";
import { ZoneContext } from "./time";

function Dates({ first }: { first: Period }): ReactElement {
  const [period, setPeriod] = useState(first);
  return (
    <ZoneContext value="Europe/Berlin">
      <DateRange value={period} onChange={setPeriod} />
      <output>{JSON.stringify(period)}</output>
    </ZoneContext>
  );
}

const said = () => JSON.parse(screen.getByRole("status", { hidden: true }).textContent) as unknown;

it("a span is chosen with the keyboard, closes the panel and is named on the button", async () => {
  const user = userEvent.setup();
  render(<Dates first={{}} />);
  await user.tab();
  await user.keyboard("{Enter}");
  const list = await screen.findByRole("listbox", { name: "Time spans" });
  expect(within(list).getAllByRole("option")).toHaveLength(9);
  expect(screen.getByText("in Europe/Berlin")).toBeInTheDocument();
  await waitFor(() => {
    expect(within(list).getByRole("option", { name: "Last 15 minutes" })).toHaveFocus();
  });
  await user.keyboard("{ArrowDown}{Enter}");
  expect(said()).toEqual({ range: "1h" });
  expect(await screen.findByRole("button", { name: /^Dates\s*Last hour$/ })).toBeInTheDocument();
  expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear dates" }));
  expect(said()).toEqual({});
  expect(screen.getByRole("button", { name: "Filter by dates" })).toBeInTheDocument();
});

it("days are typed; backwards they cannot be applied", async () => {
  const user = userEvent.setup();
  render(<Dates first={{ from: "2026-03-02", to: "2026-03-09" }} />);
  await user.click(await screen.findByRole("button", { name: /^Dates\s*2.*9 Mar 2026$/ }));
  const to = await screen.findByRole("group", { name: "To" });
  const apply = screen.getByRole("button", { name: "Apply" });
  expect(apply).toBeEnabled();
  const segment = (name: RegExp) => within(to).getByRole("spinbutton", { name });
  await user.click(segment(/^day/));
  await user.keyboard("01");
  expect(apply).toBeDisabled();
  await user.click(segment(/^day/));
  await user.keyboard("28");
  await user.click(apply);
  expect(said()).toEqual({ from: "2026-03-02", to: "2026-03-28" });
});
