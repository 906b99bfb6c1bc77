import { vi } from "vitest";

/** jsdom goes nowhere: where the app would begin anew is written down. `vi.unstubAllGlobals()` takes it back. */
export function recordNavigation() {
  const { href, origin, protocol, host, hostname, port, pathname, search, hash } = window.location;
  const assign = vi.fn<(to: string) => void>();
  const reload = vi.fn<() => void>();
  vi.stubGlobal("location", {
    href,
    origin,
    protocol,
    host,
    hostname,
    port,
    pathname,
    search,
    hash,
    assign,
    reload,
  });
  return { assign, reload };
}
