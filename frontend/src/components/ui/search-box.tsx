import { Search, X } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { Button, Input, SearchField } from "react-aria-components";

import { inputClass } from "./classes";
import { cx } from "./cx";
import { useHotkey } from "./hotkeys";

/** The text as it is typed; `onChange` hears of it when typing rests. */
function useTyped(value: string, onChange: (text: string) => void) {
  const [text, setText] = useState(value);
  const [given, setGiven] = useState(value);
  // The address can change it too: with the back button, or a cleared filter.
  if (given !== value) {
    setGiven(value);
    setText(value);
  }

  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => {
      latest.current(text.trim());
    }, 300);
    return () => {
      clearTimeout(timer);
    };
  }, [text, value]);

  return [text, setText] as const;
}

/** Looks for text in what the page lists. It is asked for when typing rests; `/` leads here. */
export function SearchBox({
  label,
  placeholder,
  value,
  onChange,
  className,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  className?: string;
}): ReactElement {
  const [text, setText] = useTyped(value, onChange);
  const input = useRef<HTMLInputElement>(null);
  useHotkey("/", () => {
    input.current?.focus();
  });

  return (
    <SearchField
      aria-label={label}
      value={text}
      onChange={setText}
      onSubmit={(submitted) => {
        onChange(submitted.trim());
      }}
      onClear={() => {
        onChange("");
      }}
      className={cx("group relative min-w-0", className)}
    >
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-2.5 my-auto size-3.5 text-faint"
      />
      <Input
        ref={input}
        placeholder={placeholder}
        className={cx(inputClass, "px-8 [&::-webkit-search-cancel-button]:hidden")}
      />
      <Button className="absolute inset-y-0 right-0 flex w-8 items-center justify-center text-muted group-data-[empty]:hidden">
        <X aria-hidden className="size-3.5" />
      </Button>
    </SearchField>
  );
}
