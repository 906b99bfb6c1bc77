import { useQuery } from "urql";

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

export type Macro = ResultOf<typeof MacrosQuery>["macros"][number];
export type MacroFilter = ResultOf<typeof MacrosQuery>["macroFilters"][number];

const none: { macros: readonly Macro[]; filters: readonly MacroFilter[] } = { macros: [], filters: [] };

/** The macro language's words, as the server explains them. */
export function useMacros(): { macros: readonly Macro[]; filters: readonly MacroFilter[] } {
  const [{ data }] = useQuery({ query: MacrosQuery });
  if (!data) return none;
  return { macros: data.macros, filters: data.macroFilters };
}

/** What a postback is made of most often comes first. */
const order = [
  "Your parameters",
  "Conversion",
  "Money",
  "Click",
  "Campaign",
  "Time",
  "Delivery",
  "Aggregated",
];

const place = (group: string) => (order.includes(group) ? order.indexOf(group) : order.length);

/** Each group once, the one that is wanted most often first; within a group in the order of the server. */
export function inGroups(macros: readonly Macro[]): { group: string; macros: Macro[] }[] {
  const groups = new Map<string, Macro[]>();
  for (const macro of macros) groups.set(macro.group, [...(groups.get(macro.group) ?? []), macro]);
  return [...groups]
    .map(([group, members]) => ({ group, macros: members }))
    .toSorted((a, b) => place(a.group) - place(b.group));
}

/** The macros of what an aggregated request carries: in one for each delivery they are an error. */
export function ofAggregation(macros: readonly Macro[], aggregates: boolean): readonly Macro[] {
  return aggregates ? macros : macros.filter((macro) => macro.group !== "Aggregated");
}
