import { gql } from "@urql/core";
import { ws } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { server } from "@/test/server";

import { resetSocket, subscribeLive } from "./live";
import { setSessionLost } from "./session";

// The web app's own client against a server that closes sockets as ours does.

interface Data {
  alertChanged: { id: string };
}

/** What the server says on its n-th socket. */
const on = (n: number): Data => ({ alertChanged: { id: String(n) } });

const document = gql<Data, Record<string, never>>("subscription { alertChanged { id } }");

interface Socket {
  send: (frame: object) => void;
  close: (code: number) => void;
}

/** Every socket that was opened, the newest last. */
let sockets: Socket[] = [];
let signedIn = true;
const stops: (() => void)[] = [];

beforeEach(() => {
  sockets = [];
  signedIn = true;
  server.use(
    ws.link("ws://localhost:3000/graphql").addEventListener("connection", ({ client }) => {
      const send = (frame: object) => {
        client.send(JSON.stringify(frame));
      };
      sockets.push({
        send,
        close: (code) => {
          client.close(code);
        },
      });
      client.addEventListener("message", ({ data }) => {
        const { type, id } = JSON.parse(typeof data === "string" ? data : "{}") as {
          type: string;
          id?: string;
        };
        if (type === "connection_init") send({ type: "connection_ack" });
        if (type !== "subscribe") return;
        if (signedIn) send({ id, type: "next", payload: { data: on(sockets.length) } });
        else send({ id, type: "error", payload: [signInFirst] });
        lastId = id ?? "";
      });
    }),
  );
});

let lastId = "";
const signInFirst = { message: "sign in first", extensions: { code: "UNAUTHENTICATED" } };

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  resetSocket();
  setSessionLost(false);
});

function watch() {
  const next = vi.fn<(data: Data) => void>();
  const error = vi.fn<(message: string) => void>();
  stops.push(subscribeLive(document, {}, { next, error }));
  return { next, error };
}

test("comes back from a restart, and goes on", async () => {
  const { next, error } = watch();
  await vi.waitFor(() => {
    expect(next).toHaveBeenLastCalledWith(on(1));
  });
  sockets[0]?.close(1012);
  await vi.waitFor(
    () => {
      expect(next).toHaveBeenLastCalledWith(on(2));
    },
    { timeout: 20_000 },
  );
  expect(error).not.toHaveBeenCalled();
});

test("waits for the next sign-in when this one is over, and begins anew with it", async () => {
  const { next, error } = watch();
  await vi.waitFor(() => {
    expect(next).toHaveBeenCalledTimes(1);
  });
  signedIn = false;
  sockets[0]?.send({ id: lastId, type: "error", payload: [signInFirst] });
  sockets[0]?.close(4403);
  const other = watch();
  await vi.waitFor(() => {
    expect(sockets).toHaveLength(2); // somebody else asks, and is told
  });
  signedIn = true;
  resetSocket();
  await vi.waitFor(() => {
    expect(next).toHaveBeenLastCalledWith(on(3));
    expect(other.next).toHaveBeenLastCalledWith(on(3));
  });
  expect(sockets).toHaveLength(3);
  expect(error).not.toHaveBeenCalled();
  expect(other.error).not.toHaveBeenCalled();
});
