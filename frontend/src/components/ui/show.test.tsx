import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Inbox } from "lucide-react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { StateBadge, StatusCode } from "./badge";
import { CopyButton } from "./copy-button";
import { LoadMore } from "./load-more";
import { Money, Sums } from "./money";
import { SearchBox } from "./search-box";
import { Sheet } from "./sheet";
import { ShortId } from "./short-id";
import { Split } from "./split";
import { EmptyState, ErrorState } from "./states";
import { StickyBar } from "./sticky-bar";
import { type Column, Table } from "./table";
import { RelativeTime, Time, ZoneContext } from "./time";
import { toast, ToastRegion } from "./toast";
import { TemplateText, UrlText } from "./url-text";

afterEach(() => {
  vi.useRealTimers();
});

const at = "2026-06-12T21:30:05Z";

describe("a moment", () => {
  it("is shown in the user's zone, with UTC beside it on hover", () => {
    render(
      <ZoneContext value="Asia/Tokyo">
        <Time at={at} />
      </ZoneContext>,
    );
    const time = screen.getByText("13 Jun, 06:30:05");
    expect(time).toHaveAttribute("title", expect.stringContaining("2026-06-12 21:30:05 UTC"));
    expect(time).toHaveAttribute("datetime", at);
  });

  it("of another day says its day, where only the time was asked for", () => {
    vi.useFakeTimers({ now: new Date("2026-06-12T22:00:00Z"), toFake: ["Date"] });
    const moment = (zone: string) => (
      <ZoneContext value={zone}>
        <Time at={at} form="time" />
      </ZoneContext>
    );
    const { rerender } = render(moment("UTC"));
    expect(screen.getByText("21:30:05")).toBeInTheDocument();
    // In Berlin it is the next day by now.
    rerender(moment("Europe/Berlin"));
    expect(screen.getByText("12 Jun, 23:30:05")).toBeInTheDocument();
  });

  it("counts on by itself", () => {
    vi.useFakeTimers({ now: new Date("2026-06-12T21:30:00Z") });
    render(<RelativeTime at={at} />);
    expect(screen.getByText("in 5 s")).toBeInTheDocument();
    act(() => {
      vi.advanceTimersByTime(12_000);
    });
    expect(screen.getByText("7 s ago")).toBeInTheDocument();
  });
});

it("sums of several currencies are never added up, and none is a dash", () => {
  const { container, rerender } = render(<Money value={{ amount: "12.5", currency: "EUR" }} />);
  expect(screen.getByText("€12.50")).toHaveAttribute("title", "12.5 EUR");
  rerender(<Money value={null} />);
  expect(container).toHaveTextContent("–");
  rerender(
    <Sums
      of={[
        { amount: "1", currency: "USD" },
        { amount: "2", currency: "EUR" },
      ]}
    />,
  );
  expect(container).toHaveTextContent("$1.00 + €2.00");
  rerender(<Sums of={[]} />);
  expect(container).toHaveTextContent("–");
});

it("an id is cut in front, whole on hover, and copied whole", async () => {
  const user = userEvent.setup();
  const id = "0197f3a2c4d87b1e9f0a2b3c4d5e6f70";
  render(
    <>
      <ShortId id={id} what="click id" />
      <ToastRegion />
    </>,
  );
  expect(screen.getByTitle(id)).toHaveTextContent("…4d5e6f70");
  await user.click(screen.getByRole("button", { name: "Copy click id" }));
  expect(await navigator.clipboard.readText()).toBe(id);
  expect(await screen.findByText("Copied click id")).toBeInTheDocument();
});

it("what the browser does not let one copy is said, as a failure that stays", async () => {
  const user = userEvent.setup();
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("denied"));
  document.execCommand = () => false;
  render(
    <>
      <CopyButton text="x" what="the link" words />
      <ToastRegion />
    </>,
  );
  await user.click(screen.getByRole("button", { name: "Copy the link" }));
  expect(await screen.findByText(/did not allow copying the link; copy it manually/)).toBeInTheDocument();
});

describe("toasts", () => {
  it("go by themselves, failures later; the newest three are shown", () => {
    vi.useFakeTimers();
    render(<ToastRegion />);
    act(() => {
      toast("zero");
      toast("one");
      toast("two", "failed");
      toast("three");
    });
    const region = screen.getByRole("region", { name: "Notifications" });
    expect(within(region).queryByText("zero")).not.toBeInTheDocument();
    expect(within(region).getByText("one")).toBeInTheDocument();
    act(() => {
      vi.advanceTimersByTime(4_001);
    });
    expect(within(region).queryByText("three")).not.toBeInTheDocument();
    expect(within(region).getByText("two")).toBeInTheDocument();
    act(() => {
      vi.advanceTimersByTime(6_000);
    });
    expect(within(region).queryByText("two")).not.toBeInTheDocument();
  });

  it("carry a way back that is taken once", async () => {
    const user = userEvent.setup();
    const undo = vi.fn<() => void>();
    render(<ToastRegion />);
    act(() => {
      toast("Removed it", "done", { label: "Undo", onPress: undo });
    });
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(undo).toHaveBeenCalledOnce();
    expect(screen.queryByText("Removed it")).not.toBeInTheDocument();
  });
});

describe("a search box", () => {
  function Box({ asked }: { asked: (text: string) => void }) {
    const [text, setText] = useState("");
    return (
      <SearchBox
        label="Search"
        placeholder="Any id"
        value={text}
        onChange={(next) => {
          asked(next);
          setText(next);
        }}
      />
    );
  }

  it("is reached by /, asks once when typing rests, by Enter at once, and is cleared by Escape", async () => {
    const user = userEvent.setup();
    const asked = vi.fn<(text: string) => void>();
    render(<Box asked={asked} />);
    await user.keyboard("/");
    expect(screen.getByRole("searchbox")).toHaveFocus();
    await user.keyboard(" abc ");
    expect(asked).not.toHaveBeenCalled();
    await waitFor(() => {
      expect(asked).toHaveBeenCalledExactlyOnceWith("abc");
    });
    await user.keyboard("d{Enter}");
    expect(asked).toHaveBeenLastCalledWith("abcd");
    await user.keyboard("{Escape}");
    expect(asked).toHaveBeenLastCalledWith("");
    expect(screen.getByRole("searchbox")).toHaveValue("");
  });

  it("follows the address", () => {
    const box = (value: string) => (
      <SearchBox label="Search" placeholder="" value={value} onChange={() => undefined} />
    );
    const { rerender } = render(box("one"));
    expect(screen.getByRole("searchbox")).toHaveValue("one");
    rerender(box(""));
    expect(screen.getByRole("searchbox")).toHaveValue("");
  });
});

it("a state is a word, and says what a replay or a warning made of it", () => {
  const { container, rerender } = render(<StateBadge state="HELD" plain />);
  expect(container).toHaveTextContent("Waiting");
  rerender(<StateBadge state="FAILED" replay={{ state: "RETRYING" }} />);
  expect(container).toHaveTextContent("Failed, replayed: retrying");
  // Only what is over was replayed for good.
  rerender(<StateBadge state="DELIVERED" replay={{ state: "FAILED" }} />);
  expect(container).toHaveTextContent(/^Delivered$/);
  rerender(<StateBadge state="DELIVERED" warning="subid went out empty" plain />);
  expect(container).toHaveTextContent("No click id");
  rerender(<StateBadge state="FAILED" warning="subid went out empty" />);
  expect(container).toHaveTextContent(/^Failed$/);
  rerender(<StatusCode code={null} />);
  expect(container).toHaveTextContent("–");
});

interface Fruit {
  id: string;
  name: string;
}

describe("a table", () => {
  const columns: Column<Fruit>[] = [
    { id: "name", header: "Name", lead: true, cell: ({ name }) => name },
    { id: "id", header: "Number", align: "right", label: "Number", cell: ({ id }) => id },
  ];
  const table = (rows: readonly Fruit[], loading: boolean, selectedId?: string) => (
    <Table
      label="Fruit"
      columns={columns}
      rows={rows}
      rowId={(row) => row.id}
      loading={loading}
      selectedId={selectedId}
    />
  );

  it("has its shape while it loads, then its rows, the opened one marked", () => {
    const { rerender } = render(table([], true));
    const found = screen.getByRole("table", { name: "Fruit" });
    expect(found).toHaveAttribute("aria-busy", "true");
    expect(within(found).getAllByRole("row")).toHaveLength(9);
    const fruit = [
      { id: "1", name: "Apple" },
      { id: "2", name: "Pear" },
    ];
    rerender(table(fruit, false, "2"));
    expect(found).toHaveAttribute("aria-busy", "false");
    const [, apple, pear] = within(found).getAllByRole("row");
    expect(apple).toHaveTextContent("Apple1");
    expect(apple).not.toHaveAttribute("data-selected");
    expect(pear).toHaveAttribute("data-selected", "true");
    // On a phone no header stands above it.
    expect(within(found).getByRole("cell", { name: "2" })).toHaveAttribute("data-label", "Number");
  });

  it("of more than a hundred says how many there are; where nothing scrolls, all of them are drawn", async () => {
    const many = Array.from({ length: 130 }, (_, i) => ({ id: String(i), name: `Fruit ${String(i)}` }));
    render(table(many, false));
    const found = screen.getByRole("table", { name: "Fruit" });
    expect(found).toHaveAttribute("aria-rowcount", "131");
    await waitFor(() => {
      expect(within(found).getByText("Fruit 129")).toBeInTheDocument();
    });
  });
});

it("the next page is asked for by its button, and again where it failed", async () => {
  const user = userEvent.setup();
  const load = vi.fn<() => void>();
  const { rerender } = render(<LoadMore isLoading={false} onLoad={load} />);
  await user.click(screen.getByRole("button", { name: "Load more" }));
  rerender(<LoadMore isLoading onLoad={load} />);
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(load).toHaveBeenCalledOnce();
  rerender(<LoadMore isLoading={false} error="The database is away." onLoad={load} />);
  expect(screen.getByRole("alert")).toHaveTextContent("The database is away.");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(load).toHaveBeenCalledTimes(2);
});

it("a failure is read out with a way on, and an empty list says what to do next", async () => {
  const user = userEvent.setup();
  const retry = vi.fn<() => void>();
  const { rerender } = render(<ErrorState title="No list" message="It is away." onRetry={retry} />);
  expect(screen.getByRole("alert")).toHaveTextContent("No listIt is away.");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
  rerender(<ErrorState title="It has changed" message="" retry="Reload" onRetry={retry} />);
  expect(screen.getByRole("button", { name: "Reload" })).toBeInTheDocument();
  rerender(
    <EmptyState icon={Inbox} title="None yet" action={<a href="/new">Make one</a>}>
      Begin here.
    </EmptyState>,
  );
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Make one" })).toBeInTheDocument();
});

it("what is opened beside a list is closed by Escape, also while it loads", async () => {
  const user = userEvent.setup();
  const close = vi.fn<() => void>();
  const split = (detail: string | null) => (
    <Split label="Click" list="the list" detail={detail} onClose={close} />
  );
  const { rerender } = render(split(null));
  await user.keyboard("{Escape}");
  expect(close).not.toHaveBeenCalled();
  rerender(split("on its way"));
  expect(screen.getByRole("region", { name: "Click" })).toHaveTextContent("on its way");
  await user.keyboard("{Escape}");
  expect(close).toHaveBeenCalledOnce();
});

it("a sheet is closed by its cross and by Escape", async () => {
  const user = userEvent.setup();
  const close = vi.fn<() => void>();
  render(
    <Sheet title="More" isOpen onClose={close}>
      what is in it
    </Sheet>,
  );
  const sheet = screen.getByRole("dialog", { name: "More" });
  expect(sheet).toHaveTextContent("what is in it");
  await user.click(within(sheet).getByRole("button", { name: "Close" }));
  await user.keyboard("{Escape}");
  expect(close).toHaveBeenCalledTimes(2);
});

it("toasts stand above a sticky bar as long as it is there", () => {
  const height = () => document.documentElement.style.getPropertyValue("--sticky-bar");
  const { unmount } = render(<StickyBar>Save</StickyBar>);
  expect(height()).toBe("640px");
  unmount();
  expect(height()).toBe("");
});

it("a URL shows what a macro filled, and a template what it is made of", () => {
  const url = "https://t.example/pb?subid=abc&p=1";
  const { container, rerender } = render(
    <UrlText
      url={url}
      parts={[
        {
          start: url.indexOf("abc"),
          end: url.indexOf("abc") + 3,
          value: { name: "param_1", hint: "param_1: abc" },
        },
      ]}
    />,
  );
  expect(container).toHaveTextContent(url);
  expect(screen.getByTitle("param_1: abc")).toHaveTextContent("abc");
  rerender(<TemplateText template="https://t.example/{param_1|default:x}?p={payout}" />);
  expect(container).toHaveTextContent("https://t.example/{param_1|default:x}?p={payout}");
  expect(screen.getByTitle("{param_1|default:x}")).toBeInTheDocument();
  expect(screen.getByTitle("{payout}")).toBeInTheDocument();
});
