import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, PlugZap } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, Table } from "@/components/ui/table";
import { Segmented } from "@/components/ui/segmented";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { ResultBadge } from "./result-badge";
import { SourceForm } from "./source-form";
import { SourceSecrets } from "./source-secrets";
import { Unmapped } from "./unmapped";
import { useArrivals } from "./use-arrivals";

const SourceQuery = graphql(`
  query StaffSource($id: ID!) {
    node(id: $id) {
      ... on Source {
        id
        key
        name
        url
        enabled
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
        parameterNames {
          from
          to
        }
        goalWords {
          from
          to
        }
        statusWords {
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
        }
      }
    }
  }
`);

const ArrivedQuery = graphql(`
  query StaffSourceCalls($id: ID!) {
    receivedPostbacks(first: 10, filter: { sourceIds: [$id] }) {
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

type Source = Extract<NonNullable<ResultOf<typeof SourceQuery>["node"]>, { snippets: unknown }>;
type Call = NonNullable<ResultOf<typeof ArrivedQuery>["receivedPostbacks"]>["edges"][number]["node"];

const route = getRouteApi("/shell/staff/sources/$id");

export function SourcePage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error }, refetch] = useQuery({
    query: SourceQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const again = () => {
    refetch({ requestPolicy: "network-only" });
  };
  if (error && !data)
    return <ErrorState title="The source could not be fetched" message={explain(error)} onRetry={again} />;
  if (!data) return <SkeletonBlock label="Loading the source" lines={8} />;
  if (!data.node || !("snippets" in data.node)) {
    return (
      <EmptyState icon={PlugZap} title="There is no such source">
        It may have been mistyped.
      </EmptyState>
    );
  }
  const source = data.node;
  return (
    <>
      <PageHead
        title={source.name}
        aside={
          <Badge tone={!source.enabled ? "queued" : source.testMode ? "held" : "delivered"}>
            {!source.enabled ? "Off" : source.testMode ? "Test mode" : "On"}
          </Badge>
        }
      >
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/staff/sources" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Sources
          </Link>
          {source.offer.operator} · {source.offer.name}
        </span>
      </PageHead>
      <PageBody className="max-w-5xl">
        <HandOver source={source} />
        <Arrivals id={source.id} />
        {source.unmappedStatuses.length > 0 && (
          <Unmapped
            sourceId={source.id}
            words={source.statusWords}
            waiting={source.unmappedStatuses}
            onMapped={again}
          />
        )}
        <SourceSecrets sourceId={source.id} secrets={source.secrets} onRotated={again} />
        <Panel title="What it must prove, and what its words mean">
          <SourceForm key={source.id} source={source} onSaved={again} />
        </Panel>
      </PageBody>
    </>
  );
}

const languages = [
  { id: "curl", label: "curl" },
  { id: "php", label: "PHP" },
  { id: "python", label: "Python" },
  { id: "go", label: "Go" },
];

function HandOver({ source }: { source: Source }): ReactElement {
  const [language, setLanguage] = useState("curl");
  const code = source.snippets.find((s) => s.language === language)?.code ?? "";
  return (
    <Panel title="Hand over to the operator">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 font-mono text-sm break-all">{source.url}</span>
          <CopyButton text={source.url} what="the address" words />
        </div>
        <Segmented label="Language" hideLabel value={language} onChange={setLanguage} choices={languages} />
        <CodeBlock what={`The call in ${language}`} code={code} />
        <p className="text-muted">
          {source.requireToken && (
            <>
              <code>TOKEN</code> is the token,{" "}
            </>
          )}
          {source.requireSignature && (
            <>
              <code>KEY</code> the signing key,{" "}
            </>
          )}
          <code>CLICK_ID</code> what our landing URL carried as <code>{"{click_id}"}</code>. Calling twice is
          safe.
        </p>
      </div>
    </Panel>
  );
}

function Arrivals({ id }: { id: string }): ReactElement {
  const [{ data, fetching }, refetch] = useQuery({
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
    { id: "reason", header: "Why", cell: (row) => <span className="text-muted">{row.reason}</span> },
    {
      id: "said",
      header: "What it said",
      deskOnly: true,
      cell: (row) => (
        <span className="line-clamp-1 font-mono text-sm break-all">{row.query || row.body}</span>
      ),
    },
  ];
  return (
    <Panel
      flush
      title="What arrives, live"
      aside={
        <Link to="/staff/received" search={{ source: id }}>
          All of it
        </Link>
      }
    >
      <div aria-live="polite">
        {rows.length === 0 && !fetching ? (
          <p className="p-4 text-muted">Nothing yet. The first call appears here by itself.</p>
        ) : (
          <Table label="What arrives" columns={columns} rows={rows} rowId={(row) => row.id} loading={!data} />
        )}
      </div>
    </Panel>
  );
}
