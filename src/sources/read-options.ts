/** The options of reading among all options. */
import type { NestMember } from "../model/nest/nesting.ts";
import { levelsOf } from "../options/nest/nest-levels.ts";
import type { LevelOptions } from "../options/nest/nest-levels.ts";
import type { Options } from "../options/options.ts";
import { lookupFields } from "../options/lookup-fields.ts";
import type { ReadOptions } from "../read/source.ts";
import { excludedNames } from "../sql/excluded-fields.ts";

/** What the flags say of how bytes become records. */
export function readOptions(options: Options): ReadOptions {
  const { quote, null: nullTokens, keepEmpty, ...rest } = options;
  return {
    ...rest,
    quote: quote === "" ? null : quote,
    nullTokens: nullTokens ?? [],
    keepEmpty: keepEmpty ?? [],
    paths: namesIn(options),
    ...(options.nest === null ? {} : { nests: nestMembers(levelsOf(options), null) }),
  };
}

/** The names that flags have for values of a record. */
function namesIn(options: Options): readonly string[] {
  const expressions = (options.value ?? []).flatMap(({ expression }) => excludedNames(expression));
  return [
    ...(options.map ?? []).flatMap(({ field, column }) => (column === null ? [] : [field])),
    ...lookupFields(options),
    ...expressions.map(({ name }) => name),
  ];
}

/** The members of a level that hold records. */
function nestMembers(levels: readonly LevelOptions[], parent: number | null): NestMember[] {
  return [...levels.entries()]
    .filter(([, level]) => level.parent === parent)
    .map(([at, { path, scalar, wraps, options }]) => ({
      name: path.at(-1) ?? "",
      members: nestMembers(levels, at),
      paths: namesIn(options),
      ...(scalar === null ? {} : { scalar }),
      ...(wraps ? { wraps } : {}),
    }));
}
