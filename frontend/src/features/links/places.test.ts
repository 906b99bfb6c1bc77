import { expect, test } from "vitest";

import { usualTracker } from "./places";

const preset = (key: string, name: string, token: string | null) => ({ key, name, token });

const trackers = (...postbacks: string[]) => ({
  trackerPresets: [
    preset("keitaro", "Keitaro", "{subid}"),
    preset("voluum", "Voluum", "{clickid}"),
    preset("taboola", "Taboola", null),
  ],
  postbacks: { edges: postbacks.map((name, i) => ({ node: { id: String(i), name } })) },
});

test("a link begins with the token of the tracker that the newest postback is named after", () => {
  expect(usualTracker(trackers("Telegram alert", "voluum leads", "Keitaro"))?.token).toBe("{clickid}");
});

test("of a tracker whose token is not known, and of none, nothing is guessed", () => {
  expect(usualTracker(trackers("Taboola", "My own"))).toBeNull();
  expect(usualTracker(trackers())).toBeNull();
});
