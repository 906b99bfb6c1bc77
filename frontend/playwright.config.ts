import { defineConfig } from "@playwright/test";

// The browser tests drive the true program: e2e/program.ts starts it with demo data, or takes the one whose address
// POSTRIDER_E2E_URL gives.

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/program.ts",
  outputDir: "test-results",
  // One program and one database. Pages are looked at two at a time: that changes nothing. What changes something goes one
  // story after the other, and after them.
  workers: 2,
  projects: [
    { name: "looks", testMatch: "pages.spec.ts", fullyParallel: true },
    {
      name: "stories",
      testIgnore: "pages.spec.ts",
      fullyParallel: false,
      workers: 1,
      dependencies: ["looks"],
    },
  ],
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    ...(process.env["POSTRIDER_E2E_URL"] !== undefined && { baseURL: process.env["POSTRIDER_E2E_URL"] }),
    timezoneId: "UTC",
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    trace: { mode: "retain-on-failure", screenshots: false },
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      executablePath: process.env["POSTRIDER_CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
