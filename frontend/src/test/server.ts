import { http, HttpResponse, ws } from "msw";
import { setupServer } from "msw/node";

import type { World } from "./world";

// The network as the app sees it: GraphQL over HTTP and over graphql-transport-ws, both answered by one World.

interface Request {
  query: string;
  variables?: Record<string, unknown>;
}

interface Frame {
  id?: string;
  type: string;
  payload?: Request;
}

export const server = setupServer();

/** Puts the world behind the network. Gives back a way to cut every socket, and one to end every subscription as a server does that is stopped. */
export function serve(world: World): { cut: () => void; end: () => void } {
  const sockets = new Set<{ close: (code: number) => void }>();
  const ends = new Set<() => void>();
  const socket = ws.link("ws://localhost:3000/graphql");
  server.use(
    http.post("/graphql", async ({ request }) => {
      if (world.isAway) return HttpResponse.error();
      const { query, variables } = (await request.json()) as Request;
      return HttpResponse.json(await world.answer(query, variables));
    }),
    socket.addEventListener("connection", ({ client }) => {
      sockets.add(client);
      const stops = new Map<string, () => void>();
      client.addEventListener("message", ({ data }) => {
        const frame = JSON.parse(typeof data === "string" ? data : "{}") as Frame;
        if (frame.type === "connection_init") client.send(JSON.stringify({ type: "connection_ack" }));
        if (frame.type === "ping") client.send(JSON.stringify({ type: "pong" }));
        if (frame.type === "complete" && frame.id !== undefined) stops.get(frame.id)?.();
        const { id, payload } = frame;
        if (frame.type !== "subscribe" || id === undefined || payload === undefined) return;
        const field = /\{\s*(\w+)/.exec(payload.query)?.[1] ?? "";
        const tell = (value: unknown) => {
          void world.event(payload.query, payload.variables, field, value).then((result) => {
            client.send(JSON.stringify({ id, type: "next", payload: result }));
          });
        };
        const stop = world.on(field, tell);
        stops.set(id, stop);
        ends.add(() => {
          stop();
          client.send(JSON.stringify({ id, type: "complete" }));
        });
        if (payload.query.includes("hello: true")) tell(null);
        if (field === "setupChecklistChanged") tell(world.checklist);
      });
      client.addEventListener("close", () => {
        sockets.delete(client);
        for (const stop of stops.values()) stop();
      });
    }),
  );
  return {
    cut: () => {
      for (const client of sockets) client.close(4205);
    },
    end: () => {
      for (const end of ends) end();
      ends.clear();
    },
  };
}
