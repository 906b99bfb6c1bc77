// @vitest-environment node
import { describe, expect, it } from "vitest";

import { decodeText } from "./file-text";

const bytes = (...of: number[]) => new Uint8Array(of).buffer;

describe("decodeText", () => {
  it("reads a file in the coding that a spreadsheet saves it in", () => {
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x35, 0xe2, 0x82, 0xac))).toBe("5€");
    expect(decodeText(bytes(0x35, 0xe2, 0x82, 0xac))).toBe("5€");
    expect(decodeText(bytes(0xff, 0xfe, 0x35, 0x00, 0xac, 0x20))).toBe("5€");
    expect(decodeText(bytes(0xfe, 0xff, 0x00, 0x35, 0x20, 0xac))).toBe("5€");
    expect(decodeText(bytes(0x35, 0xe9))).toBe("5é");
    expect(decodeText(bytes())).toBe("");
  });
});
