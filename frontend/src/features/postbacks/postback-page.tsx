import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, CircleHelp, Trash2, TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation, useQuery } from "urql";

import { useLiveDeliveries } from "@/components/records/live-deliveries";
import type { DeliveryRowData } from "@/components/records/delivery-row";
import { holdInWords, reasonInWords } from "@/components/records/reasons";
import { Badge, StateBadge, stateWord, StatusCode } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Confirm } from "@/components/ui/dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { formatDuration, formatNumber, formatPercent } from "@/components/ui/format";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, Note } from "@/components/ui/states";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { TemplateText } from "@/components/ui/url-text";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { formErrors, noErrors } from "@/graphql/user-errors";

import { type Draft, missing, toUpdateInput } from "./draft";
import { DeletePostback, PostbackParts, UpdatePostback } from "./mutations";
import { fieldNames } from "./new-postback-page";
import { PostbackForm } from "./postback-form";
import { postbackTabs } from "./search";

const PostbackQuery = graphql(
  `
    query Postback($id: ID!) {
      node(id: $id) {
        ... on Postback {
          id
          ...PostbackParts
          signingSecret
          versions {
            id
            number
            urlTemplate
            method
            statuses
            enabled
            createdAt
            author {
              id
              email
            }
          }
        }
      }
    }
  `,
  [PostbackParts],
);

type Node = NonNullable<ResultOf<typeof PostbackQuery>["node"]>;
type Postback = Extract<Node, { versions: unknown }>;

const route = getRouteApi("/shell/postbacks/$id");

export function PostbackPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: PostbackQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  if (node && "versions" in node) return <Loaded key={node.id} postback={node} />;
  if (error) {
    return (
      <ErrorState
        title="The postback could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (fetching) return <SkeletonBlock label="Loading the postback" lines={8} />;
  return (
    <EmptyState
      icon={CircleHelp}
      title="There is no such postback"
      action={
        <Link to="/postbacks" className={buttonClass()}>
          All postbacks
        </Link>
      }
    >
      It was deleted, or it belongs to somebody else.
    </EmptyState>
  );
}

function toDraft(postback: Postback): Draft {
  return {
    name: postback.name,
    scope: postback.scope,
    offerId: postback.offer?.id ?? null,
    campaignId: postback.campaign?.id ?? null,
    goals: [postback.goal.key],
    urlTemplate: postback.urlTemplate,
    method: postback.method,
    statuses: postback.statuses.filter((status) => status !== "UNKNOWN"),
    enabled: postback.enabled,
    rule: postback.bodyRule?.kind ?? "NONE",
    rulePath: postback.bodyRule?.path ?? "",
    ruleValue: postback.bodyRule?.value ?? "",
  };
}

function placeOf(postback: Postback): string {
  if (postback.scope === "OFFER") return postback.offer?.name ?? "one offer";
  if (postback.scope === "CAMPAIGN") return postback.campaign?.name ?? "one campaign";
  return "every campaign";
}

function Loaded({ postback }: { postback: Postback }): ReactElement {
  const { tab } = route.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <PageHead
        title={postback.name || `${postback.goal.name} to ${postback.host}`}
        aside={<Delete postback={postback} />}
      >
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/postbacks" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Postbacks
          </Link>
          <span>
            {postback.goal.name} in {placeOf(postback)}
          </span>
          {!postback.enabled && <Badge>Off</Badge>}
        </span>
      </PageHead>
      <PageBody>
        {postback.holdReason !== null && (
          <Note tone="held" icon={TriangleAlert}>
            {holdInWords(postback.holdReason)}
          </Note>
        )}
        <Tabs
          label="Parts of the postback"
          selected={tab ?? "edit"}
          onSelect={(next) => {
            const chosen = postbackTabs.find((t) => t === next);
            void navigate({
              to: "/postbacks/$id",
              params: { id: postback.id },
              search: chosen === undefined || chosen === "edit" ? {} : { tab: chosen },
              replace: true,
            });
          }}
          tabs={[
            { id: "edit", label: "Edit", content: <Edit postback={postback} /> },
            { id: "deliveries", label: "Deliveries", content: <Deliveries postbackId={postback.id} /> },
            {
              id: "versions",
              label: `Versions (${formatNumber(postback.versions.length)})`,
              content: <Versions versions={postback.versions} />,
            },
            { id: "health", label: "Health", content: <Health postback={postback} /> },
          ]}
        />
      </PageBody>
    </>
  );
}

function Edit({ postback }: { postback: Postback }): ReactElement {
  const [draft, setDraft] = useState(() => toDraft(postback));
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, update] = useMutation(UpdatePostback);

  const submit = async () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked below." });
      return;
    }
    setErrors(noErrors);
    const { data, error } = await update({ input: toUpdateInput(postback.id, draft) });
    const saved = data?.updatePostback.postback;
    if (saved) {
      toast(`Saved as version ${String(saved.version)}; what was queued before goes out as it was`);
      return;
    }
    setErrors(
      error
        ? { fields: {}, general: explain(error) }
        : formErrors(data?.updatePostback.userErrors ?? [], fieldNames),
    );
  };

  return (
    <div className="flex flex-col gap-4">
      <PostbackForm
        draft={draft}
        onChange={setDraft}
        errors={errors}
        onSubmit={() => void submit()}
        isSaving={fetching}
        submitLabel="Save"
        severalGoals={false}
        postbackId={postback.id}
      />
      {postback.signingSecret !== null && (
        <Panel title="Signing secret">
          <p className="mb-2 text-muted">
            Every POST is signed with it, in the way of Standard Webhooks, so that your tracker can tell ours
            from others.
          </p>
          <span className="flex items-center gap-2">
            <span className="min-w-0 rounded-md border bg-sunken px-3 py-1.5 font-mono text-sm break-all">
              {postback.signingSecret}
            </span>
            <CopyButton text={postback.signingSecret} what="the signing secret" />
          </span>
        </Panel>
      )}
    </div>
  );
}

const deliveryColumns: Column<DeliveryRowData>[] = [
  {
    id: "time",
    header: "Queued",
    lead: true,
    cell: (row) => (
      <Link to="/deliveries/$id" params={{ id: row.id }} className={rowLinkClass}>
        <Time at={row.createdAt} />
      </Link>
    ),
  },
  { id: "state", header: "State", trail: true, cell: (row) => <StateBadge state={row.state} plain /> },
  {
    id: "campaign",
    header: "Campaign",
    cell: (row) => <span className="text-muted">{row.campaign?.name ?? "Default link"}</span>,
  },
  { id: "code", header: "Code", cell: (row) => <StatusCode code={row.statusCode} /> },
  {
    id: "took",
    header: "Took",
    align: "right",
    cell: (row) => (row.durationMs === null ? "–" : formatDuration(row.durationMs)),
  },
  { id: "tries", header: "Tries", align: "right", deskOnly: true, cell: (row) => row.attemptCount },
];

function Deliveries({ postbackId }: { postbackId: string }): ReactElement {
  const live = useLiveDeliveries({ postbackIds: [postbackId] }, true, 25);
  if (live.status === "failed") {
    return (
      <ErrorState
        title="The deliveries could not be fetched"
        message={live.error ?? ""}
        onRetry={live.retry}
      />
    );
  }
  if (live.status === "ready" && live.rows.length === 0) {
    return (
      <EmptyState icon={CircleHelp} title="It has not fired yet">
        Its deliveries show up here as they happen.
      </EmptyState>
    );
  }
  return (
    <Panel
      title="The latest, live"
      flush
      aside={
        <Link to="/deliveries" search={{ postback: postbackId }} className={buttonClass("quiet", "sm")}>
          In the log
        </Link>
      }
    >
      <Table
        label="Deliveries of this postback, newest first"
        columns={deliveryColumns}
        rows={live.rows.slice(0, 25)}
        rowId={(row) => row.id}
        loading={live.status === "loading"}
      />
    </Panel>
  );
}

function Versions({ versions }: { versions: Postback["versions"] }): ReactElement {
  return (
    <ol className="flex flex-col divide-y rounded-md border bg-surface">
      {versions.map((version) => (
        <li key={version.id} className="flex flex-col gap-1 px-4 py-3">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">Version {version.number}</span>
            <span className="text-muted">
              <Time at={version.createdAt} form="full" />
              {version.author && ` by ${version.author.email}`}
            </span>
          </div>
          <TemplateText template={version.urlTemplate} />
          <span className="text-muted">
            {version.method}, {version.statuses.map((s) => stateWord(s).toLowerCase()).join(", ")},{" "}
            {version.enabled ? "on" : "off"}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Health({ postback }: { postback: Postback }): ReactElement {
  const { health } = postback;
  return (
    <Panel title="The last 24 hours">
      <Facts>
        <Fact name="Success rate">
          {health.successRate === null ? "Nothing has ended yet" : formatPercent(health.successRate)}
        </Fact>
        <Fact name="Delivered">{formatNumber(health.delivered)}</Fact>
        <Fact name="Failed">{formatNumber(health.failed)}</Fact>
        <Fact name="Waiting">{formatNumber(health.waiting)}</Fact>
        <Fact name="Time to deliver">
          {health.p50Ms === null
            ? "–"
            : `${formatDuration(health.p50Ms)} at the median, ${formatDuration(health.p95Ms ?? health.p50Ms)} at p95`}
        </Fact>
        <Fact name="Last failure">
          {health.lastFailureAt === null ? (
            "None"
          ) : (
            <>
              <Time at={health.lastFailureAt} form="full" />
              {health.lastFailureReason !== null && (
                <span className="text-muted">: {reasonInWords(health.lastFailureReason)}</span>
              )}
            </>
          )}
        </Fact>
      </Facts>
    </Panel>
  );
}

function Delete({ postback }: { postback: Postback }): ReactElement {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const [{ fetching }, remove] = useMutation(DeletePostback);

  const confirm = async () => {
    const { data, error } = await remove({ input: { id: postback.id } });
    if (data?.deletePostback.deletedId != null) {
      toast(`Deleted the postback for ${postback.goal.name}`);
      await navigate({ to: "/postbacks" });
      return;
    }
    setAsking(false);
    toast(
      error ? explain(error) : (data?.deletePostback.userErrors ?? []).map((e) => e.message).join(" "),
      "failed",
    );
  };

  return (
    <>
      <Button
        icon={Trash2}
        onPress={() => {
          setAsking(true);
        }}
      >
        Delete
      </Button>
      <Confirm
        title="Delete this postback"
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action="Delete it"
        danger
        isPending={fetching}
      >
        {postback.host} is no longer told of {postback.goal.name} in {placeOf(postback)}. What was delivered
        stays in the log. To stop it for a while, switch it off instead.
      </Confirm>
    </>
  );
}
