import { expect, test } from "vitest";

import { firstPlace, type Place, toTrackers, trackersAt, usualTracker } from "./places";

const preset = (key: string, name: string, token: string | null) => ({ key, name, token });

const own = (id: string, name: string, param1: string | null, defaultLinks = false, shares = false) => ({
  id,
  name,
  defaultLinks,
  shares,
  tokens: { param1, param2: null, param3: null },
});

const trackers = (key: string | null, ...mine: ReturnType<typeof own>[]) => ({
  trackers: { edges: mine.map((node) => ({ node })) },
  trackerPresets: [
    preset("keitaro", "Keitaro", "{subid}"),
    preset("voluum", "Voluum", "{clickid}"),
    preset("taboola", "Taboola", null),
  ],
  viewer: { affiliate: { id: "A1", tracker: key === null ? null : { key } } },
});

test("a link begins with the token of the affiliate's tracker", () => {
  expect(usualTracker(null, trackers("voluum"))?.tokens[0]).toBe("{clickid}");
});

test("of a tracker whose token is not known, and of none, nothing is guessed", () => {
  expect(usualTracker(null, trackers("taboola"))).toBeNull();
  expect(usualTracker(null, trackers(null))).toBeNull();
  expect(usualTracker(null, { ...trackers(null), viewer: null })).toBeNull();
});

const place = (id: string, campaignId: string | null, offerId: string | null): Place => ({
  id,
  label: id,
  hint: "",
  campaignId,
  offerId,
  offer: { id: "O1", name: "", deepLinkHosts: [], landingPages: [] },
  trackers:
    campaignId === null ? null : [own("T9", "Campaign's", "{c}"), own("T8", "CRM", "{crm}", false, true)],
});

test("a campaign's link begins with the tokens of its tracker, a default link with those of the tracker that has them", () => {
  const data = trackers("voluum", own("T2", "Binom", "{clickid}"), own("T1", "Keitaro", "{subid}", true));
  expect(usualTracker(place("a", "C1", null), data)).toMatchObject({ id: "T9", tokens: ["{c}", "", ""] });
  expect(usualTracker(place("b", null, "O1"), data)?.id).toBe("T1");
  expect(trackersAt(place("a", "C1", null), data).map(({ label }) => label)).toEqual(["Campaign's"]);
});

test("one's own trackers stand first, in the place of the presets that they are called like", () => {
  const data = trackers(null, own("T1", "Keitaro", "{subid}"), own("T2", "Mine", null));
  expect(toTrackers(data).map(({ id }) => id)).toEqual(["T1", "voluum"]);
});

test("the builder begins with the default link of the first offer; who has none, with a campaign", () => {
  const [campaign, offer, other] = [place("a", "C1", null), place("b", null, "O1"), place("c", null, "O2")];
  expect(firstPlace([campaign, offer, other])).toBe(offer);
  expect(firstPlace([campaign])).toBe(campaign);
  expect(firstPlace([])).toBeNull();
});
