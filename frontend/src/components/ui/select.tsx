import { Check, ChevronDown } from "lucide-react";
import type { ReactElement } from "react";
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from "react-aria-components";

import { type Choice } from "./choice";
import { inputClass, itemClass, labelClass, popoverClass } from "./classes";
import { cx } from "./cx";
import { FieldNotes, type FieldWords } from "./field";

export function ChoiceItem({ choice }: { choice: Choice }): ReactElement {
  return (
    <ListBoxItem id={choice.id} textValue={choice.label} className={itemClass}>
      {({ isSelected }) => (
        <>
          <Check
            aria-hidden
            className={cx("size-3.5 shrink-0 text-accent", isSelected ? "visible" : "invisible")}
          />
          <span className="flex min-w-0 flex-col">
            <Text slot="label" className="truncate">
              {choice.label}
            </Text>
            {choice.hint !== undefined && (
              <Text slot="description" className="text-xs text-muted">
                {choice.hint}
              </Text>
            )}
          </span>
        </>
      )}
    </ListBoxItem>
  );
}

interface SelectProps extends FieldWords {
  choices: readonly Choice[];
  value: string | null;
  onChange: (id: string) => void;
  name?: string;
  placeholder?: string;
  className?: string;
  isDisabled?: boolean;
}

export function Select({
  label,
  hideLabel,
  hint,
  error,
  choices,
  value,
  onChange,
  placeholder,
  className,
  ...props
}: SelectProps): ReactElement {
  return (
    <AriaSelect
      {...props}
      selectedKey={value}
      onSelectionChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
      placeholder={placeholder ?? "Choose…"}
      isInvalid={error !== undefined}
      className={cx("flex min-w-0 flex-col gap-1", className)}
    >
      <Label className={hideLabel === true ? "sr-only" : labelClass}>{label}</Label>
      <Button
        className={cx(
          inputClass,
          "flex items-center justify-between gap-2 text-left hover:bg-hover data-[pressed]:bg-sunken",
        )}
      >
        <SelectValue className="truncate data-[placeholder]:text-faint">
          {({ defaultChildren, selectedText, isPlaceholder }) =>
            isPlaceholder ? defaultChildren : selectedText
          }
        </SelectValue>
        <ChevronDown aria-hidden className="size-3.5 shrink-0 text-muted" />
      </Button>
      <FieldNotes hint={hint} error={error} />
      <Popover offset={4} className={popoverClass}>
        <ListBox items={choices} className="outline-none">
          {(choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
