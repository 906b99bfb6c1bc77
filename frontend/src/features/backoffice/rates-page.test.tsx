import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { loseNetwork, unreachable } from "@/test/staff";
import { World } from "@/test/world";

interface Wish {
  quote: string;
  rate: string;
  from?: string;
}

/** A network whose rates are set, and which takes no rate that is not above zero, nor one of the future. */
function ratesWorld() {
  const world = new World(1);
  world.role = "MANAGER";
  const rates: { id: string; from: string }[] = [];
  world.also = {
    exchangeRates: () => rates,
    deleteExchangeRate: ({ input }: { input: { id: string } }) => {
      rates.splice(
        rates.findIndex(({ id }) => id === input.id),
        1,
      );
      return { deletedId: input.id, userErrors: [] };
    },
    setExchangeRate: ({ input }: { input: Wish }) => {
      const refuse = (field: string, message: string) => ({
        rate: null,
        userErrors: [{ field: [field], message, code: "INVALID" }],
      });
      if (!(Number(input.rate) > 0)) return refuse("rate", "is not above zero");
      if ((input.from ?? "") > "2100") return refuse("from", "is in the future");
      const rate = { __typename: "ExchangeRate", id: `X${String(rates.length)}`, base: "EUR", ...input };
      rates.push({ ...rate, from: input.from ?? "2026-11-30T08:00:00Z" });
      return { rate, userErrors: [] };
    },
  };
  return { world, rates };
}

it("a rate is set, and stands in the list; what is wrong with it stands at its field", async () => {
  const { world, rates } = ratesWorld();
  const { user } = open("/staff/rates", world);
  expect(await screen.findByText("No rate yet")).toBeInTheDocument();
  await user.type(screen.getByLabelText("Currency"), "USD");
  await user.type(screen.getByLabelText("Per 1 EUR"), "0");
  await user.click(screen.getByRole("button", { name: "Set" }));
  await waitFor(() => {
    expect(screen.getByLabelText("Per 1 EUR")).toHaveAccessibleDescription(/Is not above zero\./);
  });
  expect(rates).toEqual([]);
  await user.clear(screen.getByLabelText("Per 1 EUR"));
  await user.type(screen.getByLabelText("Per 1 EUR"), "1.08");
  await user.type(screen.getByLabelText("From"), "2101-01-01");
  await user.click(screen.getByRole("button", { name: "Set" }));
  await waitFor(() => {
    expect(screen.getByLabelText("From")).toHaveAccessibleDescription(/Is in the future\./);
  });
  await user.clear(screen.getByLabelText("From"));
  await user.click(screen.getByRole("button", { name: "Set" }));
  const table = await screen.findByRole("table", { name: "Exchange rates" });
  expect(await within(table).findByText("1.08")).toBeInTheDocument();
  expect(screen.getByLabelText("Currency")).toHaveValue("");
});

it("a rate of a day begins at its midnight in UTC, and is said", async () => {
  const { world, rates } = ratesWorld();
  const { user } = open("/staff/rates", world);
  await user.type(await screen.findByLabelText("Currency"), "usd");
  await user.type(screen.getByLabelText("Per 1 EUR"), "1.1");
  await user.type(screen.getByLabelText("From"), "2026-05-01");
  await user.click(screen.getByRole("button", { name: "Set" }));
  expect(await screen.findByText("1 EUR is 1.1 USD")).toBeInTheDocument();
  expect(rates).toMatchObject([{ quote: "usd", rate: "1.1", from: "2026-05-01T00:00:00Z" }]);
  // The next one is not backdated because this one was.
  expect(screen.getByLabelText("From")).toHaveValue("");
});

it("what did not arrive is kept in the form; rates that could not be fetched are asked for again", async () => {
  const { world, rates } = ratesWorld();
  world.failures.set("StaffRates", { message: "The database is away." });
  const { user } = open("/staff/rates", world);
  expect(await screen.findByText("The exchange rates could not be fetched")).toBeInTheDocument();
  expect(screen.queryByText("No rate yet")).not.toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No rate yet")).toBeInTheDocument();
  await user.type(screen.getByLabelText("Currency"), "USD");
  await user.type(screen.getByLabelText("Per 1 EUR"), "1.1");
  loseNetwork();
  await user.click(screen.getByRole("button", { name: "Set" }));
  expect(await screen.findByText(unreachable)).toBeInTheDocument();
  expect(screen.getByLabelText("Per 1 EUR")).toHaveValue("1.1");
  expect(rates).toEqual([]);
});

it("a rate is deleted after a question", async () => {
  const { world } = ratesWorld();
  const { user } = open("/staff/rates", world);
  await user.type(await screen.findByLabelText("Currency"), "USD");
  await user.type(screen.getByLabelText("Per 1 EUR"), "1.08");
  await user.click(screen.getByRole("button", { name: "Set" }));
  await user.click(await screen.findByRole("button", { name: "Delete the rate of USD" }));
  const asked = within(await screen.findByRole("dialog", { name: "Delete exchange rate" }));
  expect(asked.getByText(/Conversions keep the rate/)).toBeInTheDocument();
  await user.click(asked.getByRole("button", { name: "Delete exchange rate" }));
  expect(await screen.findByText("No rate yet")).toBeInTheDocument();
});
