import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { Button } from "./button";
import { ComboBox } from "./combo-box";
import { FilterMenu } from "./filter-menu";
import { Menu } from "./menu";
import { Select } from "./select";
import { Tabs } from "./tabs";

const cities = [
  { id: "b", label: "Berlin", hint: "Germany" },
  { id: "p", label: "Paris" },
  { id: "pr", label: "Prague" },
];

function City({ error, ...more }: { error?: string; isLoading?: boolean; isSearching?: boolean }) {
  const [city, setCity] = useState<string | null>(null);
  return (
    <>
      <ComboBox label="City" choices={cities} value={city} onChange={setCity} error={error} {...more} />
      <output>{city ?? "none"}</output>
    </>
  );
}

describe("a combo box", () => {
  it("is narrowed by typing, and chosen from with the keyboard alone", async () => {
    const user = userEvent.setup();
    render(<City />);
    await user.tab();
    expect(screen.getByRole("combobox", { name: "City" })).toHaveFocus();
    expect(await screen.findAllByRole("option")).toHaveLength(3);
    await user.keyboard("pr");
    expect(screen.getByRole("option", { name: "Prague" })).toBeInTheDocument();
    expect(screen.queryByRole("option", { name: "Berlin" })).not.toBeInTheDocument();
    await user.keyboard("{ArrowDown}{Enter}");
    expect(screen.getByRole("status")).toHaveTextContent("pr");
    expect(screen.getByRole("combobox")).toHaveValue("Prague");
  });

  it("says that nothing matches, by what was typed", async () => {
    const user = userEvent.setup();
    const { rerender } = render(<City />);
    await user.type(screen.getByRole("combobox"), "Rome");
    expect(await screen.findByText("No city matches “Rome”")).toBeInTheDocument();
    rerender(<City isSearching />);
    expect(screen.getByText("Searching…")).toBeInTheDocument();
    rerender(<City isLoading />);
    expect(screen.getByText("Loading…")).toBeInTheDocument();
  });

  it("has its error read with it", () => {
    render(<City error="Choose a city." />);
    expect(screen.getByRole("combobox")).toHaveAccessibleDescription("Choose a city.");
    expect(screen.getByRole("combobox")).toBeInvalid();
  });
});

it("a select opens by its label's button, and says what is chosen", async () => {
  const user = userEvent.setup();
  const onChange = vi.fn<(id: string) => void>();
  const select = (value: string | null) => (
    <Select label="City" choices={cities} value={value} onChange={onChange} error="Not this one." />
  );
  const { rerender } = render(select(null));
  const button = screen.getByRole("button", { name: /City/ });
  expect(button).toHaveTextContent("Choose…");
  button.focus();
  await user.keyboard("{Enter}");
  const berlin = await screen.findByRole("option", { name: "Berlin" });
  expect(berlin).toHaveAccessibleDescription("Germany");
  await user.keyboard("{ArrowDown}{Enter}");
  expect(onChange).toHaveBeenCalledExactlyOnceWith("p");
  rerender(select("p"));
  expect(button).toHaveTextContent("Paris");
  expect(screen.getByText("Not this one.")).toBeInTheDocument();
});

function Cities({ multiple = false }: { multiple?: boolean }): ReactElement {
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <FilterMenu
      name="City"
      choices={cities}
      selected={chosen}
      onChange={setChosen}
      multiple={multiple}
      empty="No city."
    />
  );
}

describe("a filter", () => {
  it("of several stays open while they are chosen, and counts them", async () => {
    const user = userEvent.setup();
    render(<Cities multiple />);
    await user.click(screen.getByRole("button", { name: "Filter by city" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Berlin" }));
    await user.click(screen.getByRole("menuitemcheckbox", { name: "Paris" }));
    const trigger = screen.getByRole("button", { name: /^City/, hidden: true });
    expect(trigger).toHaveTextContent("City Berlin, Paris");
    await user.click(screen.getByRole("menuitemcheckbox", { name: "Prague" }));
    expect(trigger).toHaveTextContent("City 3 selected");
    await user.click(screen.getByRole("menuitemcheckbox", { name: "Prague" }));
    await user.keyboard("{Escape}");
    await user.click(await screen.findByRole("button", { name: "Clear city" }));
    expect(screen.getByRole("button", { name: "Filter by city" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Clear city" })).not.toBeInTheDocument();
  });

  it("of one closes with the choice, and the same again takes it away", async () => {
    const user = userEvent.setup();
    render(<Cities />);
    await user.click(screen.getByRole("button", { name: "Filter by city" }));
    await user.click(await screen.findByRole("menuitemradio", { name: "Paris" }));
    await waitFor(() => {
      expect(screen.queryByRole("menu")).not.toBeInTheDocument();
    });
    await user.click(screen.getByRole("button", { name: /^City/ }));
    const chosen = await screen.findByRole("menuitemradio", { name: "Paris" });
    expect(chosen).toHaveAttribute("aria-checked", "true");
    await user.click(chosen);
    expect(await screen.findByRole("button", { name: "Filter by city" })).toBeInTheDocument();
  });

  it("names what it cannot name yet with dots, and says that there is nothing to choose", async () => {
    const user = userEvent.setup();
    render(
      <FilterMenu name="City" choices={[]} selected={["x"]} onChange={() => undefined} empty="No city." />,
    );
    await user.click(screen.getByRole("button", { name: /^City\s*…$/ }));
    expect(await screen.findByText("No city.")).toBeInTheDocument();
  });
});

it("a menu is run through with the keyboard, and does one thing once", async () => {
  const user = userEvent.setup();
  const copy = vi.fn<() => void>();
  const remove = vi.fn<() => void>();
  render(
    <Menu
      label="More"
      trigger={<Button>More</Button>}
      actions={[
        { id: "copy", label: "Copy", run: copy },
        { id: "remove", label: "Remove", danger: true, run: remove },
      ]}
    />,
  );
  await user.tab();
  await user.keyboard("{Enter}");
  const menu = await screen.findByRole("menu");
  expect(within(menu).getAllByRole("menuitem")).toHaveLength(2);
  await user.keyboard("{ArrowDown}{Enter}");
  expect(remove).toHaveBeenCalledOnce();
  expect(copy).not.toHaveBeenCalled();
  await waitFor(() => {
    expect(screen.getByRole("button", { name: "More" })).toHaveFocus();
  });
});

it("tabs are gone through with the arrows, and only the chosen one's content stands there", async () => {
  const user = userEvent.setup();
  function Parts(): ReactElement {
    const [part, setPart] = useState("a");
    return (
      <Tabs
        label="Parts"
        selected={part}
        onSelect={setPart}
        tabs={[
          { id: "a", label: "First", content: "one" },
          { id: "b", label: "Second", content: "two" },
        ]}
      />
    );
  }
  render(<Parts />);
  expect(screen.getByRole("tabpanel", { name: "First" })).toHaveTextContent("one");
  await user.tab();
  await user.keyboard("{ArrowRight}");
  expect(screen.getByRole("tab", { name: "Second" })).toHaveAttribute("aria-selected", "true");
  expect(screen.getByRole("tabpanel")).toHaveTextContent("two");
});
