import type { Mark } from "@/components/ui/spans";
import type { UrlPart } from "@/components/ui/url-text";

/** Where the values of the params stand in a finished tracking link. */
export function paramMarks(url: string): Mark<UrlPart>[] {
  return [...url.matchAll(/[?&](param_[123]|lp|dl)=([^&#]*)/g)].flatMap(
    ([whole, name = "", value = ""], i, all) => {
      const end = (all[i]?.index ?? 0) + whole.length;
      return value === "" ? [] : [{ start: end - value.length, end, value: { name, hint: name } }];
    },
  );
}
