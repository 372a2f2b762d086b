/** Reads the tables of nested records, and what the first records have in their members. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { levelName, levelsOf } from "../../options/nest/nest-levels.ts";
import type { LevelOptions } from "../../options/nest/nest-levels.ts";
import type { Options } from "../../options/options.ts";
import { nearTable } from "../../plan/names.ts";
import type { LevelRequest } from "../../plan/nest/plan-nest.ts";
import type { LookedAtSources } from "../../sources/looked-at.ts";
import type { Session } from "../../targets/target.ts";
import { tablesThere } from "./tables-there.ts";

/** A level and its table. */
export type ReadLevel = LevelOptions & { readonly shape: TableShape };

/** The levels with their tables; none where records hold no others. Throws `PLAN_NEST_TABLE`. */
export async function readLevels(
  session: Session,
  options: Options,
): Promise<readonly ReadLevel[]> {
  if (options.nest === null) return [];
  const levels: ReadLevel[] = [];
  for (const level of levelsOf(options)) {
    const shape = await session.readTableShape(level.table);
    if (shape === null) throw await noTable(session, level, options);
    levels.push({ ...level, shape });
  }
  return levels;
}

/** The levels with what the first records have in them. Throws `OPTION_CONFLICT` for sources without such records. */
export function seenLevels(
  levels: readonly ReadLevel[],
  { first, later, nested }: LookedAtSources,
): readonly LevelRequest[] {
  const flat = [first, ...later].find(({ format }) => format === "csv" || format === "tsv");
  if (levels.length > 0 && flat !== undefined) {
    const details = {
      flag: "--nest",
      other: `the source ${flat.name}`,
      reason: "it is CSV, and only JSON records hold others",
    };
    throw upsurgeError("OPTION_CONFLICT", details, {
      where: "--nest",
      fix: "leave --nest out, or load JSON",
    });
  }
  return levels.map((level) => {
    const key = JSON.stringify(level.path);
    return { ...level, seen: nested.find(({ path }) => JSON.stringify(path) === key) ?? null };
  });
}

async function noTable(
  session: Session,
  { table, path }: LevelOptions,
  options: Options,
): Promise<Error> {
  const { tables, told } = await tablesThere(session, options);
  const near = nearTable(table, tables);
  const reason = `the database has ${told}`;
  const suggestion = near === null ? "use one of those names" : `did you mean ${near}?`;
  const member = levelName(path);
  return upsurgeError(
    "PLAN_NEST_TABLE",
    { table, member, reason, suggestion },
    { where: `--nest ${member}` },
  );
}
