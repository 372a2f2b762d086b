/** The options of reading among all options. */
import type { NestMember } from "../model/nest/nesting.ts";
import { levelsOf } from "../options/nest/nest-levels.ts";
import type { LevelOptions } from "../options/nest/nest-levels.ts";
import type { Options } from "../options/options.ts";
import { lookupFields } from "../options/lookup-fields.ts";
import type { ReadOptions } from "../read/source.ts";

/** What the flags say of how bytes become records. */
export function readOptions(options: Options): ReadOptions {
  const { quote, null: nullTokens, keepEmpty, map, ...rest } = options;
  return {
    ...rest,
    quote: quote === "" ? null : quote,
    nullTokens: nullTokens ?? [],
    keepEmpty: keepEmpty ?? [],
    paths: [
      ...(map ?? []).flatMap(({ field, column }) => (column === null ? [] : [field])),
      ...lookupFields(options),
    ],
    ...(options.nest === null ? {} : { nests: nestMembers(levelsOf(options), null) }),
  };
}

/** The members of a level that hold records. */
function nestMembers(levels: readonly LevelOptions[], parent: number | null): NestMember[] {
  return [...levels.entries()]
    .filter(([, level]) => level.parent === parent)
    .map(([at, { path, scalar, wraps }]) => ({
      name: path.at(-1) ?? "",
      members: nestMembers(levels, at),
      ...(scalar === null ? {} : { scalar }),
      ...(wraps ? { wraps } : {}),
    }));
}
