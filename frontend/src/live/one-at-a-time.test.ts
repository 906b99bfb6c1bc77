import { expect, it, vi } from "vitest";

import { oneAtATime } from "./one-at-a-time";

it("runs once more for all that asked while it ran, and never twice at once", async () => {
  let running = 0;
  let ran = 0;
  const ends: (() => void)[] = [];
  const run = oneAtATime(async () => {
    running += 1;
    expect(running).toBe(1);
    ran += 1;
    await new Promise<void>((done) => ends.push(done));
    running -= 1;
  });
  const first = run();
  const second = run();
  const third = run();
  expect(ran).toBe(1);
  ends[0]?.();
  await first;
  await vi.waitFor(() => {
    expect(ran).toBe(2);
  });
  ends[1]?.();
  await Promise.all([second, third]);
  expect(ran).toBe(2);
});

it("goes on after a failure", async () => {
  let ran = 0;
  const run = oneAtATime(async () => {
    ran += 1;
    if (ran === 1) throw new Error("once");
  });
  await expect(run()).rejects.toThrow("once");
  await run();
  expect(ran).toBe(2);
});
