import "@/app/zod";
import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";

import { server } from "./server";

// What jsdom does not have and the app needs.

if (typeof window !== "undefined") {
  window.matchMedia = (query: string) =>
    ({
      matches: false,
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }) as unknown as MediaQueryList;

  window.ResizeObserver = class implements ResizeObserver {
    constructor(private readonly callback: ResizeObserverCallback) {}
    observe(target: Element) {
      this.callback([{ target } as ResizeObserverEntry], this);
    }
    unobserve() {
      return undefined;
    }
    disconnect() {
      return undefined;
    }
  };

  window.scrollTo = () => undefined;
  Element.prototype.getAnimations = () => [];
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  window.CSS ??= {} as typeof CSS;
  window.CSS.escape ??= (text: string) => text.replaceAll(/[^\w-]/g, String.raw`\$&`);

  // Charts draw; nobody looks.
  const canvas = new Proxy({}, { get: () => () => ({ width: 0 }), set: () => true });
  Object.defineProperty(HTMLCanvasElement.prototype, "getContext", { value: () => canvas });
  Object.defineProperty(globalThis, "Path2D", {
    value: class {
      rect() {
        return undefined;
      }
    },
  });

  // Else the virtual list has no height and draws no rows.
  for (const [name, size] of [
    ["clientHeight", 640],
    ["offsetHeight", 640],
    ["clientWidth", 1200],
    ["offsetWidth", 1200],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
  }
}

// A whole page of HTML says less than the line that failed. Two cores are slow when other tests run beside.
configure({
  asyncUtilTimeout: 15_000,
  getElementError: (message) =>
    Object.assign(new Error(message?.split("\n\n")[0] ?? ""), { name: "NotFound" }),
});

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
});

afterEach(() => {
  if (typeof document !== "undefined") {
    cleanup();
    // What one test keeps for a reload is not the next one's.
    sessionStorage.clear();
  }
  server.resetHandlers();
});

afterAll(() => {
  server.close();
});
