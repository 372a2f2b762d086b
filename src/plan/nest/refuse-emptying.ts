/** `--truncate` deletes the rows that others in arrays refer to: those have to go before it, and only the user can say so. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import { levelName } from "../../options/nest/nest-levels.ts";
import type { Options } from "../../options/options.ts";
import { tableSql } from "../../sql/unique-index.ts";

/** The levels and their tables, with what is said of deletes. */
export interface EmptiedLevels {
  readonly tables: readonly TablePlan[];
  readonly levels: readonly NestLevel[];
  readonly options: Pick<Options, "truncate" | "before">;
  readonly quoteIdentifier: (name: string) => string;
}

/** Throws `OPTION_CONFLICT`, unless there is SQL of the user's that comes first. */
export function refuseEmptying(request: EmptiedLevels): void {
  const { options, levels } = request;
  if (!options.truncate || options.before !== null) return;
  const first = levels.find((level) => level.parentAt === 0 && refers(level, request));
  if (first === undefined) return;
  const below = levels.filter((level) => level.relation === "array" && isUnder(level, request));
  const sql = below.toReversed().map((level) => deleteSql(level, request));
  const name = levelName(first.path);
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: "--truncate",
      other: `--nest ${name}`,
      reason: `rows of ${tableName(tableOf(first.at, request).name)} refer to those that it deletes`,
    },
    {
      where: "--truncate",
      fix: `delete them before it: --before ${shellQuoted(sql.join("; "))}; or leave --truncate out`,
    },
  );
}

function tableOf(at: number, { tables }: EmptiedLevels): TablePlan["table"] {
  const found = tables[at];
  if (found === undefined) throw upsurgeError("INTERNAL", { message: "a level has no table" });
  return found.table;
}

/** Whether a foreign key of the level's table refers to the records' own. */
function refers({ at, relation }: NestLevel, request: EmptiedLevels): boolean {
  const own = tableName(tableOf(at, request).name);
  const { referredBy = [] } = tableOf(0, request);
  return relation === "array" && referredBy.some(({ table }) => tableName(table) === own);
}

/** Whether its rows, or those that they refer to in turn, refer to the records' own. */
function isUnder(level: NestLevel, request: EmptiedLevels): boolean {
  if (level.parentAt === 0) return refers(level, request);
  const above = request.levels.find(({ at }) => at === level.parentAt);
  return above !== undefined && above.relation === "array" && isUnder(above, request);
}

function deleteSql(level: NestLevel, request: EmptiedLevels): string {
  const where = conditionOf(level, request);
  const table = tableSql(tableOf(level.at, request).name, request.quoteIdentifier);
  return `delete from ${table}${where === null ? "" : ` where ${where}`}`;
}

/** Of the rows that refer to rows which go; `null`: all of them do. */
function conditionOf(level: NestLevel, request: EmptiedLevels): string | null {
  const { quoteIdentifier } = request;
  const own = tableSql(tableOf(level.at, request).name, quoteIdentifier);
  const above = request.levels.find(({ at }) => at === level.parentAt);
  const inTurn = above === undefined ? null : conditionOf(above, request);
  if (above !== undefined && inTurn !== null) {
    const parent = tableSql(tableOf(above.at, request).name, quoteIdentifier);
    const pairs = level.links.map(
      ({ column, refersTo }) =>
        `${own}.${quoteIdentifier(column.name)} = ${parent}.${quoteIdentifier(refersTo.name)}`,
    );
    return `exists (select 1 from ${parent} where ${[...pairs, inTurn].join(" and ")})`;
  }
  const open = level.links.filter(({ column }) => column.nullable);
  const given = open.map(({ column }) => `${own}.${quoteIdentifier(column.name)} is not null`);
  return given.length === 0 ? null : given.join(" and ");
}
