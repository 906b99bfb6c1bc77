import type { ReactElement } from "react";

import { useAffiliateChoices } from "./affiliate-choices";
import { ChoiceItems } from "./choice-items";

export function AffiliateName({ id }: { id: string }): string {
  const { choices } = useAffiliateChoices(id);
  return choices.find((choice) => choice.id === id)?.label ?? "…";
}

interface AffiliateItemsProps {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

export function AffiliateItems({ value, onChange }: AffiliateItemsProps): ReactElement {
  return (
    <ChoiceItems name="Affiliate" choices={useAffiliateChoices(value)} value={value} onChange={onChange} />
  );
}
