import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { Chart } from "./chart";
import { ZoneContext } from "./time";

const days = ["2026-11-20", "2026-11-21", "2026-11-22"].map((day) => `${day}T00:00:00Z`);

beforeEach(() => {
  render(
    <ZoneContext value="UTC">
      <Chart
        label="Clicks and FTDs by day"
        at={days}
        form="date"
        panes={[
          { height: 80, series: [{ name: "Clicks", hue: "accent", values: [1200, 30, 4] }] },
          { height: 60, series: [{ name: "FTDs", hue: "delivered", values: [5, 0, 1] }] },
        ]}
      />
    </ZoneContext>,
  );
});

const caption = () => screen.getByRole("figure").querySelector("figcaption");

describe("a chart", () => {
  it("says the sums of all, and while it has the focus what a bar stands for", async () => {
    const user = userEvent.setup();
    expect(caption()).toHaveTextContent(/^In all\s*Clicks 1,234\s*FTDs 6$/);

    await user.tab();
    const slider = screen.getByRole("slider", { name: "Clicks and FTDs by day" });
    expect(slider).toHaveFocus();
    expect(slider).toHaveAttribute("aria-valuetext", "22 Nov: Clicks 4, FTDs 1");
    expect(caption()).toHaveTextContent(/^22 Nov\s*Clicks 4\s*FTDs 1$/);

    await user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(slider).toHaveAttribute("aria-valuenow", "1");
    expect(caption()).toHaveTextContent(/^20 Nov\s*Clicks 1,200\s*FTDs 5$/);
    await user.keyboard("{ArrowRight}");
    expect(caption()).toHaveTextContent(/^21 Nov\s*Clicks 30\s*FTDs 0$/);
    await user.keyboard("{End}{ArrowRight}");
    expect(slider).toHaveAttribute("aria-valuenow", "3");
    await user.keyboard("{Home}");
    expect(slider).toHaveAttribute("aria-valuenow", "1");

    await user.tab();
    expect(caption()).toHaveTextContent("In all");
  });

  it("is there as a table, the newest first", async () => {
    const user = userEvent.setup();
    expect(screen.getByText("22 Nov")).not.toBeVisible();
    await user.click(screen.getByText("As a table"));
    const rows = within(screen.getByRole("table", { name: "Clicks and FTDs by day" })).getAllByRole("row");
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ["Day", "Clicks", "FTDs"],
      ["22 Nov", "4", "1"],
      ["21 Nov", "30", "0"],
      ["20 Nov", "1,200", "5"],
    ]);
  });

  it("draws one plot for each pane", async () => {
    const figure = screen.getByRole("figure");
    await expect.poll(() => figure.querySelectorAll("canvas")).toHaveLength(2);
  });
});
