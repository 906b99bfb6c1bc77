import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";

import { Badge, StateBadge } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";

import type { Clash } from "./clashes";

interface Side {
  field: string;
  name: string;
  recorded: ReactNode;
  reported: ReactNode;
}

const none = <span className="text-faint">–</span>;

/** An id in full: two that differ may end alike. */
function id(value: string | null): ReactNode {
  if (value === null || value === "") return none;
  return (
    <span translate="no" className="font-mono text-sm break-all">
      {value}
    </span>
  );
}

/** The operator's id of a player, as it stands: the conversion has ours. */
function player({ differs, report }: Clash): Side {
  const other = differs.find(({ field }) => field === "player_id");
  const recorded = other ? other.recorded : report.playerId;
  return { field: "player_id", name: "Player", recorded: id(recorded), reported: id(report.playerId) };
}

function sides(clash: Clash): Side[] {
  const { conversion, report } = clash;
  const list: Side[] = [
    { field: "click_id", name: "Click", recorded: id(conversion.clickId), reported: id(report.clickId) },
  ];
  if (report.playerId !== null) list.push(player(clash));
  list.push(
    {
      field: "amount",
      name: "Amount",
      recorded: <Money value={conversion.amount} />,
      reported: <Money value={report.amount} />,
    },
    {
      field: "status",
      name: "Status",
      recorded: <StateBadge state={conversion.status} plain />,
      reported: report.status === null ? none : <StateBadge state={report.status} plain />,
    },
    {
      field: "occurred_at",
      name: "Occurred",
      recorded: <Time at={conversion.occurredAt} />,
      reported: <Time at={report.occurredAt} />,
    },
  );
  return list;
}

/** What is recorded and what was reported, beside each other; what differs is marked. */
export function BothSides({ clash }: { clash: Clash }): ReactElement {
  const { conversion, differs } = clash;
  const of = conversion.affiliate === null ? "unattributed" : conversion.affiliate.name;
  return (
    <table className="w-full table-fixed border-collapse text-base">
      <thead>
        <tr className="border-b text-left text-sm text-muted">
          <th scope="col" className="w-22 py-1.5">
            <span className="sr-only">What</span>
          </th>
          <th scope="col" className="py-1.5 pr-3 font-medium">
            <Link to="/conversions/$id" params={{ id: conversion.id }} className="link">
              Recorded
            </Link>
            , {of}
          </th>
          <th scope="col" className="py-1.5 font-medium">
            Reported
          </th>
        </tr>
      </thead>
      <tbody>
        {sides(clash).map(({ field, name, recorded, reported }) => {
          const isOther = differs.some((d) => d.field === field);
          return (
            <tr key={field} className={cx("border-b last:border-0", isOther && "bg-retrying-soft")}>
              <th scope="row" className="px-2 py-1.5 text-left font-normal text-muted">
                {name}
              </th>
              <td className="py-1.5 pr-3 break-words">{recorded}</td>
              <td className="py-1.5 break-words">
                <span className="flex flex-wrap items-center gap-x-2">
                  {reported}
                  {isOther && <Badge tone="retrying">Differs</Badge>}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
