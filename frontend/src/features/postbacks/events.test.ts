import { expect, test } from "vitest";

import { eventOf, withEvent } from "./events";

const registration = { key: "registration", name: "Registration" };
const ftd = { key: "ftd", name: "FTD" };
const all = [registration, ftd, { key: "deposit", name: "Deposit" }];

test.each([
  ["https://t.example/?e={goal_id}", "ftd"],
  ["https://t.example/?e={goal_name}", "FTD"],
  ["https://t.example/?e={goal_id|map:registration=lead,ftd=sale}", "sale"],
  ["https://t.example/?e={GOAL_ID|MAP:ftd=a\\,b}", "a,b"],
  ["https://t.example/?e={goal_id|map:registration=lead,*=other}", "other"],
  ["https://t.example/?e={goal_name|map:FTD=sale}", "sale"],
  // The first that is sent as it is, or through map alone, tells the goal.
  ["https://t.example/?t={goal_name|upper}&e={goal_id|map:ftd=}", ""],
  ["https://t.example/?e={goal_name|upper}", null],
  ["https://t.example/?p={payout}", null],
])("%s sends %j for an FTD", (template, event) => {
  expect(eventOf(template, ftd)).toBe(event);
});

test.each([
  ["https://t.example/?e={goal_id}&x=1", "https://t.example/?e={goal_id|map:ftd=sale}&x=1"],
  [
    "https://t.example/?e={goal_id|map:registration=lead,ftd=x,special=s,*=other}",
    "https://t.example/?e={goal_id|map:registration=lead,ftd=sale,special=s,*=other}",
  ],
  [
    "https://t.example/?e={goal_name}",
    "https://t.example/?e={goal_id|map:registration=Registration,ftd=sale,deposit=Deposit}",
  ],
  ["https://t.example/?p={payout}", "https://t.example/?p={payout}"],
])("%s with another event for FTD is %s", (template, wanted) => {
  expect(withEvent(template, ftd, "sale", all)).toBe(wanted);
});

test("the goal's own key as its event needs no replacement", () => {
  expect(withEvent("https://t.example/?e={goal_id|map:ftd=sale}", ftd, "ftd", all)).toBe(
    "https://t.example/?e={goal_id}",
  );
});
