import { stringifyDocument, type TypedDocumentNode } from "@urql/core";
import { type Client, createClient } from "graphql-ws";
import { useSyncExternalStore } from "react";

import { lookingAs } from "./looking";
import { setSessionLost } from "./session";

// The one WebSocket: it opens with the first subscription, closes with the last, and comes back by itself.

export type Connection = "connecting" | "live" | "reconnecting";

let connection: Connection = "connecting";
const listeners = new Set<() => void>();

function set(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** How the socket is, for people to see. */
export function useConnection(): Connection {
  return useSyncExternalStore(subscribeToConnection, () => connection);
}

/** 0.5 s, 1 s, 2 s, 4 s, each with up to half as much again, so that a thousand tabs do not come back at once. */
function waitBeforeRetry(retries: number): Promise<void> {
  const base = Math.min(500 * 2 ** retries, 4000);
  return new Promise((resolve) => {
    setTimeout(resolve, base * (1 + Math.random() / 2));
  });
}

function address(): string {
  const as = lookingAs();
  const query = as === null ? "" : `?viewAs=${encodeURIComponent(as)}`;
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql${query}`;
}

let client: Client | undefined;

function socket(): Client {
  client ??= createClient({
    url: address,
    lazy: true,
    lazyCloseTimeout: 3000,
    keepAlive: 15_000,
    retryAttempts: Infinity,
    retryWait: waitBeforeRetry,
    // Whatever closed it, it comes back, unless the sign-in is over: that the server says for good.
    shouldRetry: (event) => !isSignInOver(event),
    on: {
      connecting: (isRetry) => {
        set(isRetry ? "reconnecting" : "connecting");
      },
      connected: () => {
        set("live");
      },
      closed: () => {
        set("reconnecting");
      },
    },
  });
  return client;
}

/** What was subscribed to when the sign-in ended, and begins anew with the next. */
const waiting = new Set<() => void>();

/** Closes the socket, so that the next one is opened as whoever is signed in then. */
export function resetSocket(): void {
  client?.terminate();
  const begin = [...waiting];
  waiting.clear();
  for (const start of begin) start();
}

interface Sink<Data> {
  next: (data: Data) => void;
  /** What the server refused, for good: the subscription has ended. */
  error?: (message: string) => void;
  /** Whether nothing more is to come. A server that is stopped ends its subscriptions too, and those are asked for again. */
  isOver?: () => boolean;
}

/** The codes with which a socket closes that nobody is signed in on. */
const signInOver = [4401, 4403];

/** Whether a socket was closed, or a subscription refused, because nobody is signed in any more. */
function isSignInOver(error: unknown): boolean {
  if (Array.isArray(error)) {
    return error.some((e: { extensions?: { code?: unknown } }) => e.extensions?.code === "UNAUTHENTICATED");
  }
  return error instanceof CloseEvent && signInOver.includes(error.code);
}

function messageOf(error: unknown): string {
  if (Array.isArray(error)) {
    return error.map(messageOf).join(" ");
  }
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return "The live connection was refused.";
}

/** Subscribes until the function that it gives back is called, or all has been told. */
export function subscribeLive<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  sink: Sink<Data>,
): () => void {
  const query = stringifyDocument(document);
  let stopped = false;
  let ended = 0;
  let stop: () => void = () => undefined;
  const start = () => {
    if (stopped) return;
    stop = socket().subscribe<Data>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          ended = 0;
          if (data) sink.next(data);
          else if (errors) sink.error?.(messageOf([...errors]));
        },
        error: (error) => {
          if (isSignInOver(error)) {
            waiting.add(start);
            setSessionLost(true);
            return;
          }
          sink.error?.(messageOf(error));
        },
        complete: () => {
          if (stopped || sink.isOver?.() === true) return;
          void waitBeforeRetry(ended).then(start);
          ended += 1;
        },
      },
    );
  };
  start();
  return () => {
    stopped = true;
    waiting.delete(start);
    stop();
  };
}
