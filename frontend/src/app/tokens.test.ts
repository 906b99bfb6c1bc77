// @vitest-environment node
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

function theme(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

function luminance(hex: string): number {
  const channel = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const states = ["delivered", "retrying", "failed", "held", "queued"];
const hues = [1, 2, 3, 4, 5, 6].map((n) => `hue-${n}`);

const pairs: [text: string, ground: string, least: number][] = [
  ...["ink", "muted", "faint", "accent-strong", ...states, ...hues].flatMap((text) =>
    ["canvas", "surface", "sunken", "hover"].map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ...[...states, ...hues].map((name): [string, string, number] => [name, `${name}-soft`, 4.5]),
  ["accent", "surface", 4.5],
  ["accent", "canvas", 4.5],
  ["accent-strong", "accent-soft", 4.5],
  ["ink", "accent-soft", 4.5],
  ["muted", "accent-soft", 4.5],
  ["faint", "accent-soft", 4.5],
  ["on-accent", "accent", 4.5],
  ["on-failed", "failed", 4.5],
  // The edge of a field is what shows that it is one.
  ["edge", "surface", 3],
];

describe.each([":root", ':root[data-theme="dark"]'])("%s", (selector) => {
  const tokens = theme(selector);

  it.each(pairs)("%s on %s is at least %d:1", (text, ground, least) => {
    expect(contrast(tokens[text] ?? "", tokens[ground] ?? "")).toBeGreaterThanOrEqual(least);
  });
});
