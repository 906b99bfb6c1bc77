export type Server = "away" | "same" | "newer";

/** The scripts that a document begins with: their names change with every version. */
export function entries(html: string): string[] {
  return [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"/g)].map((match) => match[1] ?? "");
}

/** Whether the server answers, and whether it has another version than this page is of. */
export async function askServer(): Promise<Server> {
  try {
    // oxlint-disable-next-line no-restricted-globals -- the page itself is asked for, no data
    const response = await fetch("/", { cache: "no-store" });
    if (!response.ok) return "away";
    const theirs = entries(await response.text());
    const ours = entries(document.head.innerHTML);
    return theirs.length > 0 && ours.some((name) => !theirs.includes(name)) ? "newer" : "same";
  } catch {
    return "away";
  }
}
