/** A piece of a text that is written over. */
export interface Difference {
  from: number;
  to: number;
  insert: string;
}

/** What has to be written over to make one text of the other: the smallest piece, so that undo and the cursor make sense. */
export function difference(from: string, to: string): Difference {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < shorter - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}

/** A URL is one line: line breaks go, and the spaces around them. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, "");
}
