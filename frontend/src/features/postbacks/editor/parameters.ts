import { type MacroNames, queryOf, type Slot, slotsOf } from "./slots";

/** One parameter of the query, with its value in pieces. */
export interface Parameter {
  name: string;
  /** Where its name begins. */
  start: number;
  end: number;
  slots: Slot[];
}

/** The query's parameters that have a value, as a table shows them. */
export function parametersIn(text: string, names: MacroNames): Parameter[] {
  const parameters: Parameter[] = [];
  let last: Parameter | undefined;
  for (const slot of slotsOf(text, names)) {
    if (slot.parameter === null) continue;
    // The pieces of one value touch each other; between two parameters there is at least a sign.
    if (last !== undefined && last.end === slot.start) {
      last.slots.push(slot);
      last.end = slot.end;
      continue;
    }
    last = {
      name: slot.parameter,
      start: slot.start - slot.parameter.length - 1,
      end: slot.end,
      slots: [slot],
    };
    parameters.push(last);
  }
  return parameters;
}

export function renameParameter(text: string, { start, name }: Parameter, next: string): string {
  return text.slice(0, start) + next.replaceAll(/[&=#?\s]/g, "") + text.slice(start + name.length);
}

/** Takes the parameter away with the sign that set it off. */
export function removeParameter(text: string, { start, end }: Parameter): string {
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (after.startsWith("&")) return before + after.slice(1);
  return before.replace(/[?&]$/, "") + after;
}

export function addParameter(text: string, names: MacroNames): string {
  const query = queryOf(text, names);
  const written = text.slice(query.start, query.end);
  const sign = written === "" ? "?" : written === "?" || written.endsWith("&") ? "" : "&";
  const taken = new Set([...written.matchAll(/[?&](\w+)=/g)].map((match) => match[1]));
  let n = 1;
  while (taken.has(`name${String(n)}`)) n += 1;
  return `${text.slice(0, query.end)}${sign}name${String(n)}=${text.slice(query.end)}`;
}
