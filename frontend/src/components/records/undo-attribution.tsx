import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { StateBadge } from "@/components/ui/badge";
import { Confirm } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { Money } from "@/components/ui/money";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { FiringParts, FiringPostbacks } from "./firing-postbacks";
import { useSave } from "./use-save";

const PreviewQuery = graphql(
  `
    query UndoAttributionPreview($id: ID!) {
      undoAttributionPreview(id: $id) {
        takenBack {
          status
          payout {
            amount
            currency
          }
          conversion {
            id
            goal {
              id
              name
            }
            affiliate {
              id
              name
            }
          }
        }
        postbacks {
          ...FiringParts
        }
      }
    }
  `,
  [FiringParts],
);

const Undo = mutation(
  graphql(`
    mutation UndoAttribution($input: UndoAttributionInput!) {
      undoAttribution(input: $input) {
        conversion {
          id
          status
          undoable
          replacedBy {
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

interface UndoAttributionProps {
  /** The conversion; null while the dialog is closed. */
  id: string | null;
  onClose: () => void;
  onUndone?: () => void;
}

/** Asks before an attribution is undone: what is taken back, and what fires. */
export function UndoAttribution({ id, onClose, onUndone }: UndoAttributionProps): ReactElement {
  const [reason, setReason] = useState("");
  const { errors, isSaving, save } = useSave(Undo, "undoAttribution", [], id);
  const close = () => {
    setReason("");
    onClose();
  };
  const undo = async () => {
    if (id === null) return;
    if (!(await save({ id, reason }))) return;
    toast("Attribution undone; the conversion is unattributed again");
    close();
    onUndone?.();
  };
  return (
    <Confirm
      title="Undo attribution"
      isOpen={id !== null}
      onClose={close}
      onConfirm={() => void undo()}
      action="Undo attribution"
      danger
      isPending={isSaving}
    >
      {id !== null && (
        <div className="flex flex-col gap-3 text-ink">
          <GeneralError text={errors.general} />
          <Preview id={id} />
          <TextField
            label="Reason (optional)"
            hint="For the audit log; the affiliate does not see it."
            value={reason}
            onChange={setReason}
            maxLength={500}
          />
        </div>
      )}
    </Confirm>
  );
}

type PreviewData = NonNullable<ResultOf<typeof PreviewQuery>["undoAttributionPreview"]>;

function Preview({ id }: { id: string }): ReactElement {
  const [{ data, error }] = useQuery({
    query: PreviewQuery,
    variables: { id },
    requestPolicy: "network-only",
  });
  if (error) return <GeneralError text={explain(error)} />;
  const preview = data?.undoAttributionPreview;
  if (!preview) return <SkeletonBlock label="Loading what would happen" lines={4} />;
  const affiliate = preview.takenBack[0]?.conversion.affiliate?.name;
  return (
    <>
      <p>
        Taken back{affiliate === undefined ? "" : ` from ${affiliate}`}. The operator’s call becomes
        unattributed again, so that it can go to the right click.
      </p>
      <TakenBack takenBack={preview.takenBack} />
      <Fires postbacks={preview.postbacks} />
    </>
  );
}

const listClass = "divide-y rounded-md border";
const lineClass = "flex flex-wrap items-center justify-between gap-x-3 px-3 py-1.5";

function TakenBack({ takenBack }: Pick<PreviewData, "takenBack">): ReactElement {
  return (
    <ul aria-label="Conversions taken back" className={listClass}>
      {takenBack.map(({ conversion, status, payout }) => (
        <li key={conversion.id} className={lineClass}>
          <span className="flex flex-wrap items-center gap-x-2">
            {conversion.goal.name} <StateBadge state={status} plain />
          </span>
          <Money value={payout} />
        </li>
      ))}
    </ul>
  );
}

function Fires({ postbacks }: Pick<PreviewData, "postbacks">): ReactElement {
  const fire = postbacks.filter((p) => p.fires);
  if (fire.length === 0) {
    return <p className="text-muted">No postback fires: none listens to a status that these end with.</p>;
  }
  return (
    <>
      <p>{plural(fire.length, "postback fires", "postbacks fire")}:</p>
      <FiringPostbacks postbacks={fire} />
    </>
  );
}
