/** One entry of an integration's mapping. */
export interface Word {
  from: string;
  to: string;
}

/** What is saved of a table: a row without anything is none, and half a row is the server's to refuse. */
export function filled(words: readonly Word[]): Word[] {
  return words
    .map(({ from, to }) => ({ from: from.trim(), to: to.trim() }))
    .filter(({ from, to }) => from !== "" || to !== "");
}
