import { lazyRouteComponent } from "@tanstack/react-router";
import type { FunctionComponent } from "react";

/** The code of a page could not be loaded: the server is away, or has another version by now. */
export class LostCode extends Error {
  constructor(cause: unknown) {
    super("The page could not be loaded.", { cause });
  }
}

/**
 * A page that is loaded when it is opened. Left alone, the router answers a failure by loading the document anew, which where the
 * server is away is the browser's own error; here it is the page's.
 */
export function page<Name extends string>(
  load: () => Promise<Record<Name, FunctionComponent>>,
  name: Name,
): ReturnType<typeof lazyRouteComponent<Record<Name, FunctionComponent>, Name>> {
  return lazyRouteComponent(
    () =>
      load().catch((error: unknown) => {
        throw new LostCode(error);
      }),
    name,
  );
}

/** What browsers say where a module, or its style sheet, did not come. */
const words =
  /dynamically imported module|importing a module script|unable to preload|failed to load module/i;

/** A part of a page that is loaded late fails with the browser's own words. */
export function isLostCode(error: unknown): boolean {
  return error instanceof LostCode || (error instanceof Error && words.test(error.message));
}
