// @vitest-environment node
import { describe, expect, it } from "vitest";

import { momentsOf, nameOfPeriod } from "./days";
import type { Period } from "./period";

const noon = new Date("2026-11-30T12:00:00Z");

/** The moments and how many hours lie between them. */
function hours(period: Period, zone: string, now = noon): [string, string, number] {
  const { from = "", to = "" } = momentsOf(period, zone, now);
  return [from, to, (Date.parse(to) - Date.parse(from)) / 3_600_000];
}

const oneDay = (day: string) => ({ from: day, to: day });

describe("a day", () => {
  it.each([
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", 23],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", 25],
    ["Europe/Berlin", "2026-11-30", "2026-11-29T23:00:00.000Z", 24],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", 23],
    // It begins at one o'clock.
    ["Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00.000Z", 23],
    // It has midnight twice.
    ["America/Havana", "2026-11-01", "2026-11-01T04:00:00.000Z", 25],
    ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00.000Z", 24.5],
    ["Asia/Kathmandu", "2026-11-30", "2026-11-29T18:15:00.000Z", 24],
  ])("of %s, %s, begins at %s and has %d hours", (zone, day, from, long) => {
    const [begins, , length] = hours(oneDay(day), zone);
    expect([begins, length]).toEqual([from, long]);
  });

  it.each(["Europe/Berlin", "Africa/Cairo", "America/Havana", "Pacific/Apia", "UTC"])(
    "ends where the next begins, all year, in %s",
    (zone) => {
      const year = Array.from({ length: 365 }, (_, i) =>
        momentsOf(oneDay(new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)), zone, noon),
      );
      expect(year.slice(1).map(({ from }) => from)).toEqual(year.slice(0, -1).map(({ to }) => to));
    },
  );
});

describe("a period", () => {
  it("counts back from now, or in whole days of the zone", () => {
    const of = (range: Period["range"], zone = "Europe/Berlin", now = noon) =>
      momentsOf({ range }, zone, now);
    expect(of("15m")).toEqual({ from: "2026-11-30T11:45:00.000Z" });
    expect(of("1h")).toEqual({ from: "2026-11-30T11:00:00.000Z" });
    expect(of("24h")).toEqual({ from: "2026-11-29T12:00:00.000Z" });
    expect(of("today")).toEqual({ from: "2026-11-29T23:00:00.000Z" });
    expect(of("yesterday")).toEqual({ from: "2026-11-28T23:00:00.000Z", to: "2026-11-29T23:00:00.000Z" });
    expect(of("7d")).toEqual({ from: "2026-11-23T23:00:00.000Z" });
    expect(of("30d")).toEqual({ from: "2026-10-31T23:00:00.000Z" });
    expect(of("month")).toEqual({ from: "2026-10-31T23:00:00.000Z" });
    expect(of("last-month")).toEqual({ from: "2026-09-30T22:00:00.000Z", to: "2026-10-31T23:00:00.000Z" });
    // Already the first of December there.
    const late = new Date("2026-11-30T12:30:00Z");
    expect(of("month", "Pacific/Auckland", late)).toEqual({ from: "2026-11-30T11:00:00.000Z" });
    expect(of("last-month", "UTC", new Date("2027-01-31T00:00:00Z"))).toEqual({
      from: "2026-12-01T00:00:00.000Z",
      to: "2027-01-01T00:00:00.000Z",
    });
  });

  it("may have one end only, or its ends the wrong way round", () => {
    expect(momentsOf({}, "UTC", noon)).toEqual({});
    expect(momentsOf({ from: "2026-11-01" }, "UTC", noon)).toEqual({ from: "2026-11-01T00:00:00.000Z" });
    expect(momentsOf({ to: "2026-11-30" }, "UTC", noon)).toEqual({ to: "2026-12-01T00:00:00.000Z" });
    expect(momentsOf({ from: "2026-11-30", to: "2026-11-01" }, "UTC", noon)).toEqual({
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-12-01T00:00:00.000Z",
    });
  });

  it("has a name", () => {
    expect(nameOfPeriod({ range: "last-month" })).toBe("Last month");
    expect(nameOfPeriod({ from: "2026-11-01", to: "2026-11-30" })).toMatch(/^1\s*–\s*30 Nov 2026$/);
    expect(nameOfPeriod({ from: "2026-11-30", to: "2026-11-01" })).toMatch(/^1\s*–\s*30 Nov 2026$/);
    expect(nameOfPeriod({})).toBe("");
    expect(nameOfPeriod({ from: "2026-11-01" })).toBe("from 1 Nov 2026");
    expect(nameOfPeriod({ to: "2026-11-30" })).toBe("until 30 Nov 2026");
  });
});
