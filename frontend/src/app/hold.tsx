import { CirclePause } from "lucide-react";
import { type ReactElement, useEffect } from "react";
import { useMutation, useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const HoldQuery = graphql(`
  query Hold {
    instance {
      hold {
        reason
        since
        note
      }
    }
  }
`);

const Resume = mutation(
  graphql(`
    mutation Resume {
      setHold(input: { on: false }) {
        instance {
          hold {
            reason
            since
            note
          }
        }
        userErrors {
          message
        }
      }
    }
  `),
);

/** How often it is asked whether somebody has put everything on hold, or resumed it. */
const askEvery = 30_000;

const why = {
  ASKED: "Sending to trackers is paused.",
  SETTING: "Sending to trackers is paused: Postrider was started that way.",
  COPY: "Sending to trackers is paused: this is a copy of a database, or it was moved.",
};

/** Stands over every page while nothing leaves to trackers. */
export function HoldBanner({ mayResume }: { mayResume: boolean }): ReactElement | null {
  const [{ data }, ask] = useQuery({ query: HoldQuery });
  const [{ fetching }, resume] = useMutation(Resume);
  useEffect(() => {
    const timer = setInterval(() => {
      ask({ requestPolicy: "network-only" });
    }, askEvery);
    return () => {
      clearInterval(timer);
    };
  }, [ask]);
  const hold = data?.instance.hold;
  if (!hold) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-held bg-held-soft px-4 py-1.5 text-held"
    >
      <span className="flex min-w-0 items-center gap-2">
        <CirclePause aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0">
          {why[hold.reason]} Clicks and conversions are recorded; postbacks wait since{" "}
          <Time at={hold.since} />.{hold.note !== null && ` (${hold.note})`}
        </span>
      </span>
      {mayResume && (
        <Button
          size="sm"
          isDisabled={fetching}
          onPress={() => {
            void resume({}).then(({ data: done, error }) => {
              const fault = error ? explain(error) : done?.setHold.userErrors[0]?.message;
              if (fault === undefined) toast("Resumed: waiting postbacks are being sent");
              else toast(fault, "failed");
            });
          }}
        >
          Resume
        </Button>
      )}
    </div>
  );
}
