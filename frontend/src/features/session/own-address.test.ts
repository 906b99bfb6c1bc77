import { describe, expect, it } from "vitest";

import { ownAddress } from "./own-address";

const { origin } = location;

describe("an address to go to after signing in", () => {
  it.each([
    ["/conversions?goal=ftd#top", `${origin}/conversions?goal=ftd#top`],
    ["/", `${origin}/`],
    [`${origin}/links`, `${origin}/links`],
    // Of this site, however it is spelled: gone to in full, it stays here.
    ["/.//evil.example", `${origin}//evil.example`],
    ["/%09/evil.example", `${origin}/%09/evil.example`],
  ])("%j is one of this app", (to, address) => {
    expect(ownAddress(to)).toBe(address);
  });

  it.each([
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    `${origin}.evil.example/`,
    `${origin}@evil.example/`,
    "javascript:alert(1)",
    "data:text/html,x",
    `blob:${origin}/6f1c`,
    "http://[",
  ])("%j leads elsewhere", (to) => {
    expect(ownAddress(to)).toBeUndefined();
  });
});
