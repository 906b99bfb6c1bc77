import { createContext, useContext, useEffect, useState } from "react";

/** The entry of the browser's history that is shown: whoever goes back comes to the same one. Empty where there is none. */
export const EntryContext = createContext("");

/** For each owner what its pages keep, the last used at the end. */
const shelves = new WeakMap<object, Map<string, unknown>>();
/** How many are kept: some of them hold hundreds of rows. */
const most = 20;

function keep(shelf: Map<string, unknown>, key: string, value: unknown): void {
  shelf.delete(key);
  shelf.set(key, value);
  for (const oldest of shelf.keys()) {
    if (shelf.size <= most) return;
    shelf.delete(oldest);
  }
}

function shelfOf(owner: object): Map<string, unknown> {
  const shelf = shelves.get(owner) ?? new Map<string, unknown>();
  shelves.set(owner, shelf);
  return shelf;
}

/**
 * What a page has made, as long as it stands there, and once more when somebody comes back to it in the browser's history.
 * Another name is another thing. It goes with its owner.
 */
export function useKept<T>(owner: object, name: string, make: () => T): T {
  const entry = useContext(EntryContext);
  const find = () => ({
    name,
    value: (entry === "" ? undefined : (shelfOf(owner).get(`${entry} ${name}`) as T | undefined)) ?? make(),
  });
  const [held, setHeld] = useState(find);
  const now = held.name === name ? held : find();
  if (now !== held) setHeld(now);
  useEffect(() => {
    if (entry !== "") keep(shelfOf(owner), `${entry} ${now.name}`, now.value);
  }, [owner, entry, now]);
  return now.value;
}
