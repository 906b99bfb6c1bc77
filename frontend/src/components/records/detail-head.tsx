import { ArrowLeft, X } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect, useRef } from "react";

import { IconButton } from "@/components/ui/button";
import { useTitle } from "@/components/ui/page";

/** The head of what was opened beside a list. */
export function DetailHead({
  title,
  name,
  onClose,
  children,
}: {
  title: ReactNode;
  /** For the browser's tab. */
  name: string;
  onClose: () => void;
  children?: ReactNode;
}): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(name);

  // Where the detail covers the list, reading goes on here; beside it, the focus stays in the list.
  useEffect(() => {
    if (matchMedia("(max-width: 63.99rem)").matches) heading.current?.focus();
  }, []);

  return (
    <header className="sticky top-0 z-10 flex min-h-12 flex-wrap items-center gap-2 border-b bg-surface px-4 py-2">
      <span className="lg:hidden">
        <IconButton label="Back to the list" icon={ArrowLeft} onPress={onClose} className="-ml-2" />
      </span>
      <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 text-base font-semibold outline-none">
        {title}
      </h2>
      {children}
      <span className="max-lg:hidden">
        <IconButton label="Close" icon={X} onPress={onClose} className="-mr-1" />
      </span>
    </header>
  );
}

export function DetailPart({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <section className="border-b px-4 py-4 last:border-b-0">
      <div className="mb-2.5 flex items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
