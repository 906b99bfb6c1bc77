import { useQuery } from "urql";

import { sentenceCase } from "@/components/ui/format";
import { graphql, type ResultOf } from "@/graphql/graphql";

const MacrosQuery = graphql(`
  query Macros {
    macros {
      name
      aliases
      group
      meaning
      example
    }
    macroFilters {
      name
      usage
      meaning
      example
    }
  }
`);

type Answered = ResultOf<typeof MacrosQuery>["macros"][number];

/** Its group may be one that a newer server has. */
export type Macro = Omit<Answered, "group"> & { group: string };
export type MacroFilter = ResultOf<typeof MacrosQuery>["macroFilters"][number];

const none: { macros: readonly Macro[]; filters: readonly MacroFilter[] } = { macros: [], filters: [] };

/** The macro language's words, as the server explains them. */
export function useMacros(): { macros: readonly Macro[]; filters: readonly MacroFilter[] } {
  const [{ data }] = useQuery({ query: MacrosQuery });
  if (!data) return none;
  return { macros: data.macros, filters: data.macroFilters };
}

/** The groups of macros by name; what a postback is made of most often comes first. */
const groupNames: Record<string, string> = {
  PARAMS: "Your parameters",
  CONVERSION: "Conversion",
  MONEY: "Money",
  CLICK: "Click",
  CAMPAIGN: "Campaign",
  TIME: "Time",
  DELIVERY: "Delivery",
  AGGREGATED: "Aggregated",
} satisfies Record<Answered["group"], string>;

const order = Object.keys(groupNames);

const place = (group: string) => (order.includes(group) ? order.indexOf(group) : order.length);

/** The heading of a group of macros. */
export function groupName(group: string): string {
  return groupNames[group] ?? sentenceCase(group.replaceAll("_", " "));
}

/** Each group once, the one that is wanted most often first; within a group in the order of the server. */
export function inGroups(macros: readonly Macro[]): { group: string; macros: Macro[] }[] {
  const groups = new Map<string, Macro[]>();
  for (const macro of macros) groups.set(macro.group, [...(groups.get(macro.group) ?? []), macro]);
  return [...groups]
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(([group, members]) => ({ group: groupName(group), macros: members }));
}

/** The macros of what an aggregated request carries: in one for each delivery they are an error. */
export function ofAggregation(macros: readonly Macro[], aggregates: boolean): readonly Macro[] {
  return aggregates ? macros : macros.filter((macro) => macro.group !== "AGGREGATED");
}
