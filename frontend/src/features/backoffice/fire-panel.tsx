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

function alreadyThere(affiliate: string): string {
  return `The click of ${affiliate} has this conversion already; no postback was fired.`;
}

function recorded(affiliate: string, fired: number): string {
  return `Recorded for ${affiliate}; ${plural(fired, "postback fires", "postbacks fire")}.`;
}

/** One conversion for a click, as though the operator had reported it. */
export function FirePanel(): ReactElement {
  const goals = useGoalChoices();
  const [click, setClick] = useState("");
  const [goal, setGoal] = useState<string | null>(null);
  const [amount, setAmount] = useState("");
  const [transactionId, setTransactionId] = useState("");
  const [status, setStatus] = useState<Status>("APPROVED");
  const [done, setDone] = useState<{ id: string; words: string } | null>(null);
  const { errors, isSaving, save } = useSave(Fire, "fireManualConversion", [
    "click",
    "goal",
    "amount",
    "transactionId",
  ]);

  const fire = async () => {
    setDone(null);
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
        <TextField
          label="Click id or param value"
          hint="The newest matching click."
          placeholder="MYTEST123"
          mono
          isRequired
          value={click}
          onChange={setClick}
          error={errors.fields["click"]}
        />
        <Select label="Goal" choices={goals} value={goal} onChange={setGoal} error={errors.fields["goal"]} />
        <TextField
          label="Amount"
          placeholder="25.50"
          value={amount}
          onChange={setAmount}
          error={errors.fields["amount"]}
        />
        <TextField
          label="Transaction id"
          hint="Required for goals that repeat."
          mono
          value={transactionId}
          onChange={setTransactionId}
          error={errors.fields["transactionId"]}
        />
        <Select
          label="Status"
          choices={[...statuses]}
          value={status}
          onChange={(id) => {
            setStatus(statuses.find((s) => s.id === id)?.id ?? "APPROVED");
          }}
        />
        <div className="flex items-end justify-end">
          <Button
            type="submit"
            look="primary"
            isPending={isSaving}
            isDisabled={click === "" || goal === null}
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
