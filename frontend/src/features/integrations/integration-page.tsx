import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, PlugZap } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Snippets } from "@/components/ui/snippets";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { ArchiveIntegration } from "./archive-integration";
import { Arrivals } from "./arrivals";
import { HandOver } from "./hand-over";
import { IntegrationForm } from "./integration-form";
import { IntegrationSecrets } from "./integration-secrets";
import { PlatformParts } from "./platforms";
import { RecentCalls, RecentCallsParts } from "./recent-calls";
import { Unmapped } from "./unmapped";
import { UnmappedGoals } from "./unmapped-goals";

const IntegrationQuery = graphql(
  `
    query StaffIntegration($id: ID!) {
      node(id: $id) {
        ... on Integration {
          id
          key
          name
          url
          ...RecentCallsParts
          platform {
            ...PlatformParts
          }
          handOver {
            goal
            url
          }
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
          defaultStatuses {
            from
            to
          }
          tellApart
          unmappedStatuses {
            word
            count
          }
          unmappedGoals {
            word
            count
            refused
            reason
            recorded
            mappedTo {
              key
              name
            }
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
  `,
  [PlatformParts, RecentCallsParts],
);

type Integration = Extract<NonNullable<ResultOf<typeof IntegrationQuery>["node"]>, { snippets: unknown }>;

const route = getRouteApi("/shell/staff/integrations/$id");

export function IntegrationPage(): ReactElement {
  const { id } = route.useParams();
  const [used, setUsed] = useState<readonly string[]>([]);
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
        <UnmappedGoals integrationId={integration.id} goals={integration.unmappedGoals} onChanged={again} />
        {integration.unmappedStatuses.length > 0 && (
          <Unmapped
            integrationId={integration.id}
            words={integration.statusMapping}
            waiting={integration.unmappedStatuses}
            onMapped={again}
          />
        )}
        <HandOver
          key={integration.handOver.map(({ url }) => url).join(" ")}
          integration={integration}
          onChanged={again}
        />
        <Arrivals integration={integration} onChanged={again} />
        <RecentCalls
          integrationId={integration.id}
          recent={integration.recentCalls}
          onUse={(name) => {
            setUsed((before) => [...before.filter((other) => other !== name), name]);
          }}
        />
        <Instructions integration={integration} />
        <IntegrationSecrets integrationId={integration.id} secrets={integration.secrets} onRotated={again} />
        <Panel title="Authentication and mapping">
          <IntegrationForm
            key={`${integration.id} ${String(integration.archivedAt)} ${integration.platform.key}`}
            integration={integration}
            used={used}
            onSaved={() => {
              setUsed([]);
              again();
            }}
          />
        </Panel>
      </PageBody>
    </>
  );
}

/** How an operator that writes a program of its own reports: in its own language. */
function Instructions({ integration }: { integration: Integration }): ReactElement {
  return (
    <Panel title="For an operator with a program of its own">
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
