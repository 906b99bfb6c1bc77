import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { useArchived } from "@/components/records/archived";
import { FilterBar } from "@/components/records/list-page";
import { Listing } from "@/components/records/listing";
import { Badge } from "@/components/ui/badge";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogButton } from "@/components/ui/dialog-button";
import { PageHead } from "@/components/ui/page";
import { aboveRowLink, type Column, rowLinkClass, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { NewIntegration } from "./new-integration";

const IntegrationsQuery = graphql(`
  query StaffIntegrations($archived: Boolean) {
    integrations(archived: $archived) {
      id
      key
      name
      url
      enabled
      testMode
      requireHttps
      requireToken
      requireSignature
      allowedAddresses
      rateLimit
      offer {
        id
        name
        operator
      }
      unmappedStatuses {
        word
        count
      }
      unmappedGoals {
        word
        count
      }
    }
  }
`);

type Integration = NonNullable<ResultOf<typeof IntegrationsQuery>["integrations"]>[number];

function proofs(integration: Integration): string {
  const list = [
    integration.requireToken && "token",
    integration.requireSignature && "signature",
    integration.allowedAddresses.length > 0 && "address",
    integration.requireHttps && "HTTPS",
  ].filter(Boolean);
  const text = list.length === 0 ? "none: open to anybody" : list.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const columns: Column<Integration>[] = [
  {
    id: "name",
    header: "Integration",
    lead: true,
    cell: (row) => (
      <Link to="/staff/integrations/$id" params={{ id: row.id }} className={rowLinkClass}>
        {row.name}
      </Link>
    ),
  },
  {
    id: "state",
    header: "State",
    trail: true,
    cell: (row) =>
      !row.enabled ? (
        <Badge tone="queued">Off</Badge>
      ) : row.testMode ? (
        <Badge tone="held">Test mode</Badge>
      ) : row.unmappedStatuses.length > 0 ? (
        <Badge tone="retrying">Unmapped statuses</Badge>
      ) : row.unmappedGoals.some(({ count }) => count > 0) ? (
        <Badge tone="retrying">Unmapped goals</Badge>
      ) : (
        <Badge tone="delivered">On</Badge>
      ),
  },
  {
    id: "operator",
    header: "Operator",
    cell: (row) => <span className="text-muted">{row.offer.operator}</span>,
  },
  { id: "proof", header: "Authentication", cell: (row) => proofs(row) },
  {
    id: "url",
    header: "URL",
    deskOnly: true,
    cell: (row) => (
      <span className="flex items-center gap-1">
        <span translate="no" className="truncate font-mono text-sm text-muted">
          {row.url}
        </span>
        <span className={aboveRowLink}>
          <CopyButton text={row.url} what={`the URL of ${row.name}`} />
        </span>
      </span>
    ),
  },
];

export function IntegrationsPage(): ReactElement {
  const navigate = useNavigate();
  const { archived, choice } = useArchived();
  const [{ data, error }, refetch] = useQuery({
    query: IntegrationsQuery,
    variables: { archived },
    requestPolicy: "cache-and-network",
  });
  const rows = data?.integrations ?? [];
  const create = (
    <DialogButton
      look="primary"
      label="New integration"
      wide
      renderContent={() => (
        <NewIntegration
          onMade={(id, name) => {
            toast(`Created ${name}; send its URL to the operator`);
            void navigate({ to: "/staff/integrations/$id", params: { id } });
          }}
        />
      )}
    />
  );
  return (
    <>
      <PageHead title="Integrations" aside={create}>
        Where operators send conversions: a URL each, with its authentication and mapping.
      </PageHead>
      <FilterBar>{choice}</FilterBar>
      <Listing
        what="The integrations"
        error={data ? undefined : error}
        isEmpty={data !== undefined && rows.length === 0}
        empty={
          archived
            ? { title: "No archived integration", words: "Archive an integration on its page." }
            : {
                title: "No integration yet",
                words: "An integration is the URL that an operator sends conversions to.",
                action: create,
              }
        }
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      >
        <Table label="Integrations" columns={columns} rows={rows} rowId={(row) => row.id} loading={!data} />
      </Listing>
    </>
  );
}
