// @vitest-environment node
import { execFileSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { asCurl } from "./curl";

const get = {
  method: "GET",
  url: "https://t.example/pb?cid=a%20b&x=1",
  requestHeaders: [],
  requestBody: null,
};

describe("asCurl", () => {
  it("is one quoted URL for a plain GET", () => {
    expect(asCurl(get)).toBe("curl -i 'https://t.example/pb?cid=a%20b&x=1'");
  });

  it("carries method, headers and body, and leaves to curl what curl writes itself", () => {
    expect(
      asCurl({
        method: "POST",
        url: "https://t.example/pb",
        requestHeaders: [
          { name: "Host", value: "t.example" },
          { name: "User-Agent", value: "Postrider/1" },
        ],
        requestBody: '{"a":1}',
      }),
    ).toBe(
      "curl -i -X POST 'https://t.example/pb' \\\n  -H 'User-Agent: Postrider/1' \\\n  --data-raw '{\"a\":1}'",
    );
  });

  it("survives every character a shell could stumble over", () => {
    const nasty = `https://t.example/?q='"$(id)\`id\`;\\!&|`;
    const command = asCurl({ ...get, url: nasty }).replace("curl -i", "printf %s");
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8" })).toBe(nasty);
  });
});
