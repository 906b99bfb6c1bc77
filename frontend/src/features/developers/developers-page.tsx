import { Link } from "@tanstack/react-router";
import { ExternalLink, Inbox, RefreshCw } from "lucide-react";
import { type ReactElement, useEffect } from "react";
import { useQuery } from "urql";

import { buttonClass, IconButton } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";
import { usePublicUrl, useViewer } from "@/graphql/viewer";

import { Examples } from "./examples";

const EchoQuery = graphql(`
  query EchoRequests {
    echoRequests(first: 25) {
      edges {
        node {
          id
          receivedAt
          method
          url
          statusCode
          body
          parameters {
            name
            value
          }
          headers {
            name
            value
          }
        }
      }
    }
  }
`);

const Received = graphql(`
  subscription EchoReceived {
    echoRequestReceived {
      id
    }
  }
`);

type EchoRequest = ResultOf<typeof EchoQuery>["echoRequests"]["edges"][number]["node"];

export function DevelopersPage(): ReactElement {
  const publicUrl = usePublicUrl();
  const viewer = useViewer();
  return (
    <>
      <PageHead
        title="Developers"
        aside={
          <a href="/graphiql" className={buttonClass()}>
            Open explorer
            <ExternalLink aria-hidden className="size-4" />
          </a>
        }
      >
        Everything on these pages is available over GraphQL with an API token.
      </PageHead>
      <PageBody className="grid items-start xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Panel title="First steps">
          <ol className="mb-4 flex list-decimal flex-col gap-1 pl-5">
            <li>
              Create a token in{" "}
              <Link to="/settings" className="link">
                Settings
              </Link>
              ; it is shown once.
            </li>
            <li>
              Send queries to{" "}
              <span translate="no" className="font-mono text-sm break-all">{`${publicUrl}/graphql`}</span>{" "}
              with{" "}
              <span translate="no" className="font-mono text-sm">
                Authorization: Bearer …
              </span>
            </li>
            <li>Subscribe over WebSocket or server-sent events at the same address.</li>
          </ol>
          <Examples />
        </Panel>
        {viewer?.echoUrl != null && <Echo url={viewer.echoUrl} />}
      </PageBody>
    </>
  );
}

/** A tracker of one's own to try with: what is sent to its address shows up here. */
function Echo({ url }: { url: string }): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: EchoQuery,
    requestPolicy: "cache-and-network",
  });
  const requests = data?.echoRequests.edges.map((edge) => edge.node);

  useEffect(
    () =>
      subscribeLive(
        Received,
        {},
        {
          next: () => {
            refetch({ requestPolicy: "network-only" });
          },
        },
      ),
    [refetch],
  );

  return (
    <Panel
      title="Echo tracker"
      flush
      aside={
        <IconButton
          label="Refresh"
          icon={RefreshCw}
          size="sm"
          onPress={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        />
      }
    >
      <EchoAddress url={url} />
      {error && !requests ? (
        <ErrorState
          title="The inbox could not be fetched"
          message={explain(error)}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        />
      ) : !requests && fetching ? (
        <SkeletonBlock label="Loading the inbox" lines={4} />
      ) : !requests || requests.length === 0 ? (
        <EmptyState icon={Inbox} title="No requests yet">
          Send one:{" "}
          <span
            translate="no"
            className="font-mono text-sm break-all text-ink"
          >{`curl '${url}?hello=world'`}</span>
        </EmptyState>
      ) : (
        <ul aria-label="Requests to the echo tracker, newest first" className="divide-y">
          {requests.map((request) => (
            <Request key={request.id} request={request} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function EchoAddress({ url }: { url: string }): ReactElement {
  return (
    <div className="flex flex-col gap-2 border-b p-4">
      <p className="text-muted">
        A tracker for testing: it answers 200 to every request and lists it here. Use its address in a
        postback; add{" "}
        <span translate="no" className="font-mono text-sm text-ink">
          ?status=500
        </span>{" "}
        to see retries.
      </p>
      <span className="flex items-center gap-2">
        <span
          translate="no"
          className="min-w-0 flex-1 rounded-md border bg-sunken px-3 py-1.5 font-mono text-sm break-all"
        >
          {url}
        </span>
        <CopyButton text={url} what="the echo tracker's address" />
      </span>
    </div>
  );
}

function Request({ request }: { request: EchoRequest }): ReactElement {
  return (
    <li>
      <details>
        <summary className="flex cursor-default flex-wrap items-baseline gap-x-3 px-4 py-2 hover:bg-hover">
          <span translate="no" className="font-mono text-sm font-semibold">
            {request.method}
          </span>
          <span translate="no" className="min-w-0 flex-1 truncate font-mono text-sm">
            {request.url}
          </span>
          <span className="text-muted">
            <Time at={request.receivedAt} form="time" />
          </span>
        </summary>
        <div className="flex flex-col gap-3 px-4 pb-4">
          <span translate="no" className="font-mono text-sm break-all">
            {request.url}
          </span>
          {request.parameters.length > 0 && (
            <dl className="grid grid-cols-[minmax(6rem,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1">
              {request.parameters.map(({ name, value }, i) => (
                <div key={i} className="contents">
                  <dt translate="no" className="font-mono text-sm text-muted">
                    {name}
                  </dt>
                  <dd translate="no" className="font-mono text-sm break-all">
                    {value === "" ? <span className="font-sans text-faint">empty</span> : value}
                  </dd>
                </div>
              ))}
            </dl>
          )}
          <CodeBlock
            code={request.headers.map(({ name, value }) => `${name}: ${value}`).join("\n")}
            what="headers"
            wrap
          />
          {request.body !== null && <CodeBlock code={request.body} what="body" wrap />}
          <p className="text-muted">Answered {request.statusCode}.</p>
        </div>
      </details>
    </li>
  );
}
