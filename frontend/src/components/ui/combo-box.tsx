import { ChevronDown } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button, ComboBox as AriaComboBox, Input, Label, ListBox, Popover } from "react-aria-components";

import { type Choice } from "./choice";
import { inputClass, labelClass, popoverClass } from "./classes";
import { cx } from "./cx";
import { FieldNotes, type FieldWords } from "./field";
import { ChoiceItem } from "./select";

interface ComboBoxProps extends FieldWords {
  /** What is chosen, where the label does not say it: "affiliate". */
  what?: string;
  choices: readonly Choice[];
  /** Where there are more choices than these: finds those that match. */
  onSearch?: ((text: string) => void) | undefined;
  isSearching?: boolean;
  isLoading?: boolean;
  value: string | null;
  onChange: (id: string | null) => void;
  placeholder?: string;
  className?: string;
  isDisabled?: boolean;
}

/** A choice among many: typing narrows the list. */
export function ComboBox({
  label,
  hideLabel,
  hint,
  error,
  what = label.toLowerCase(),
  choices,
  onSearch,
  isSearching,
  isLoading,
  value,
  onChange,
  placeholder,
  className,
  ...props
}: ComboBoxProps): ReactElement {
  const [typed, setTyped] = useState("");
  return (
    <AriaComboBox
      {...props}
      defaultItems={choices}
      selectedKey={value}
      onSelectionChange={(key) => {
        onChange(key === null ? null : String(key));
      }}
      onInputChange={(text) => {
        setTyped(text);
        onSearch?.(text);
      }}
      allowsEmptyCollection
      isInvalid={error !== undefined}
      menuTrigger="focus"
      className={cx("flex min-w-0 flex-col gap-1", className)}
    >
      <Label className={hideLabel === true ? "sr-only" : labelClass}>{label}</Label>
      <div className="relative">
        <Input {...(placeholder === undefined ? {} : { placeholder })} className={cx(inputClass, "pr-8")} />
        <Button className="absolute inset-y-0 right-0 flex w-8 items-center justify-center rounded-md text-muted">
          <ChevronDown aria-hidden className="size-3.5" />
        </Button>
      </div>
      <FieldNotes hint={hint} error={error} />
      <Popover offset={4} className={popoverClass}>
        <ListBox<Choice>
          className="outline-none"
          renderEmptyState={() => (
            <p className="px-2 py-1 text-sm text-muted">
              {isLoading === true
                ? "Loading…"
                : isSearching === true
                  ? "Searching…"
                  : typed === ""
                    ? `No ${what} yet`
                    : `No ${what} matches “${typed}”`}
            </p>
          )}
        >
          {(choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}
