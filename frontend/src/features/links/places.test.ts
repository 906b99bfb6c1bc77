import { expect, test } from "vitest";

import { firstPlace, type Place, usualTracker } from "./places";

const preset = (key: string, name: string, token: string | null) => ({ key, name, token });

const trackers = (key: string | null) => ({
  trackerPresets: [
    preset("keitaro", "Keitaro", "{subid}"),
    preset("voluum", "Voluum", "{clickid}"),
    preset("taboola", "Taboola", null),
  ],
  viewer: { affiliate: { id: "A1", tracker: key === null ? null : { key } } },
});

test("a link begins with the token of the affiliate's tracker", () => {
  expect(usualTracker(trackers("voluum"))?.token).toBe("{clickid}");
});

test("of a tracker whose token is not known, and of none, nothing is guessed", () => {
  expect(usualTracker(trackers("taboola"))).toBeNull();
  expect(usualTracker(trackers(null))).toBeNull();
  expect(usualTracker({ ...trackers(null), viewer: null })).toBeNull();
});

const place = (id: string, campaignId: string | null, offerId: string | null): Place => ({
  id,
  label: id,
  hint: "",
  campaignId,
  offerId,
  offer: { id: "O1", name: "", deepLinkHosts: [], landingPages: [] },
});

test("the builder begins with the default link of the first offer; who has none, with a campaign", () => {
  const [campaign, offer, other] = [place("a", "C1", null), place("b", null, "O1"), place("c", null, "O2")];
  expect(firstPlace([campaign, offer, other])).toBe(offer);
  expect(firstPlace([campaign])).toBe(campaign);
  expect(firstPlace([])).toBeNull();
});
