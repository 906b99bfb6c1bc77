import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import {
  ArrowLeft,
  CircleHelp,
  GitBranch,
  Link2,
  MousePointerClick,
  Pause,
  Play,
  Plus,
  Radio,
} from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useMutation, useQuery } from "urql";

import { CopyLink } from "@/components/records/copy-link";
import { Badge, StateBadge, stateWord } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { CapToday } from "@/components/ui/cap-today";
import { Confirm } from "@/components/ui/dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { formatMoney, sentenceCase } from "@/components/ui/format";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { TemplateText } from "@/components/ui/url-text";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { formErrors, noErrors } from "@/graphql/user-errors";
import { useIsStaff } from "@/graphql/viewer";

import { Numbers } from "./numbers";

const CampaignQuery = graphql(`
  query Campaign($id: ID!) {
    node(id: $id) {
      ... on Campaign {
        id
        name
        state
        dailyCap
        usedToday
        createdAt
        affiliate {
          id
          name
        }
        link {
          id
          url
          urlWithToken
        }
        offer {
          id
          name
          operator
          vertical
          currency
          deal {
            id
            model
            percent
            amount {
              amount
              currency
            }
          }
        }
        postbacks {
          id
          name
          urlTemplate
          enabled
          statuses
          goal {
            id
            name
          }
        }
        firingPostbacks {
          id
          name
          scope
          urlTemplate
          enabled
          statuses
          goal {
            id
            name
          }
        }
        missingGoals {
          id
          key
          name
          trigger
        }
      }
    }
  }
`);

const UpdateCampaign = mutation(
  graphql(`
    mutation UpdateCampaign($input: UpdateCampaignInput!) {
      updateCampaign(input: $input) {
        campaign {
          id
          name
          state
          dailyCap
          usedToday
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "campaigns",
  "postbackGaps",
);

type Node = NonNullable<ResultOf<typeof CampaignQuery>["node"]>;
type Campaign = Extract<Node, { missingGoals: unknown }>;

const route = getRouteApi("/shell/campaigns/$id");

export function CampaignPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: CampaignQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  if (node && "missingGoals" in node) return <Loaded campaign={node} />;
  if (error) {
    return (
      <ErrorState
        title="The campaign could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (fetching) return <SkeletonBlock label="Loading the campaign" lines={8} />;
  return (
    <EmptyState
      icon={CircleHelp}
      title="There is no such campaign"
      action={
        <Link to="/campaigns" className={buttonClass()}>
          All campaigns
        </Link>
      }
    >
      It was deleted, or it belongs to another account.
    </EmptyState>
  );
}

const models = { CPA: "CPA", CPL: "CPL", REVSHARE: "RevShare", HYBRID: "Hybrid" } as const;

function dealInWords(deal: NonNullable<Campaign["offer"]["deal"]>): string {
  const parts = [
    deal.amount &&
      `${formatMoney(deal.amount.amount, deal.amount.currency)} per ${deal.model === "CPL" ? "approved lead" : "qualified player"}`,
    deal.percent !== null && `${deal.percent} % of NGR`,
  ].filter(Boolean);
  return `${models[deal.model]}: ${parts.join(" and ")}`;
}

function Loaded({ campaign }: { campaign: Campaign }): ReactElement {
  const isStaff = useIsStaff();
  const { offer, link, postbacks, missingGoals } = campaign;
  const inherited = campaign.firingPostbacks.filter(({ scope }) => scope !== "CAMPAIGN");
  const { hash } = useLocation();
  const panels = useRef<HTMLDivElement>(null);
  // Its postbacks were asked for: they stand below its numbers.
  useEffect(() => {
    if (hash === "postbacks") panels.current?.scrollIntoView({ block: "start" });
  }, [hash]);
  return (
    <>
      <PageHead title={campaign.name} aside={<RunSwitch campaign={campaign} />}>
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/campaigns" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Campaigns
          </Link>
          <StateBadge state={campaign.state} />
        </span>
      </PageHead>
      <PageBody className="grid items-start lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Numbers id={campaign.id} />
          <Panel
            title="Tracking link"
            aside={
              <Link to="/links" search={{ campaign: campaign.id }} className={buttonClass("quiet", "sm")}>
                <Link2 aria-hidden className="size-4" />
                Add params
              </Link>
            }
          >
            <div className="flex items-center gap-2">
              <span
                translate="no"
                className="min-w-0 flex-1 rounded-md border bg-sunken px-3 py-2 font-mono text-sm break-all"
              >
                {link.urlWithToken}
              </span>
              <CopyLink link={link} what="the tracking link" />
            </div>
            <p className="mt-2 text-muted">
              Pass your tracker&apos;s click id in param_1: without it, postbacks cannot be matched to a click
              in your tracker.
            </p>
          </Panel>
          <div ref={panels} id="postbacks" className="-mb-4 scroll-mt-4" />
          <Panel
            title="Campaign postbacks"
            flush
            aside={
              <Link
                to="/postbacks/new"
                search={{ campaign: campaign.id }}
                className={buttonClass("quiet", "sm")}
              >
                <Plus aria-hidden className="size-4" />
                Add postback
              </Link>
            }
          >
            {postbacks.length === 0 ? (
              <p className="p-4 text-muted">
                {inherited.length === 0
                  ? "No postback fires for this campaign: your tracker learns nothing of its conversions."
                  : "None of its own: those below fire."}
              </p>
            ) : (
              <Postbacks of={postbacks} />
            )}
          </Panel>
          {inherited.length > 0 && (
            <Panel title="Also fire for this campaign" flush>
              <Postbacks of={inherited} />
            </Panel>
          )}
          {missingGoals.length > 0 && (
            <Panel title="Goals without a postback" flush>
              <ul className="divide-y">
                {missingGoals.map((goal) => (
                  <li key={goal.id} className="flex items-center gap-3 px-4 py-2">
                    <div className="min-w-0 flex-1">
                      <p className="font-medium">{goal.name}</p>
                      <p className="text-muted">{goal.trigger}</p>
                    </div>
                    <Link
                      to="/postbacks/new"
                      search={{ campaign: campaign.id, goal: goal.key }}
                      className={buttonClass("plain", "sm")}
                    >
                      <Plus aria-hidden className="size-4" />
                      Add <span className="sr-only">postback for {goal.name}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title="Campaign">
            <Facts>
              {isStaff && <Fact name="Affiliate">{campaign.affiliate.name}</Fact>}
              <Fact name="Offer">{offer.name}</Fact>
              <Fact name="Operator">{offer.operator}</Fact>
              <Fact name="Vertical">
                {offer.vertical === "EWALLET" ? "eWallet" : sentenceCase(offer.vertical)}
              </Fact>
              <Fact name="Deal">{offer.deal ? dealInWords(offer.deal) : "No deal"}</Fact>
              {campaign.dailyCap !== null && (
                <Fact name="Daily cap (UTC)">
                  <CapToday most={campaign.dailyCap} taken={campaign.usedToday} />
                </Fact>
              )}
              <Fact name="Created">
                <Time at={campaign.createdAt} />
              </Fact>
            </Facts>
            <div className="mt-4 flex flex-wrap gap-2 border-t pt-4">
              <Link
                to="/deliveries"
                search={{ campaign: campaign.id }}
                className={buttonClass("plain", "sm")}
              >
                <Radio aria-hidden className="size-4" />
                Deliveries
              </Link>
              <Link
                to="/conversions"
                search={{ campaign: campaign.id }}
                className={buttonClass("plain", "sm")}
              >
                <GitBranch aria-hidden className="size-4" />
                Conversions
              </Link>
              <Link to="/clicks" search={{ campaign: campaign.id }} className={buttonClass("plain", "sm")}>
                <MousePointerClick aria-hidden className="size-4" />
                Clicks
              </Link>
            </div>
          </Panel>
          <Rename key={campaign.name} campaign={campaign} />
          {isStaff && <Cap key={String(campaign.dailyCap)} campaign={campaign} />}
        </div>
      </PageBody>
    </>
  );
}

type Fires = Campaign["postbacks"][number] | Campaign["firingPostbacks"][number];

function Postbacks({ of }: { of: readonly Fires[] }): ReactElement {
  return (
    <ul className="divide-y">
      {of.map((postback) => (
        <li key={postback.id} className="flex flex-col gap-1 px-4 py-2.5">
          <div className="flex flex-wrap items-center gap-2">
            <Link to="/postbacks/$id" params={{ id: postback.id }} className="link font-medium">
              {postback.name || postback.goal.name}
            </Link>
            <span className="text-muted">
              {postback.goal.name}, {postback.statuses.map((s) => stateWord(s).toLowerCase()).join(", ")}
            </span>
            {"scope" in postback && (
              <Badge>{postback.scope === "GLOBAL" ? "Global" : "All campaigns on the offer"}</Badge>
            )}
            {!postback.enabled && <Badge>Off</Badge>}
          </div>
          <TemplateText template={postback.urlTemplate} />
        </li>
      ))}
    </ul>
  );
}

function RunSwitch({ campaign }: { campaign: Campaign }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const [{ fetching }, update] = useMutation(UpdateCampaign);
  const isActive = campaign.state === "ACTIVE";

  const set = async () => {
    const { data, error } = await update({
      input: { id: campaign.id, state: isActive ? "PAUSED" : "ACTIVE" },
    });
    setAsking(false);
    if (data?.updateCampaign.campaign) {
      toast(isActive ? `Paused ${campaign.name}` : `Resumed ${campaign.name}`);
    } else {
      toast(
        error ? explain(error) : (data?.updateCampaign.userErrors ?? []).map((e) => e.message).join(" "),
        "failed",
      );
    }
  };

  if (!isActive) {
    return (
      <Button icon={Play} writes isPending={fetching} onPress={() => void set()}>
        Resume
      </Button>
    );
  }
  return (
    <>
      <Button
        writes
        icon={Pause}
        onPress={() => {
          setAsking(true);
        }}
      >
        Pause
      </Button>
      <Confirm
        title={`Pause ${campaign.name}`}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void set()}
        action="Pause campaign"
        isPending={fetching}
      >
        New clicks on its link go to the offer&apos;s fallback URL and are not counted. Conversions of earlier
        clicks are still recorded and sent.
      </Confirm>
    </>
  );
}

function Rename({ campaign }: { campaign: Campaign }): ReactElement {
  const [name, setName] = useState(campaign.name);
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, update] = useMutation(UpdateCampaign);

  const submit = async () => {
    const { data, error } = await update({ input: { id: campaign.id, name } });
    if (data?.updateCampaign.campaign) toast(`Renamed to ${name}`);
    else if (error) setErrors({ fields: { name: explain(error) }, general: null });
    else {
      const found = formErrors(data?.updateCampaign.userErrors ?? [], ["name"]);
      setErrors({ ...found, fields: { name: found.fields["name"] ?? found.general ?? "" } });
    }
  };

  return (
    <Panel title="Name">
      <Form className="flex items-end gap-2" onSubmit={() => void submit()}>
        <TextField
          label="Name"
          hideLabel
          value={name}
          onChange={setName}
          isRequired
          error={errors.fields["name"]}
          className="flex-1"
        />
        <Button type="submit" isDisabled={name.trim() === campaign.name} isPending={fetching}>
          Rename
        </Button>
      </Form>
    </Panel>
  );
}

/** How many conversions that pay a day takes: staff set it. */
function Cap({ campaign }: { campaign: Campaign }): ReactElement {
  const [most, setMost] = useState(String(campaign.dailyCap ?? ""));
  const [fault, setFault] = useState<string>();
  const [{ fetching }, update] = useMutation(UpdateCampaign);

  const submit = async () => {
    const { data, error } = await update({ input: { id: campaign.id, dailyCap: Number(most) || 0 } });
    if (data?.updateCampaign.campaign) toast(most === "" ? "Daily cap removed" : `Daily cap: ${most}`);
    else setFault(error ? explain(error) : data?.updateCampaign.userErrors.map((e) => e.message).join(" "));
  };

  return (
    <Panel title="Daily cap">
      <Form className="flex items-end gap-2" onSubmit={() => void submit()}>
        <TextField
          label="Paid conversions per day (UTC)"
          hint="Over the cap, conversions are recorded but not paid, and clicks go to the offer's fallback URL. Empty: no cap."
          value={most}
          onChange={setMost}
          inputMode="numeric"
          error={fault}
          className="flex-1"
        />
        <Button type="submit" isPending={fetching}>
          Set
        </Button>
      </Form>
    </Panel>
  );
}
