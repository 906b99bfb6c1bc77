// What changed between two templates, piece by piece: a URL is cut before its ?, & and # and after its =, so that a changed value is
// shown as that value.

export interface DiffPiece {
  kind: "same" | "removed" | "added";
  text: string;
}

function pieces(text: string): string[] {
  return text.split(/(?=[?&#])|(?<==)/).filter((piece) => piece !== "");
}

/** The longest common pieces, with what is missing on either side between them. */
export function diff(from: string, to: string): DiffPiece[] {
  const a = pieces(from);
  const b = pieces(to);
  // common[i][j]: how many pieces a[i…] and b[j…] have in common.
  const common = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = common[i];
      if (row) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const result: DiffPiece[] = [];
  const push = (kind: DiffPiece["kind"], text: string) => {
    const last = result.at(-1);
    if (last?.kind === kind) last.text += text;
    else result.push({ kind, text });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i];
    const y = b[j];
    if (x !== undefined && x === y) {
      push("same", x);
      i += 1;
      j += 1;
    } else if (x !== undefined && (y === undefined || at(i + 1, j) >= at(i, j + 1))) {
      push("removed", x);
      i += 1;
    } else {
      push("added", y ?? "");
      j += 1;
    }
  }
  return result;
}
