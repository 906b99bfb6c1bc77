import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";

import { server } from "./server";
import { World } from "./world";

// What tests of staff's pages share.

/** A small network as one of its staff sees it. */
export function staffWorld(role: "MANAGER" | "ADMIN" = "MANAGER"): World {
  const world = new World(3);
  world.role = role;
  return world;
}

/** What the server says of a field that it does not take. */
export function refusal(field: string, message: string) {
  return { userErrors: [{ field: [field], message, code: "INVALID" }] };
}

/** From now on no request arrives. */
export function loseNetwork(): void {
  server.use(http.post("/graphql", () => HttpResponse.error()));
}

export const unreachable = "The server could not be reached. Check the connection, then try again.";

/** An answer that comes when it is let through. */
export function held<T>(value: T): { answer: Promise<T>; release: () => void } {
  let release = () => undefined as void;
  const answer = new Promise<T>((resolve) => {
    release = () => {
      resolve(value);
    };
  });
  return { answer, release };
}

/** A panel of a page, by its title. */
export async function panelOf(title: string) {
  const section = (await screen.findByRole("heading", { level: 2, name: title })).closest("section");
  if (section === null) throw new Error(`${title} heads no panel`);
  return within(section);
}
