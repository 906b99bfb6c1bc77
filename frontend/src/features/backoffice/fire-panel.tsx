import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import type { FormErrors } from "@/graphql/user-errors";

const Fire = mutation(
  graphql(`
    mutation StaffFire($input: FireManualConversionInput!) {
      fireManualConversion(input: $input) {
        result
        conversion {
          id
          affiliate {
            id
            name
          }
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
);

const statuses = [
  { id: "APPROVED", label: "Approved" },
  { id: "PENDING", label: "Pending" },
  { id: "REJECTED", label: "Rejected" },
  { id: "CANCELLED", label: "Cancelled" },
] as const;

type Status = (typeof statuses)[number]["id"];

/** A conversion as it is typed. */
interface Draft {
  click: string;
  goal: string | null;
  amount: string;
  transactionId: string;
  status: Status;
}

const nothing: Draft = { click: "", goal: null, amount: "", transactionId: "", status: "APPROVED" };

function alreadyThere(affiliate: string): string {
  return `The click of ${affiliate} has this conversion already; no postback was fired.`;
}

function recorded(affiliate: string, fired: number): string {
  return `Recorded for ${affiliate}; ${plural(fired, "postback fires", "postbacks fire")}.`;
}

/** One conversion for a click, as though the operator had reported it. */
export function FirePanel(): ReactElement {
  const [draft, setDraft] = useState(nothing);
  const [done, setDone] = useState<{ id: string; words: string } | null>(null);
  const { errors, isSaving, save } = useSave(Fire, "fireManualConversion", [
    "click",
    "goal",
    "amount",
    "transactionId",
  ]);

  const fire = async () => {
    setDone(null);
    const { click, goal, amount, transactionId, status } = draft;
    const payload = await save({
      click,
      goal: goal ?? "",
      status,
      ...(amount !== "" && { amount }),
      ...(transactionId !== "" && { transactionId }),
    });
    if (!payload?.conversion) return;
    const { id, affiliate, deliveries } = payload.conversion;
    const name = affiliate?.name ?? "no affiliate";
    setDone({
      id,
      words: payload.result === "DUPLICATE" ? alreadyThere(name) : recorded(name, deliveries.length),
    });
  };

  return (
    <Panel title="Fire a conversion for a click">
      <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void fire()}>
        <div className="empty:hidden sm:col-span-2">
          <GeneralError text={errors.general} />
        </div>
        <Fields
          draft={draft}
          set={(change) => {
            setDraft((now) => ({ ...now, ...change }));
          }}
          errors={errors}
        />
        <div className="flex items-end justify-end">
          <Button
            type="submit"
            look="primary"
            isPending={isSaving}
            isDisabled={draft.click === "" || draft.goal === null}
          >
            Fire
          </Button>
        </div>
      </Form>
      {done && (
        <Note tone="delivered" role="status" className="mt-4">
          {done.words}{" "}
          <Link to="/conversions/$id" params={{ id: done.id }}>
            Open conversion
          </Link>
        </Note>
      )}
    </Panel>
  );
}

function Fields({
  draft,
  set,
  errors,
}: {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: FormErrors;
}): ReactElement {
  const goals = useGoalChoices();
  return (
    <>
      <TextField
        label="Click id or param value"
        hint="The newest matching click."
        placeholder="MYTEST123"
        mono
        isRequired
        value={draft.click}
        onChange={(click) => {
          set({ click });
        }}
        error={errors.fields["click"]}
      />
      <Select
        label="Goal"
        choices={goals}
        value={draft.goal}
        onChange={(goal) => {
          set({ goal });
        }}
        error={errors.fields["goal"]}
      />
      <TextField
        label="Amount"
        placeholder="25.50"
        value={draft.amount}
        onChange={(amount) => {
          set({ amount });
        }}
        error={errors.fields["amount"]}
      />
      <TextField
        label="Transaction id"
        hint="Required for goals that repeat."
        mono
        value={draft.transactionId}
        onChange={(transactionId) => {
          set({ transactionId });
        }}
        error={errors.fields["transactionId"]}
      />
      <Select
        label="Status"
        choices={[...statuses]}
        value={draft.status}
        onChange={(id) => {
          set({ status: statuses.find((s) => s.id === id)?.id ?? "APPROVED" });
        }}
      />
    </>
  );
}
