import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client as Urql, subscriptionExchange } from "@urql/core";
import { EventSource } from "eventsource";
import { createClient as createSSE } from "graphql-sse";
import { createClient as createWS6 } from "graphql-ws";
import { createClient as createWS5 } from "graphql-ws-5";
import { WebSocket } from "ws";

// Apollo takes it for granted, as a browser and newer versions of Node have it.
if (!("WebSocket" in globalThis)) Object.assign(globalThis, { WebSocket });

/** What a client is given, and whom it tells. */
export interface Given {
  url: string;
  token: string;
  event: (clickId: string) => void;
  /** Something went wrong, as the client tells its user. */
  told: (why: string) => void;
  /** What it waits for before it comes back: no test waits by the clock. */
  wait: () => Promise<void>;
}

/** Watches deliveries, and gives what ends that. */
export type Client = (given: Given) => () => void;

const query = "subscription { deliveryUpdated(hello: true) { resync delivery { clickId } } }";

interface Data {
  deliveryUpdated: { delivery: { clickId: string } | null };
}

interface Result {
  data?: Data | null | undefined;
  errors?: readonly { message: string }[] | undefined;
}

function next({ event, told }: Given, { data, errors }: Result): void {
  if (errors && errors.length > 0) told(textOf(errors));
  else if (data?.deliveryUpdated.delivery) event(data.deliveryUpdated.delivery.clickId);
}

function textOf(error: unknown): string {
  if (Array.isArray(error)) return error.map(textOf).join("; ");
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return JSON.stringify(error);
}

/** As each library's own documentation has it, but for what it waits for. */
const socketOf = (given: Given) => ({
  url: given.url.replace(/^http/, "ws"),
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${given.token}` },
  retryWait: given.wait,
});

const sinkOf = (given: Given) => ({
  next: (result: Result) => {
    next(given, result);
  },
  error: (error: unknown) => {
    given.told(textOf(error));
  },
  complete: () => {
    given.told("complete");
  },
});

export const clients: Record<string, Client> = {
  "graphql-ws 5": (given) => createWS5(socketOf(given)).subscribe<Data>({ query }, sinkOf(given)),
  "graphql-ws 6": (given) => createWS6(socketOf(given)).subscribe<Data>({ query }, sinkOf(given)),
  "graphql-sse": (given) => {
    let ended = false;
    const sink = sinkOf(given);
    return createSSE({
      url: given.url,
      headers: { authorization: `Bearer ${given.token}` },
      retry: given.wait,
    }).subscribe<Data>(
      { query },
      {
        ...sink,
        // It is told at once, and has ended when it has asked as often as it does.
        next: (result) => {
          if (!result.errors) next(given, result);
          else ended = true;
        },
        error: (error) => {
          given.told(ended ? textOf(error) : `not told before: ${textOf(error)}`);
        },
      },
    );
  },
  urql: (given) => {
    const ws = createWS6(socketOf(given));
    const urql = new Urql({
      url: given.url,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query: text, variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: ws.subscribe(
                { query: text ?? "", variables },
                {
                  ...sink,
                  next: ({ data, errors }) => {
                    sink.next({ data: data ?? null, ...(errors && { errors: [...errors] }) });
                  },
                },
              ),
            }),
          }),
        }),
      ],
    });
    const running = urql.subscription<Data>(query, {}).subscribe(({ data, error }) => {
      if (error) given.told(error.message);
      else next(given, { data });
    });
    return () => {
      running.unsubscribe();
    };
  },
  Apollo: (given) => {
    const apollo = new ApolloClient({
      link: new GraphQLWsLink(createWS6(socketOf(given))),
      cache: new InMemoryCache(),
    });
    const running = apollo.subscribe<Data>({ query: gql(query), fetchPolicy: "no-cache" }).subscribe({
      next: ({ data, error }) => {
        if (error) given.told(textOf(error));
        else next(given, { data });
      },
      error: (error: unknown) => {
        given.told(textOf(error));
      },
    });
    return () => {
      running.unsubscribe();
    };
  },
  EventSource: (given) => {
    const source = new EventSource(`${given.url}?query=${encodeURIComponent(query)}`, {
      fetch: (url, init) =>
        fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${given.token}` } }),
    });
    source.addEventListener("next", ({ data }: MessageEvent<string>) => {
      const result = JSON.parse(data) as Result;
      if (!result.errors) next(given, result);
    });
    source.addEventListener("error", ({ code }) => {
      if (source.readyState === source.CLOSED) given.told(`EventSource: ${String(code)}`);
    });
    return () => {
      source.close();
    };
  },
};
