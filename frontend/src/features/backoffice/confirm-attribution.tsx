import type { ReactElement } from "react";

import { useSave } from "@/components/records/use-save";
import { Confirm } from "@/components/ui/dialog";
import { GeneralError } from "@/components/ui/general-error";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { AttributionPreview } from "./attribution-preview";
import type { Orphan, Proposed } from "./orphans";

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

/** Before a conversion is attributed: which one, whose it becomes, what is paid and what fires. */
export function ConfirmAttribution({
  proposed,
  onClose,
  onDone,
}: {
  /** Null: nothing is asked. */
  proposed: Proposed | null;
  onClose: () => void;
  /** The conversion that was attributed, and what to say of it. */
  onDone: (id: string, said: string) => void;
}): ReactElement {
  const { errors, isSaving, save } = useSave(Attribute, "attributeConversion", [], proposed);
  const attribute = async ({ orphan, clickId, reason, of }: Proposed) => {
    const payload = await save({ conversionId: orphan.id, clickId, reason });
    if (!payload) return;
    const fired = payload.conversion?.deliveries.length ?? 0;
    onDone(
      orphan.id,
      `Attributed to ${of}; ${fired === 1 ? "1 postback fires" : `${String(fired)} postbacks fire`}`,
    );
  };
  return (
    <Confirm
      title="Attribute this conversion"
      isOpen={proposed !== null}
      onClose={onClose}
      onConfirm={() => {
        if (proposed) void attribute(proposed);
      }}
      action={`Attribute to ${proposed?.of ?? ""}`}
      isPending={isSaving}
    >
      <GeneralError text={errors.general} />
      {proposed && (
        <div className="flex flex-col gap-3 text-ink">
          <p>
            <OrphanInWords orphan={proposed.orphan} /> <span className="text-muted">{proposed.reason}</span>
          </p>
          <AttributionPreview conversionId={proposed.orphan.id} clickId={proposed.clickId} />
          <p className="text-sm text-muted">
            It can be undone: then the payout is taken back, and the conversion waits here again.
          </p>
        </div>
      )}
    </Confirm>
  );
}

/** "FTD of €50.00, transaction T1, received 14:03." */
function OrphanInWords({ orphan }: { orphan: Orphan }): ReactElement {
  return (
    <>
      {orphan.goal.name}
      {orphan.amount && (
        <>
          {" "}
          of <Money value={orphan.amount} />
        </>
      )}
      {orphan.transactionId !== null && (
        <>
          , transaction{" "}
          <span translate="no" className="font-mono text-sm">
            {orphan.transactionId}
          </span>
        </>
      )}
      , received <Time at={orphan.receivedAt} />.
    </>
  );
}
