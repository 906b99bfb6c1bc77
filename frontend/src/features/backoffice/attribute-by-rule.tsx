import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

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

const kinds = [
  { id: "CLICK_ELSEWHERE", label: "Click id in another parameter" },
  { id: "SAME_PLAYER", label: "Same player as another click's" },
  { id: "SAME_TRANSACTION", label: "Same transaction as another goal's" },
  { id: "PARAM_ELSEWHERE", label: "A parameter's value equals a click's param" },
  { id: "LATE_CLICK", label: "Click outside the attribution window" },
] as const;

type Kind = (typeof kinds)[number]["id"];

/** Many conversions at once, where the chosen signals agree: counted first. */
export function AttributeByRule({ onDone }: { onDone: () => void }): ReactElement {
  const [selected, setSelected] = useState<string[]>(["CLICK_ELSEWHERE", "SAME_PLAYER"]);
  const [counted, setCounted] = useState<{ count: number; considered: number } | null>(null);
  const { errors, isSaving, save } = useSave(ByRule, "attributeByRule");
  const chosen = kinds.map((kind) => kind.id).filter((id): id is Kind => selected.includes(id));

  const go = async (dryRun: boolean) => {
    const payload = await save({ kinds: chosen, dryRun });
    if (!payload) return;
    if (dryRun) {
      setCounted(payload);
      return;
    }
    toast(`Attributed ${String(payload.count)} of ${String(payload.considered)} conversions`);
    onDone();
  };

  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void go(counted === null)}>
      <GeneralError text={errors.general} />
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
          isPending={isSaving}
          isDisabled={chosen.length === 0 || counted?.count === 0}
        >
          {counted === null ? "Count" : `Attribute ${String(counted.count)}`}
        </Button>
      </div>
    </Form>
  );
}
