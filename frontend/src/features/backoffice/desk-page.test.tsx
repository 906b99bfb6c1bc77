import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { loseNetwork, unreachable } from "@/test/staff";
import { World } from "@/test/world";

function deskWorld() {
  const world = new World(2);
  world.role = "MANAGER";
  const [conversion] = world.conversions;
  const imports: boolean[] = [];
  world.also = {
    fireManualConversion: ({ input }: { input: { click: string; goal: string } }) =>
      input.click === "MYTEST123"
        ? { result: "RECORDED", conversion, userErrors: [] }
        : {
            result: null,
            conversion: null,
            userErrors: [{ field: ["click"], message: "no click has it", code: "INVALID" }],
          },
    importStatusChanges: ({ input }: { input: { csv: string; dryRun?: boolean } }) => {
      if (!input.csv.startsWith("transaction_id,status")) {
        return {
          lines: [],
          changed: 0,
          userErrors: [{ field: ["csv"], message: "the first line names no status", code: "INVALID" }],
        };
      }
      imports.push(input.dryRun === true);
      const line = (n: number, key: string, outcome: string, message: string) => ({
        __typename: "StatusChangeLine",
        line: n,
        key,
        conversion: null,
        from: outcome === "CHANGE" ? "APPROVED" : null,
        to: "REJECTED",
        outcome,
        message,
      });
      return {
        changed: 1,
        lines: [
          line(2, "T1", "CHANGE", "from approved to rejected"),
          line(3, "T9", "NOT_FOUND", "no conversion has it"),
        ],
        userErrors: [],
      };
    },
  };
  return { world, imports };
}

it("a conversion is fired for a click, and a click that there is not is said at its field", async () => {
  const { world } = deskWorld();
  const { user } = open("/staff/conversions", world);
  const click = await screen.findByLabelText("Click id or param value");
  expect(screen.getByRole("button", { name: "Fire" })).toBeDisabled();
  await user.type(click, "nobody");
  await user.click(await screen.findByRole("button", { name: /Goal/ }));
  await user.click(await screen.findByRole("option", { name: "FTD" }));
  await user.click(screen.getByRole("button", { name: "Fire" }));
  await waitFor(() => {
    expect(click).toHaveAccessibleDescription(/No click has it\./);
  });
  await user.clear(click);
  await user.type(click, "MYTEST123");
  await user.click(screen.getByRole("button", { name: "Fire" }));
  const said = await screen.findByText(/Recorded for North Star Media; 1 postback fires\./);
  expect(within(said).getByRole("link", { name: "Open conversion" })).toHaveAttribute(
    "href",
    `/conversions/${world.conversions[0]?.id ?? ""}`,
  );
});

it("statuses are imported only as they were previewed", async () => {
  const { world, imports } = deskWorld();
  const { user } = open("/staff/conversions", world);
  const csv = await screen.findByLabelText("Or paste CSV");
  await user.click(csv);
  await user.paste("T1,rejected");
  await user.click(screen.getByRole("button", { name: "Preview" }));
  expect(await screen.findByText("The first line names no status.")).toBeInTheDocument();
  await user.clear(csv);
  await user.click(csv);
  await user.paste("transaction_id,status\nT1,rejected\nT9,rejected");
  expect(screen.getByRole("button", { name: "Change" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Preview" }));
  const table = await screen.findByRole("table", { name: "Preview of the import" });
  expect(within(table).getByText("Not found")).toBeInTheDocument();
  expect(screen.queryByText("The first line names no status.")).not.toBeInTheDocument();
  // What is typed after the preview was not previewed.
  await user.type(csv, " ");
  expect(screen.getByRole("button", { name: "Change" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Preview" }));
  await user.click(await screen.findByRole("button", { name: "Change 1 conversion" }));
  expect(await screen.findByText("Changed 1 conversion")).toBeInTheDocument();
  expect(imports).toEqual([true, true, false]);
  expect(screen.getByRole("button", { name: "Change" })).toBeDisabled();
});

it("a conversion is fired as it was typed; one that is there already says that nothing fires", async () => {
  const { world } = deskWorld();
  const sent: unknown[] = [];
  world.also["fireManualConversion"] = ({ input }: { input: unknown }) => {
    sent.push(input);
    return { result: "DUPLICATE", conversion: world.conversions[0], userErrors: [] };
  };
  const { user } = open("/staff/conversions", world);
  await user.type(await screen.findByLabelText("Click id or param value"), "MYTEST123");
  await user.click(screen.getByRole("button", { name: /Goal/ }));
  await user.click(await screen.findByRole("option", { name: "Deposit" }));
  await user.type(screen.getByLabelText("Amount"), "25.50");
  await user.type(screen.getByLabelText("Transaction id"), "T-7");
  await user.click(screen.getByRole("button", { name: /Status/ }));
  await user.click(await screen.findByRole("option", { name: "Pending" }));
  world.failures.set("StaffFire", { message: "The database is away." });
  await user.click(screen.getByRole("button", { name: "Fire" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The database is away.");
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Fire" }));
  expect(await screen.findByText(/has this conversion already; no postback was fired\./)).toBeInTheDocument();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(sent).toEqual([
    { click: "MYTEST123", goal: "deposit", amount: "25.50", transactionId: "T-7", status: "PENDING" },
  ]);
});

it("a file fills the import; an import that failed changes nothing and can be tried again", async () => {
  const { world, imports } = deskWorld();
  const { user } = open("/staff/conversions", world);
  const file = new File(["transaction_id,status\nT1,rejected"], "statuses.csv", { type: "text/csv" });
  await user.upload(await screen.findByLabelText("CSV file"), file);
  await waitFor(() => {
    expect(screen.getByLabelText("Or paste CSV")).toHaveValue("transaction_id,status\nT1,rejected");
  });
  await user.click(screen.getByRole("button", { name: "Preview" }));
  const change = await screen.findByRole("button", { name: "Change 1 conversion" });
  const [, line] = within(screen.getByRole("table", { name: "Preview of the import" })).getAllByRole("row");
  expect(line).toHaveTextContent(/T1.*Changes.*Rejected.*from approved to rejected/);
  loseNetwork();
  await user.click(change);
  expect(await screen.findByText(unreachable)).toBeInTheDocument();
  expect(change).toBeEnabled();
  expect(imports).toEqual([true]);
});
