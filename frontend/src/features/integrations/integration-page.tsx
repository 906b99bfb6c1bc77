import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, PlugZap } from "lucide-react";
import { type ReactElement, useEffect } from "react";
import { useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Snippets } from "@/components/ui/snippets";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { ArchiveIntegration } from "./archive-integration";
import { IntegrationForm } from "./integration-form";
import { IntegrationSecrets } from "./integration-secrets";
import { ResultBadge } from "./result-badge";
import { Unmapped } from "./unmapped";
import { useArrivals } from "./use-arrivals";

const IntegrationQuery = graphql(`
  query StaffIntegration($id: ID!) {
    node(id: $id) {
      ... on Integration {
        id
        key
        name
        url
        enabled
        archivedAt
        testMode
        requireHttps
        requireToken
        requireSignature
        signatureHeader
        timestampName
        timestampWindow
        allowedAddresses
        rateLimit
        currency
        offer {
          id
          name
          operator
          currency
        }
        parameterMapping {
          from
          to
        }
        goalMapping {
          from
          to
        }
        statusMapping {
          from
          to
        }
        unmappedStatuses {
          word
          count
        }
        secrets {
          kind
          createdAt
          expiresAt
        }
        snippets {
          language
          code
          command
        }
      }
    }
  }
`);

const ArrivedQuery = graphql(`
  query StaffIntegrationCalls($id: ID!) {
    receivedPostbacks(first: 10, filter: { integrationIds: [$id] }) {
      edges {
        node {
          id
          receivedAt
          result
          reason
          query
          body
        }
      }
    }
  }
`);

type Integration = Extract<NonNullable<ResultOf<typeof IntegrationQuery>["node"]>, { snippets: unknown }>;
type Call = NonNullable<ResultOf<typeof ArrivedQuery>["receivedPostbacks"]>["edges"][number]["node"];

const route = getRouteApi("/shell/staff/integrations/$id");

export function IntegrationPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error }, refetch] = useQuery({
    query: IntegrationQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const again = () => {
    refetch({ requestPolicy: "network-only" });
  };
  if (error && !data)
    return (
      <ErrorState title="The integration could not be fetched" message={explain(error)} onRetry={again} />
    );
  if (!data) return <SkeletonBlock label="Loading the integration" lines={8} />;
  if (!data.node || !("snippets" in data.node)) {
    return (
      <EmptyState icon={PlugZap} title="There is no such integration">
        The address may be mistyped.
      </EmptyState>
    );
  }
  const integration = data.node;
  return (
    <>
      <PageHead
        title={integration.name}
        aside={
          <span className="flex flex-wrap items-center gap-2">
            {integration.archivedAt === null ? (
              <Badge tone={!integration.enabled ? "queued" : integration.testMode ? "held" : "delivered"}>
                {!integration.enabled ? "Off" : integration.testMode ? "Test mode" : "On"}
              </Badge>
            ) : (
              <Badge>Archived</Badge>
            )}
            <ArchiveIntegration integration={integration} />
          </span>
        }
      >
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/staff/integrations" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Integrations
          </Link>
          {integration.offer.operator} · {integration.offer.name}
        </span>
      </PageHead>
      <PageBody>
        <HandOver integration={integration} />
        <Arrivals id={integration.id} />
        {integration.unmappedStatuses.length > 0 && (
          <Unmapped
            integrationId={integration.id}
            words={integration.statusMapping}
            waiting={integration.unmappedStatuses}
            onMapped={again}
          />
        )}
        <IntegrationSecrets integrationId={integration.id} secrets={integration.secrets} onRotated={again} />
        <Panel title="Authentication and mapping">
          <IntegrationForm
            key={`${integration.id} ${String(integration.archivedAt)}`}
            integration={integration}
            onSaved={again}
          />
        </Panel>
      </PageBody>
    </>
  );
}

function HandOver({ integration }: { integration: Integration }): ReactElement {
  return (
    <Panel title="Instructions for the operator">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <span translate="no" className="min-w-0 font-mono text-sm break-all">
            {integration.url}
          </span>
          <CopyButton text={integration.url} what="the URL" words />
        </div>
        <Snippets snippets={integration.snippets} what="the request" />
        <p className="text-muted">
          {integration.requireToken && (
            <>
              <code>TOKEN</code> is the token,{" "}
            </>
          )}
          {integration.requireSignature && (
            <>
              <code>KEY</code> the signing key,{" "}
            </>
          )}
          <code>CLICK_ID</code> the value that your landing URL received as <code>{"{click_id}"}</code>.
          Repeating a request is safe.
        </p>
      </div>
    </Panel>
  );
}

function Arrivals({ id }: { id: string }): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ArrivedQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const { waiting, take } = useArrivals(id);
  useEffect(() => {
    if (waiting === 0) return;
    take();
    refetch({ requestPolicy: "network-only" });
  }, [waiting, take, refetch]);
  const rows = (data?.receivedPostbacks?.edges ?? []).map((edge) => edge.node);
  const columns: Column<Call>[] = [
    {
      id: "at",
      header: "Received",
      lead: true,
      width: "10rem",
      cell: (row) => <Time at={row.receivedAt} form="time" />,
    },
    {
      id: "result",
      header: "Result",
      trail: true,
      width: "9rem",
      cell: (row) => <ResultBadge result={row.result} />,
    },
    { id: "reason", header: "Reason", cell: (row) => <span className="text-muted">{row.reason}</span> },
    {
      id: "said",
      header: "Parameters",
      deskOnly: true,
      cell: (row) => (
        <span translate="no" className="line-clamp-1 font-mono text-sm break-all">
          {row.query || row.body}
        </span>
      ),
    },
  ];
  return (
    <Panel
      flush
      title="Inbound log, live"
      aside={
        <Link to="/staff/received" search={{ integration: id }}>
          View all
        </Link>
      }
    >
      <div aria-live="polite">
        {error && !data ? (
          <ErrorState
            title="The inbound log could not be fetched"
            message={explain(error)}
            onRetry={() => {
              refetch({ requestPolicy: "network-only" });
            }}
          />
        ) : rows.length === 0 && !fetching ? (
          <p className="p-4 text-muted">Nothing yet. The first request appears here automatically.</p>
        ) : (
          <Table label="Inbound log" columns={columns} rows={rows} rowId={(row) => row.id} loading={!data} />
        )}
      </div>
    </Panel>
  );
}
