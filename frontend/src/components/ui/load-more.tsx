import { type ReactElement, useEffect, useRef } from "react";

import { Button } from "./button";

interface LoadMoreProps {
  isLoading: boolean;
  /** Why the next page is missing; it is then asked for by the button only. */
  error?: string | undefined;
  onLoad: () => void;
}

/** The next page: by itself when it comes into sight, by its button for everybody else. */
export function LoadMore({ isLoading, error, onLoad }: LoadMoreProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = ref.current;
    if (!element || isLoading || error !== undefined || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onLoad();
      },
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [isLoading, error, onLoad]);

  return (
    <div ref={ref} className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 p-3">
      {error !== undefined && (
        <p role="alert" className="text-failed">
          {error}
        </p>
      )}
      <Button look="quiet" onPress={onLoad} isPending={isLoading}>
        {error === undefined ? "Load more" : "Try again"}
      </Button>
    </div>
  );
}
