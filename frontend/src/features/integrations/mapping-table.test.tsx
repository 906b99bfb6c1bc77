import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { expect, it } from "vitest";

import { MappingTable } from "./mapping-table";
import type { Word } from "./words";

function Form({ tell }: { tell: (rows: readonly Word[]) => void }): ReactElement {
  const [rows, setRows] = useState<readonly Word[]>([{ from: "OLD", to: "gone" }]);
  return (
    <MappingTable
      title="Goal mapping"
      rows={rows}
      onChange={(changed) => {
        setRows(changed);
        tell(changed);
      }}
      ours="to"
      choices={[{ id: "ftd", label: "FTD" }]}
      theirs="Operator's goal"
      placeholder="FIRST_DEPOSIT"
    />
  );
}

it("adds, picks and removes rows, and keeps what the list no longer has", async () => {
  const user = userEvent.setup();
  let last: readonly Word[] = [];
  render(
    <Form
      tell={(rows) => {
        last = rows;
      }}
    />,
  );
  expect(screen.getByRole("button", { name: /Ours, row 1/ })).toHaveTextContent("gone");
  await user.click(screen.getByRole("button", { name: "Add to goal mapping" }));
  await user.type(screen.getByRole("textbox", { name: "Operator's goal, row 2" }), "FIRST");
  await user.click(screen.getByRole("button", { name: /Ours, row 2/ }));
  await user.click(await screen.findByRole("option", { name: "FTD" }));
  expect(last).toEqual([
    { from: "OLD", to: "gone" },
    { from: "FIRST", to: "ftd" },
  ]);
  await user.click(screen.getByRole("button", { name: "Remove row 1 of goal mapping" }));
  expect(last).toEqual([{ from: "FIRST", to: "ftd" }]);
});
