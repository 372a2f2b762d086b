/**
 * When rows that a record does not mention may go with those of other records of the batch, and when each record needs what
 * went with the one before it: a row that goes gives up its keys, and the rows that refer to it. Pure.
 */
import type { TablePlan } from "../../model/load-plan.ts";
import type { MissingRule } from "../../model/nest/missing-rule.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { cascades, tableName } from "../../model/table-shape.ts";
import type { UniqueKey } from "../../model/table-shape.ts";
import { expressionsReading } from "../isolation.ts";
import { isArbiter } from "../key/key-name.ts";
import { tableLabel } from "../names.ts";

/** The levels with their tables, in the order of these. */
interface PlannedLevels {
  readonly tables: readonly TablePlan[];
  readonly levels: readonly NestLevel[];
  /** Whether the database takes brackets for quotes. */
  readonly brackets: boolean;
}

/** Whether the rows of a level go with those of other records. */
export function apartOf(
  level: NestLevel,
  planned: PlannedLevels,
): Pick<MissingRule, "apart" | "watched"> {
  const inside = [level, ...levelsIn(level, planned.levels)];
  const watched = new Map<number, ReadonlySet<string>>();
  let apart = ownReason(level, planned);
  for (const each of inside) {
    const table = planned.tables[each.at];
    if (table === undefined) continue;
    apart ??= keyReason(each, planned);
    watched.set(each.at, unknownKeys(table));
  }
  return { apart, watched };
}

/** The levels in its arrays, however deep. */
function levelsIn({ at }: NestLevel, levels: readonly NestLevel[]): readonly NestLevel[] {
  const own = levels.filter((each) => each.parentAt === at && each.relation === "array");
  return own.flatMap((each) => [each, ...levelsIn(each, levels)]);
}

/** What a row does that goes, beside giving up its place. */
function ownReason(level: NestLevel, { tables, levels, brackets }: PlannedLevels): string | null {
  const plan = tables[level.at];
  const missing = plan?.missing;
  if (plan === undefined || missing === undefined) return null;
  const { table } = plan;
  const label = tableLabel(table);
  const event = missing.said === "delete" ? "delete" : "update";
  const trigger = table.triggers.find(({ events }) => events.includes(event));
  if (trigger !== undefined)
    return `the trigger ${trigger.name} of ${label} may see or change other levels`;
  const reads = expressionsReading(
    missing.sets.map(({ expression }) => expression),
    brackets,
  );
  if (reads !== null) return reads;
  const self = table.foreignKeys.find((each) => each.selfReferencing);
  if (self !== undefined)
    return `rows of ${label} refer to each other by (${self.columns.join(", ")})`;
  const inside = new Set(levelsIn(level, levels).map(({ at }) => tableNameAt(tables, at)));
  const along = (table.referredBy ?? []).find(
    (each) => cascades(each) && !inside.has(tableName(each.table)),
  );
  if (missing.said === "delete" && along !== undefined)
    return `rows of ${tableName(along.table)} go along with those of ${label} that a record does not mention`;
  return parentReason(level, tables);
}

function tableNameAt(tables: readonly TablePlan[], at: number): string {
  const table = tables[at]?.table;
  return table === undefined ? "" : tableName(table.name);
}

/** Several rows that others refer to may have the same value. */
function parentReason({ links, parentAt }: NestLevel, tables: readonly TablePlan[]): string | null {
  const parent = tables[parentAt]?.table;
  if (parent === undefined) return null;
  const referred = new Set(links.map(({ refersTo }) => refersTo.name));
  const isUnique = parent.uniqueKeys.some(
    ({ kind, predicate, columns }) =>
      kind === "unique" &&
      predicate === null &&
      columns.every((name) => name !== null && referred.has(name)),
  );
  return isUnique
    ? null
    : `several rows of ${tableLabel(parent)} may have the same ${[...referred].join(", ")}, by which rows are missing`;
}

/** A value of a key that a row gives up, or takes from a row of another record. */
function keyReason({ at, links }: NestLevel, { tables }: PlannedLevels): string | null {
  const plan = tables[at];
  if (plan === undefined) return null;
  const { arbiter, table, missing } = plan;
  const label = tableLabel(table);
  const linking = links.map(({ column }) => column.name);
  const key = arbiter?.columns ?? missing?.keys.map(({ name }) => name) ?? linking;
  const lacking = linking.find((name) => !key.includes(name));
  if (lacking !== undefined)
    return `a row of ${label} may be another record's before, since ${lacking} is not in its key`;
  const moved = new Set((missing?.said === "set" ? missing.sets : []).map(({ column }) => column));
  const written = new Set([...knownColumns(plan), ...moved]);
  const other = table.uniqueKeys.find((each) => {
    const touches = each.columns.some((name) => name === null || written.has(name));
    const isMoved = each.columns.some((name) => name !== null && moved.has(name));
    return isMoved || (!isArbiter(each, arbiter) && !isMention(each, plan) && touches);
  });
  return other === undefined
    ? null
    : `a row of ${label} that a record does not mention gives up its ${other.name ?? ""}(${other.keyExpressions.join(", ")})`;
}

/** The key that rows are mentioned by where none decides, in mode insert. */
function isMention(key: UniqueKey, { arbiter, missing }: TablePlan): boolean {
  if (arbiter !== null || missing === undefined) return false;
  const names = new Set(missing.keys.map(({ name }) => name));
  return key.columns.length === names.size && key.columns.every((name) => names.has(name ?? ""));
}

/** The columns that rows are known to carry, or that expressions set. */
function knownColumns({ mapping, constants, linked = [], update }: TablePlan): readonly string[] {
  return [
    ...[...mapping, ...constants, ...update.sets, ...update.stamps].map(({ column }) => column),
    ...linked.flatMap(({ columns }) => columns.map(({ name }) => name)),
  ];
}

/** The columns of other keys, which later records may bring. */
function unknownKeys(plan: TablePlan): ReadonlySet<string> {
  const known = new Set(knownColumns(plan));
  const others = plan.table.uniqueKeys.filter(
    (key) => !isArbiter(key, plan.arbiter) && !isMention(key, plan),
  );
  const columns = others.flatMap((key) => key.columns.filter((name) => name !== null));
  return new Set(columns.filter((name) => !known.has(name)));
}
