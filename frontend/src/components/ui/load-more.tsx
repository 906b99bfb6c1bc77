import { type ReactElement, useEffect, useRef } from "react";

import { Button } from "./button";

/** The next page: by itself when it comes into sight, by its button for everybody else. */
export function LoadMore({ isLoading, onLoad }: { isLoading: boolean; onLoad: () => void }): ReactElement {
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = ref.current;
    if (!element || isLoading || typeof IntersectionObserver === "undefined") return;
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
  }, [isLoading, onLoad]);

  return (
    <div ref={ref} className="flex justify-center p-3">
      <Button look="quiet" onPress={onLoad} isPending={isLoading}>
        Load more
      </Button>
    </div>
  );
}
