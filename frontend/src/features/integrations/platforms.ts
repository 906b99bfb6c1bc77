import { useQuery } from "urql";

import type { Choice } from "@/components/ui/choice";
import { graphql, type ResultOf } from "@/graphql/graphql";

import type { Word } from "./words";

/** What is shown of a template. */
export const PlatformParts = graphql(`
  fragment PlatformParts on OperatorPlatform @_unmask {
    key
    name
    confidence
    source
    checked
    clickParameter
    notes
    parameterMapping {
      from
      to
    }
    goalMapping {
      from
      to
    }
    statusMapping {
      from
      to
    }
  }
`);

const PlatformsQuery = graphql(
  `
    query StaffPlatforms {
      operatorPlatforms {
        ...PlatformParts
      }
    }
  `,
  [PlatformParts],
);

/** The template of a platform that operators run. */
export type Platform = NonNullable<ResultOf<typeof PlatformsQuery>["operatorPlatforms"]>[number];

/** What is chosen where nobody knows what the operator runs. */
export const genericPlatform = "generic";

const confidences: Record<Platform["confidence"], string> = {
  DOCUMENTED: "Documented",
  OBSERVED: "From another tracker's templates",
  UNPUBLISHED: "Macros not published",
};

/** How well a template is confirmed, in words. */
export function confidenceOf({ confidence }: Pick<Platform, "confidence">): string {
  return confidences[confidence];
}

/** The templates, and the same to choose from; the generic one is the first. */
export function usePlatforms(): { platforms: readonly Platform[]; choices: Choice[] } {
  const [{ data }] = useQuery({ query: PlatformsQuery });
  const platforms = data?.operatorPlatforms ?? [];
  return {
    platforms,
    choices: platforms.map((platform) => ({
      id: platform.key,
      label: platform.name,
      hint: platform.key === genericPlatform ? "Our own names" : confidenceOf(platform),
    })),
  };
}

/** One entry of a mapping, before and after another template is chosen. */
export interface Change {
  word: Word;
  kind: "added" | "removed" | "kept";
}

/**
 * What a mapping becomes with another template: what the old template brought goes, the new one's comes, and what staff
 * added themselves stays, unless the new template says otherwise of the same word.
 */
export function changesOf(now: readonly Word[], old: readonly Word[], next: readonly Word[]): Change[] {
  const same = (a: Word, b: Word) => a.from === b.from && a.to === b.to;
  const stays = (word: Word) =>
    next.some((n) => same(n, word)) ||
    (!old.some((o) => same(o, word)) && !next.some((n) => n.from === word.from));
  return [
    ...now.map((word): Change => ({ word, kind: stays(word) ? "kept" : "removed" })),
    ...next
      .filter((word) => !now.some((n) => same(n, word)))
      .map((word): Change => ({ word, kind: "added" })),
  ];
}

/** A mapping after its changes. */
export function changed(changes: readonly Change[]): Word[] {
  return changes.filter(({ kind }) => kind !== "removed").map(({ word: { from, to } }) => ({ from, to }));
}
