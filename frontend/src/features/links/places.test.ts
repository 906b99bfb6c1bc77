import { expect, test } from "vitest";

import { usualTracker } from "./places";

const preset = (key: string, name: string, token: string | null) => ({ key, name, token });

const places = (...postbacks: string[]) => ({
  campaigns: { edges: [] },
  offers: { edges: [] },
  trackerPresets: [
    preset("keitaro", "Keitaro", "{subid}"),
    preset("voluum", "Voluum", "{clickid}"),
    preset("taboola", "Taboola", null),
  ],
  postbacks: { edges: postbacks.map((name, i) => ({ node: { id: String(i), name } })) },
});

test("a link begins with the token of the tracker that the newest postback is named after", () => {
  expect(usualTracker(places("Telegram alert", "voluum leads", "Keitaro"))?.token).toBe("{clickid}");
});

test("of a tracker whose token is not known, and of none, nothing is guessed", () => {
  expect(usualTracker(places("Taboola", "My own"))).toBeNull();
  expect(usualTracker(places())).toBeNull();
});
