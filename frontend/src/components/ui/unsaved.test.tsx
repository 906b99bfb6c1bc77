import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { Dialog } from "./dialog";
import { discardUnsaved, hasUnsaved, useHasForms, useUnsaved, useUnsavedValues } from "./unsaved";

function Watch(): ReactElement {
  return <p>{useHasForms() ? "has forms" : "has none"}</p>;
}

function Plain({ isDirty, onDiscard }: { isDirty: boolean; onDiscard?: () => void }): ReactElement {
  const release = useUnsaved(isDirty, onDiscard);
  return <button onClick={release}>Saved</button>;
}

function Named(): ReactElement {
  const [name, setName] = useState("first");
  const saved = useUnsavedValues({ name });
  return (
    <>
      <input
        aria-label="Name"
        value={name}
        onChange={(e) => {
          setName(e.target.value);
        }}
      />
      <button onClick={saved}>Save</button>
    </>
  );
}

describe("forms with unsaved content", () => {
  it("are known while they are on the page", () => {
    const form = (isDirty: boolean) => (
      <>
        <Watch />
        <Plain isDirty={isDirty} />
      </>
    );
    const { rerender } = render(<Watch />);
    expect(screen.getByText("has none")).toBeInTheDocument();
    rerender(form(false));
    expect(screen.getByText("has forms")).toBeInTheDocument();
    expect(hasUnsaved()).toBe(false);
    rerender(form(true));
    expect(hasUnsaved()).toBe(true);
    rerender(form(false));
    expect(hasUnsaved()).toBe(false);
    rerender(form(true));
    rerender(<Watch />);
    expect(hasUnsaved()).toBe(false);
    expect(screen.getByText("has none")).toBeInTheDocument();
  });

  it("let the page go once they are saved, before they are drawn anew", () => {
    render(<Plain isDirty />);
    expect(hasUnsaved()).toBe(true);
    act(() => {
      screen.getByRole("button", { name: "Saved" }).click();
    });
    expect(hasUnsaved()).toBe(false);
  });

  it("forget what was kept of them, those alone that had something", () => {
    const [dirty, clean] = [vi.fn<() => void>(), vi.fn<() => void>()];
    render(
      <>
        <Plain isDirty onDiscard={dirty} />
        <Plain isDirty={false} onDiscard={clean} />
      </>,
    );
    discardUnsaved();
    expect(dirty).toHaveBeenCalledOnce();
    expect(clean).not.toHaveBeenCalled();
    expect(hasUnsaved()).toBe(false);
  });

  it("are those whose values differ from what they began with, or were saved with", async () => {
    const user = userEvent.setup();
    render(<Named />);
    const field = screen.getByLabelText("Name");
    await user.type(field, "x");
    expect(hasUnsaved()).toBe(true);
    await user.type(field, "{Backspace}");
    expect(hasUnsaved()).toBe(false);
    await user.type(field, "y");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(hasUnsaved()).toBe(false);
    await user.type(field, "{Backspace}");
    expect(hasUnsaved()).toBe(true);
  });

  it("are asked for by the dialog that they are in, not by another", async () => {
    const user = userEvent.setup();
    const onClose = vi.fn<() => void>();
    render(
      <>
        <Plain isDirty />
        <Dialog title="Edit" isOpen onClose={onClose}>
          <Named />
        </Dialog>
      </>,
    );
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
    await user.type(screen.getByLabelText("Name"), "x");
    await user.keyboard("{Escape}");
    expect(onClose).toHaveBeenCalledOnce();
    await user.click(await screen.findByRole("button", { name: "Discard" }));
    expect(onClose).toHaveBeenCalledTimes(2);
  });
});
