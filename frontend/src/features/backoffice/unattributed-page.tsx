import { Link } from "@tanstack/react-router";
import { Wand2 } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useMutation, useQuery } from "urql";

import { PagedListing } from "@/components/records/listing";
import { UndoAttribution } from "@/components/records/undo-attribution";
import { usePaged } from "@/components/records/use-paged";
import { Button } from "@/components/ui/button";
import { CheckboxGroup, Checkbox } from "@/components/ui/checkbox";
import { Confirm, Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Money } from "@/components/ui/money";
import { PageHead } from "@/components/ui/page";
import { ShortId } from "@/components/ui/short-id";
import { aboveRowLink, type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { sentence } from "@/graphql/user-errors";

import { AttributionPreview } from "./attribution-preview";
import { GeneralError } from "@/components/ui/general-error";
import { useSave } from "@/components/records/use-save";

const UnattributedQuery = graphql(`
  query StaffUnattributed($after: String) {
    conversions(first: 50, after: $after, filter: { unattributed: true }) {
      edges {
        node {
          id
          conversionId
          transactionId
          receivedAt
          status
          goal {
            id
            name
          }
          amount {
            amount
            currency
          }
          integration {
            id
            name
          }
          proposals {
            kind
            reason
            click {
              id
              clickId
              param1
              affiliate {
                id
                name
              }
              campaign {
                id
                name
              }
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const Attribute = mutation(
  graphql(`
    mutation StaffAttribute($input: AttributeConversionInput!) {
      attributeConversion(input: $input) {
        conversion {
          id
          attributedBy
          deliveries {
            id
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "conversions",
  "conversionTotals",
  "conversionTrace",
  "node",
);

const ByRule = mutation(
  graphql(`
    mutation StaffAttributeByRule($input: AttributeByRuleInput!) {
      attributeByRule(input: $input) {
        count
        considered
        userErrors {
          field
          message
        }
      }
    }
  `),
  "conversions",
  "conversionTotals",
  "conversionTrace",
  "node",
);

const FindClick = graphql(`
  query StaffFindClick($search: String!) {
    clicks(first: 5, filter: { search: $search }) {
      edges {
        node {
          id
          clickId
          clickedAt
          param1
          affiliate {
            id
            name
          }
        }
      }
    }
  }
`);

const unattributedPages = {
  query: UnattributedQuery,
  list: (data: ResultOf<typeof UnattributedQuery>) => data.conversions,
};

type Orphan = ResultOf<typeof UnattributedQuery>["conversions"]["edges"][number]["node"];

interface Choice {
  orphan: Orphan;
  clickId: string;
  of: string;
  reason: string;
}

export function UnattributedPage(): ReactElement {
  const [chosen, setChosen] = useState<Choice | null>(null);
  const [byHand, setByHand] = useState<Orphan | null>(null);
  const [isByRule, setByRule] = useState(false);
  const [undoing, setUndoing] = useState<string | null>(null);
  const told = useRef<() => void>(() => undefined);
  // Its Undo is this page's.
  useEffect(
    () => () => {
      told.current();
    },
    [],
  );
  const list = usePaged(unattributedPages, {});
  const { errors, isSaving, save } = useSave(Attribute, "attributeConversion");
  const rows = list.rows.filter((row) => row.integration !== null);

  const attribute = async ({ orphan, clickId, reason, of }: Choice) => {
    const payload = await save({ conversionId: orphan.id, clickId, reason });
    if (!payload) return;
    const fired = payload.conversion?.deliveries.length ?? 0;
    told.current = toast(
      `Attributed to ${of}; ${fired === 1 ? "1 postback fires" : `${String(fired)} postbacks fire`}`,
      "done",
      {
        label: "Undo…",
        onPress: () => {
          setUndoing(orphan.id);
        },
      },
    );
    setChosen(null);
    list.refetch();
  };

  const columns: Column<Orphan>[] = [
    {
      id: "at",
      header: "Received",
      lead: true,
      width: "11rem",
      cell: (row) => (
        <Link to="/conversions/$id" params={{ id: row.id }} className={rowLinkClass}>
          <Time at={row.receivedAt} />
        </Link>
      ),
    },
    { id: "goal", header: "Goal", trail: true, cell: (row) => row.goal.name },
    {
      id: "amount",
      header: "Amount",
      align: "right",
      label: "amount",
      cell: (row) => <Money value={row.amount} />,
    },
    {
      id: "integration",
      header: "Integration",
      cell: (row) => <span className="text-muted">{row.integration?.name}</span>,
    },
    {
      id: "transaction",
      header: "Transaction",
      deskOnly: true,
      cell: (row) =>
        row.transactionId === null ? (
          <span className="text-faint">–</span>
        ) : (
          <ShortId id={row.transactionId} />
        ),
    },
    {
      id: "proposals",
      header: "Likely click",
      cell: (row) => (
        <div className={`${aboveRowLink} flex flex-col gap-1`}>
          {(row.proposals ?? []).map(({ click, reason }) =>
            click ? (
              <span key={click.id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Button
                  size="sm"
                  onPress={() => {
                    setChosen({ orphan: row, clickId: click.id, of: click.affiliate.name, reason });
                  }}
                >
                  {click.affiliate.name}
                </Button>
                <span className="text-sm text-muted">{reason}</span>
              </span>
            ) : null,
          )}
          <span>
            <Button
              size="sm"
              onPress={() => {
                setByHand(row);
              }}
            >
              {(row.proposals ?? []).length === 0 ? "No match: choose a click…" : "Another click…"}
            </Button>
          </span>
        </div>
      ),
    },
  ];

  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      <PageHead
        title="Unattributed"
        aside={
          <Button
            icon={Wand2}
            onPress={() => {
              setByRule(true);
            }}
          >
            Attribute by rule…
          </Button>
        }
      >
        Conversions without a matching click. Once attributed, their postbacks fire.
      </PageHead>
      <PagedListing
        what="The unattributed conversions"
        list={{ ...list, isEmpty: rows.length === 0 && !list.fetching && !list.hasNext }}
        empty={{
          title: "Nothing to attribute",
          words: "Conversions without a click wait here.",
        }}
      >
        <Table
          label="Unattributed conversions"
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          loading={list.fetching && rows.length === 0}
        />
      </PagedListing>
      <Confirm
        title="Attribute this conversion"
        isOpen={chosen !== null}
        onClose={() => {
          setChosen(null);
        }}
        onConfirm={() => {
          if (chosen) void attribute(chosen);
        }}
        action={`Attribute to ${chosen?.of ?? ""}`}
        isPending={isSaving}
      >
        <GeneralError text={errors.general} />
        {chosen && (
          <div className="flex flex-col gap-3 text-ink">
            <p>
              {chosen.orphan.goal.name}
              {chosen.orphan.amount && (
                <>
                  {" "}
                  of <Money value={chosen.orphan.amount} />
                </>
              )}
              {chosen.orphan.transactionId !== null && (
                <>
                  , transaction{" "}
                  <span translate="no" className="font-mono text-sm">
                    {chosen.orphan.transactionId}
                  </span>
                </>
              )}
              , received <Time at={chosen.orphan.receivedAt} />.{" "}
              <span className="text-muted">{chosen.reason}</span>
            </p>
            <AttributionPreview conversionId={chosen.orphan.id} clickId={chosen.clickId} />
            <p className="text-sm text-muted">
              It can be undone: then the payout is taken back, and the conversion waits here again.
            </p>
          </div>
        )}
      </Confirm>
      <UndoAttribution
        id={undoing}
        onClose={() => {
          setUndoing(null);
        }}
        onUndone={list.refetch}
      />
      <Dialog
        title="Choose a click"
        isOpen={byHand !== null}
        onClose={() => {
          setByHand(null);
        }}
      >
        {byHand && (
          <ChooseClick
            onChoose={(clickId, of) => {
              setChosen({ orphan: byHand, clickId, of, reason: "Chosen manually." });
              setByHand(null);
            }}
          />
        )}
      </Dialog>
      <Dialog
        title="Attribute by rule"
        isOpen={isByRule}
        onClose={() => {
          setByRule(false);
        }}
      >
        <RuleForm
          onDone={() => {
            setByRule(false);
            list.refetch();
          }}
        />
      </Dialog>
    </div>
  );
}

function ChooseClick({ onChoose }: { onChoose: (clickId: string, of: string) => void }): ReactElement {
  const [text, setText] = useState("");
  const [{ data, fetching }] = useQuery({
    query: FindClick,
    variables: { search: text.trim() },
    pause: text.trim().length < 3,
  });
  const found = text.trim().length < 3 ? [] : (data?.clicks.edges ?? []);
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label="Click id, or a param's full value"
        value={text}
        onChange={setText}
        mono
        autoFocus
        placeholder="MYTEST123"
      />
      <ul aria-label="Clicks found" className="flex flex-col gap-1">
        {found.map(({ node }) => (
          <li key={node.id} className="flex items-center justify-between gap-2 rounded-md border px-3 py-2">
            <span className="min-w-0">
              {node.affiliate.name} · <Time at={node.clickedAt} />{" "}
              <span translate="no" className="block truncate font-mono text-sm text-muted">
                {node.param1 || node.clickId}
              </span>
            </span>
            <Button
              size="sm"
              look="primary"
              onPress={() => {
                onChoose(node.id, node.affiliate.name);
              }}
            >
              Choose
            </Button>
          </li>
        ))}
      </ul>
      {text.trim().length >= 3 && !fetching && found.length === 0 && (
        <p className="text-muted">No click has this id or param.</p>
      )}
    </div>
  );
}

const kinds = [
  { id: "CLICK_ELSEWHERE", label: "Click id in another parameter" },
  { id: "SAME_PLAYER", label: "Same player as another click's" },
  { id: "SAME_TRANSACTION", label: "Same transaction as another goal's" },
  { id: "PARAM_ELSEWHERE", label: "A parameter's value equals a click's param" },
  { id: "LATE_CLICK", label: "Click outside the attribution window" },
] as const;

type Kind = (typeof kinds)[number]["id"];

function RuleForm({ onDone }: { onDone: () => void }): ReactElement {
  const [selected, setSelected] = useState<string[]>(["CLICK_ELSEWHERE", "SAME_PLAYER"]);
  const [counted, setCounted] = useState<{ count: number; considered: number } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [{ fetching }, run] = useMutation(ByRule);
  const chosen = kinds.map((kind) => kind.id).filter((id): id is Kind => selected.includes(id));

  const go = async (dryRun: boolean) => {
    setProblem(null);
    const { data, error } = await run({ input: { kinds: chosen, dryRun } });
    const payload = data?.attributeByRule;
    if (!payload || payload.userErrors.length > 0) {
      setProblem(
        error ? explain(error) : sentence(payload?.userErrors[0]?.message ?? "The server did not answer."),
      );
      return;
    }
    if (dryRun) {
      setCounted(payload);
      return;
    }
    toast(`Attributed ${String(payload.count)} of ${String(payload.considered)} conversions`);
    onDone();
  };

  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void go(counted === null)}>
      <GeneralError text={problem} />
      <CheckboxGroup
        label="Attribute when these signals agree on one click"
        value={selected}
        onChange={(value) => {
          setSelected(value);
          setCounted(null);
        }}
      >
        {kinds.map((kind) => (
          <Checkbox key={kind.id} value={kind.id}>
            {kind.label}
          </Checkbox>
        ))}
      </CheckboxGroup>
      {counted && (
        <p role="status">
          {counted.count} of the {counted.considered} newest would be attributed, and their postbacks fire.
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button
          type="submit"
          look="primary"
          isPending={fetching}
          isDisabled={chosen.length === 0 || counted?.count === 0}
        >
          {counted === null ? "Count" : `Attribute ${String(counted.count)}`}
        </Button>
      </div>
    </Form>
  );
}
