export interface Word {
  from: string;
  to: string;
}

/** Words as lines, to be edited: "FTD_CONFIRMED = ftd". */
export function writeWords(words: readonly Word[]): string {
  return words.map(({ from, to }) => `${from} = ${to}`).join("\n");
}

/** Lines as words. What stands left of the first " = " (or "=") is the one, the rest the other; "goal = =ftd" is a fixed value. */
export function readWords(text: string): Word[] {
  return text
    .split("\n")
    .map((line) => {
      const at = line.indexOf("=");
      return at < 0
        ? { from: line.trim(), to: "" }
        : { from: line.slice(0, at).trim(), to: line.slice(at + 1).trim() };
    })
    .filter(({ from, to }) => from !== "" || to !== "");
}
