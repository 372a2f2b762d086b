/** Members that --nest names and no record had a row in: as a rule, what nobody ever had was misspelt. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import type { LevelCounts } from "../../model/counts.ts";
import type { NestPlan } from "../../model/nest/nest-plan.ts";

/** A warning for each of them but those in another. `counts` are those of the levels. */
export function emptyMembers(
  nest: NestPlan | undefined,
  counts: readonly LevelCounts[],
): readonly string[] {
  const levels = nest?.levels ?? [];
  // Rows are removed where a record has an array without any.
  const isEmpty = (place: number): boolean =>
    counts[place]?.read === 0 && counts[place].removed === 0;
  return levels.flatMap(({ path, parentAt }, place) => {
    const above = levels.findIndex(({ at }) => at === parentAt);
    if (!isEmpty(place) || (above >= 0 && isEmpty(above))) return [];
    return [
      `no record had a row in ${shellQuoted(path.join("."))}, which --nest names; check its spelling: upper and lower case differ`,
    ];
  });
}
