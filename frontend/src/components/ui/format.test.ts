// @vitest-environment node
import { describe, expect, it } from "vitest";

import { formatDuration, formatMoney, formatRelative, formatTime, formatUtc, shortenId } from "./format";

describe("format", () => {
  it("writes money without losing a digit", () => {
    expect(formatMoney("12345678901234.56", "USD")).toBe("$12,345,678,901,234.56");
    expect(formatMoney("5.5", "EUR")).toBe("€5.50");
    expect(formatMoney("5.5", "no currency")).toBe("5.50 no currency");
    expect(formatMoney("0.00012345", "BTC")).toBe("0.00012345 BTC");
    expect(formatMoney("-1250", "USDT")).toBe("-1,250.00 USDT");
    expect(formatMoney("7", "PEPE2")).toBe("7.00 PEPE2");
    expect(formatMoney("80", "CAD")).toBe("CA$80.00");
    const all = Intl.supportedValuesOf("currency").map((currency) => formatMoney("100", currency));
    expect(new Set(all).size).toBe(all.length);
  });

  it("writes durations with the digits that matter", () => {
    expect([0.2, 38.4, 1240, 12_300, 180_000, 7_200_000].map(formatDuration)).toEqual([
      "<1 ms",
      "38 ms",
      "1.24 s",
      "12 s",
      "3 min",
      "2 h",
    ]);
  });

  it("writes times in the zone that is asked for", () => {
    const at = new Date("2026-06-12T22:30:05Z");
    expect(formatTime(at, "time", "Europe/Riga")).toBe("01:30:05");
    expect(formatTime(at, "short", "UTC")).toBe("12 Jun, 22:30:05");
    expect(formatUtc(at)).toBe("2026-06-12 22:30:05 UTC");
  });

  it("says how long until and since", () => {
    const now = new Date("2026-06-12T10:00:00Z");
    expect(formatRelative(new Date("2026-06-12T10:00:25Z"), now)).toBe("in 25 s");
    expect(formatRelative(new Date("2026-06-12T08:00:00Z"), now)).toBe("2 h ago");
  });

  it("keeps the tail of an id, where ids of one moment differ", () => {
    expect(shortenId("0197f3a2c4d87b1e9f0a2b3c4d5e6f70")).toBe("…4d5e6f70");
    expect(shortenId("tx-90001")).toBe("tx-90001");
  });
});
