// A text and the places in it that are marked, cut into pieces to be drawn. Offsets count UTF-16 code units, as
// JavaScript's do.

export interface Mark<T> {
  start: number;
  end: number;
  value: T;
}

export interface Piece<T> {
  start: number;
  text: string;
  mark: T | null;
}

/** Cuts `text` at its marks. Marks that overlap an earlier one, or lie outside the text, are left out. */
export function cut<T>(text: string, marks: readonly Mark<T>[]): Piece<T>[] {
  const pieces: Piece<T>[] = [];
  let at = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (mark.start < at || mark.end > text.length || mark.end <= mark.start) continue;
    if (mark.start > at) pieces.push({ start: at, text: text.slice(at, mark.start), mark: null });
    pieces.push({ start: mark.start, text: text.slice(mark.start, mark.end), mark: mark.value });
    at = mark.end;
  }
  if (at < text.length) pieces.push({ start: at, text: text.slice(at), mark: null });
  return pieces;
}
