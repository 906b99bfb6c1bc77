import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";

import viteConfig from "./vite.config.ts";

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      environment: "jsdom",
      include: ["src/**/*.test.{ts,tsx}", "lint/**/*.test.ts"],
      setupFiles: ["./src/test/setup.ts"],
      passWithNoTests: false,
      restoreMocks: true,
      testTimeout: 60_000,
      // By default one core is left free: on two, that is half of them.
      maxWorkers: "100%",
    },
  }),
);
