import { render, screen } from "@testing-library/react";
import { type ReactElement } from "react";
import { beforeAll, expect, it } from "vitest";

import { surviveTranslation } from "./translation";

/** What a translator does: every text stands in <font> elements, the original is taken out. */
function translate(root: Node): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    if (text.parentElement?.closest("font, [translate=no]")) continue;
    const font = document.createElement("font");
    font.append(`«${text.data}»`);
    text.replaceWith(font);
  }
}

function Page({ n, isOpen }: { n: number; isOpen: boolean }): ReactElement {
  return (
    <p>
      {isOpen ? "Open" : null}
      {n} new
      {isOpen && <b>of many</b>}
    </p>
  );
}

beforeAll(() => {
  surviveTranslation();
  document.documentElement.lang = "de";
});

it("React goes on under a translator: what it changes is seen, what it removes is gone", async () => {
  const { rerender, container } = render(<Page n={1} isOpen />);
  await Promise.resolve();
  translate(container);
  expect(container).toHaveTextContent("«Open»«1»« new»«of many»");
  rerender(<Page n={2} isOpen={false} />);
  expect(container).toHaveTextContent(/^2« new»$/);
  translate(container);
  rerender(<Page n={3} isOpen />);
  expect(container).toHaveTextContent("Open3« new»of many");
  expect(screen.getByText("of many")).toBeInTheDocument();
});

it("what a translator took out unseen does not break the page", () => {
  const parent = document.createElement("p");
  const stranger = document.createTextNode("x");
  expect(parent.removeChild(stranger)).toBe(stranger);
  const child = document.createElement("b");
  parent.insertBefore(child, stranger);
  expect(parent.lastChild).toBe(child);
});

it("libraries may leave out what to insert before", () => {
  const parent = document.createElement("p");
  const child = document.createElement("b");
  // What a library written in JavaScript passes.
  Reflect.apply(parent.insertBefore.bind(parent), undefined, [child, undefined]);
  expect(parent.lastChild).toBe(child);
});
