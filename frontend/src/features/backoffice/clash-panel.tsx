import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useAction } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { BothSides } from "./clash-sides";
import type { Clash } from "./clashes";

const Resolve = mutation(
  graphql(`
    mutation StaffResolveClash($input: ResolveClashInput!) {
      resolveClash(input: $input) {
        clash {
          id
          resolution
        }
        recorded {
          id
          conversionId
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "clashes",
  "conversions",
  "conversionTotals",
  "staffHome",
);

/** One clash: both sides, and what can be decided. */
export function ClashPanel({ clash, onDecided }: { clash: Clash; onDecided: () => void }): ReactElement {
  const { conversion, integration, report, reports, lastAt } = clash;
  return (
    <Panel
      title={
        <>
          {conversion.goal.name}, transaction{" "}
          <span translate="no" className="font-mono break-all">
            {report.transactionId}
          </span>
        </>
      }
      aside={
        <span className="text-sm text-muted">
          {plural(reports, "report", "reports")} by{" "}
          <Link to="/staff/integrations/$id" params={{ id: integration.id }} className="link">
            {integration.name}
          </Link>
          , last <Time at={lastAt} />
        </span>
      }
    >
      <div className="flex flex-col gap-4">
        <BothSides clash={clash} />
        {clash.resolution === null ? (
          <Decide id={clash.id} onDecided={onDecided} />
        ) : (
          <Decided clash={clash} />
        )}
      </div>
    </Panel>
  );
}

/** What was decided, by whom and when. */
function Decided({ clash }: { clash: Clash }): ReactElement {
  const { resolution, resolvedAt, resolvedBy, recorded } = clash;
  return (
    <p className="text-sm text-muted">
      {resolution === "SAME" ? "The same event" : "Another event"}, decided
      {resolvedBy !== null && <> by {resolvedBy.email}</>}
      {resolvedAt !== null && (
        <>
          {" "}
          <Time at={resolvedAt} />
        </>
      )}
      {recorded !== null && (
        <>
          {": "}
          <Link to="/conversions/$id" params={{ id: recorded.id }} className="link">
            the conversion that was recorded
          </Link>
        </>
      )}
    </p>
  );
}

function Decide({ id, onDecided }: { id: string; onDecided: () => void }): ReactElement {
  const { isRunning, run } = useAction(Resolve, "resolveClash");
  const decide = async (resolution: "SAME" | "SEPARATE") => {
    const payload = await run({ id, resolution });
    if (!payload) return;
    toast(
      resolution === "SAME"
        ? "Decided: the same event, nothing is recorded"
        : `Recorded as another event: conversion ${payload.recorded?.conversionId ?? ""}`,
    );
    onDecided();
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="flex flex-col items-start gap-1.5">
        <Button isDisabled={isRunning} onPress={() => void decide("SAME")}>
          Same event
        </Button>
        <p className="text-sm text-muted">
          The recorded click and player hold: this report changes nothing, and is a duplicate from then on.
          This cannot be undone.
        </p>
      </div>
      <div className="flex flex-col items-start gap-1.5">
        <Button isDisabled={isRunning} onPress={() => void decide("SEPARATE")}>
          Record as another event
        </Button>
        <p className="text-sm text-muted">
          It becomes a conversion of its own, its postbacks fire, and what repeats it changes that one. This
          cannot be undone: you can only reject or cancel that conversion later.
        </p>
      </div>
    </div>
  );
}
