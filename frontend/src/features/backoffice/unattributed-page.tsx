import { Link } from "@tanstack/react-router";
import { Wand2 } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";

import { ListFrame } from "@/components/records/list-page";
import { PagedListing } from "@/components/records/listing";
import { UndoAttribution } from "@/components/records/undo-attribution";
import { usePaged } from "@/components/records/use-paged";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogButton } from "@/components/ui/dialog-button";
import { Money } from "@/components/ui/money";
import { PageHead } from "@/components/ui/page";
import { ShortId } from "@/components/ui/short-id";
import { aboveRowLink, type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";

import { AttributeByRule } from "./attribute-by-rule";
import { ChooseClick } from "./choose-click";
import { ConfirmAttribution } from "./confirm-attribution";
import { type Orphan, orphanPages, type Proposed } from "./orphans";

const facts: Column<Orphan>[] = [
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
      row.transactionId === null ? <span className="text-faint">–</span> : <ShortId id={row.transactionId} />,
  },
];

export function UnattributedPage(): ReactElement {
  const [proposed, setProposed] = useState<Proposed | null>(null);
  const [byHand, setByHand] = useState<Orphan | null>(null);
  const { undoing, setUndoing, say } = useUndo();
  const list = usePaged(orphanPages, {});
  const rows = list.rows.filter((row) => row.integration !== null);
  const columns: Column<Orphan>[] = [
    ...facts,
    {
      id: "proposals",
      header: "Likely click",
      cell: (row) => <LikelyClicks orphan={row} onPropose={setProposed} onByHand={setByHand} />,
    },
  ];

  return (
    <ListFrame>
      <PageHead
        title="Unattributed"
        aside={
          <DialogButton
            icon={Wand2}
            label="Attribute by rule…"
            title="Attribute by rule"
            renderContent={(close) => (
              <AttributeByRule
                onDone={() => {
                  close();
                  list.refetch();
                }}
              />
            )}
          />
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
      <ConfirmAttribution
        proposed={proposed}
        onClose={() => {
          setProposed(null);
        }}
        onDone={(id, said) => {
          say(id, said);
          setProposed(null);
          list.refetch();
        }}
      />
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
              setProposed({ orphan: byHand, clickId, of, reason: "Chosen manually." });
              setByHand(null);
            }}
          />
        )}
      </Dialog>
    </ListFrame>
  );
}

/** What is said of an attribution offers to undo it, as long as this page is open. */
function useUndo() {
  const [undoing, setUndoing] = useState<string | null>(null);
  const dismiss = useRef<() => void>(() => undefined);
  useEffect(
    () => () => {
      dismiss.current();
    },
    [],
  );
  const say = (id: string, said: string) => {
    dismiss.current = toast(said, "done", {
      label: "Undo…",
      onPress: () => {
        setUndoing(id);
      },
    });
  };
  return { undoing, setUndoing, say };
}

/** The clicks that a conversion may belong to, each with the reason; and a way to another one. */
function LikelyClicks({
  orphan,
  onPropose,
  onByHand,
}: {
  orphan: Orphan;
  onPropose: (proposed: Proposed) => void;
  onByHand: (orphan: Orphan) => void;
}): ReactElement {
  const proposals = orphan.proposals ?? [];
  return (
    <div className={`${aboveRowLink} flex flex-col gap-1`}>
      {proposals.map(({ click, reason }) =>
        click ? (
          <span key={click.id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Button
              size="sm"
              onPress={() => {
                onPropose({ orphan, clickId: click.id, of: click.affiliate.name, reason });
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
            onByHand(orphan);
          }}
        >
          {proposals.length === 0 ? "No match: choose a click…" : "Another click…"}
        </Button>
      </span>
    </div>
  );
}
