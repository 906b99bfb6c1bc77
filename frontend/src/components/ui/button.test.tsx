import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { describe, expect, it, vi } from "vitest";

import { Button } from "./button";
import { Form } from "./form";

describe("a button whose work is under way", () => {
  it("cannot be pressed again, and keeps the keyboard", async () => {
    const user = userEvent.setup();
    const onPress = vi.fn<() => void>();
    const button = (isPending: boolean) => (
      <Button onPress={onPress} isPending={isPending}>
        Delete
      </Button>
    );
    const { rerender } = render(button(false));
    await user.click(screen.getByRole("button"));
    rerender(button(true));
    expect(screen.getByRole("button")).toHaveAttribute("aria-disabled", "true");
    expect(screen.getByRole("button")).toHaveFocus();
    await user.click(screen.getByRole("button"));
    await user.keyboard("{Enter}");
    expect(onPress).toHaveBeenCalledOnce();
    rerender(button(false));
    await user.click(screen.getByRole("button"));
    expect(onPress).toHaveBeenCalledTimes(2);
  });

  it("does not send its form again, by a press or Enter in a field", async () => {
    const user = userEvent.setup();
    const onSubmit = vi.fn<() => void>();
    const form = (isPending: boolean): ReactElement => (
      <Form onSubmit={onSubmit}>
        <input aria-label="Name" />
        <input aria-label="Note" />
        <Button type="submit" isPending={isPending}>
          Save
        </Button>
      </Form>
    );
    const { rerender } = render(form(false));
    await user.type(screen.getByLabelText("Name"), "{Enter}");
    expect(onSubmit).toHaveBeenCalledOnce();
    rerender(form(true));
    await user.click(screen.getByRole("button"));
    await user.type(screen.getByLabelText("Name"), "{Enter}");
    expect(onSubmit).toHaveBeenCalledOnce();
  });

  it("leaves nothing behind that has its name once it is gone", async () => {
    const user = userEvent.setup();
    const button = (isPending: boolean) => <Button isPending={isPending}>Create</Button>;
    const { rerender } = render(button(false));
    await user.click(screen.getByRole("button"));
    rerender(button(true));
    rerender(button(false));
    rerender(<p>Created</p>);
    expect(document.querySelector("[aria-labelledby]")).toBeNull();
  });
});
