import { useCallback, useEffect, useState } from "react";

import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

const Arrived = graphql(`
  subscription StaffArrived {
    receivedPostback {
      id
      integration {
        id
      }
    }
  }
`);

/** How many calls have come since they were last taken: of one integration, or of all. At most three times a second. */
export function useArrivals(integrationId?: string): { waiting: number; take: () => void } {
  const [waiting, setWaiting] = useState(0);
  useEffect(() => {
    let aggregated = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = subscribeLive(
      Arrived,
      {},
      {
        next: ({ receivedPostback }) => {
          if (integrationId !== undefined && receivedPostback.integration?.id !== integrationId) return;
          aggregated++;
          timer ??= setTimeout(() => {
            timer = undefined;
            const more = aggregated;
            aggregated = 0;
            setWaiting((n) => n + more);
          }, 333);
        },
      },
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [integrationId]);
  const take = useCallback(() => {
    setWaiting(0);
  }, []);
  return { waiting, take };
}
