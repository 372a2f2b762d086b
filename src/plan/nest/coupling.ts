/**
 * What couples records that hold others, so that writing a batch level by level could differ from one record at a time. True
 * for any database. Pure.
 */
import type { TablePlan } from "../../model/load-plan.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { readingReason } from "../isolation.ts";
import { tableLabel } from "../names.ts";

/** Why records are written one by one; `null`: nothing couples them. */
export function couplingOf(
  tables: readonly TablePlan[],
  levels: readonly NestLevel[],
  quoteIdentifier: (name: string) => string,
): string | null {
  return (
    twiceReason(tables) ??
    madeReason(tables) ??
    firstOf(tables, (plan) => tableReason(plan, tables, quoteIdentifier)) ??
    referenceReason(tables, levels) ??
    firstOf(tables, ({ missing }) => missing?.apart ?? null) ??
    firstOf(levels, (level) => movedReason(level, tables))
  );
}

function firstOf<T>(all: readonly T[], why: (each: T) => string | null): string | null {
  for (const each of all) {
    const reason = why(each);
    if (reason !== null) return reason;
  }
  return null;
}

function twiceReason(tables: readonly TablePlan[]): string | null {
  const names = tables.map(({ table }) => tableName(table.name));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? null : `rows of ${twice} are on several levels`;
}

/** A look-up of one level finds the rows that one of another level has made, for the same record or one before it. */
function madeReason(tables: readonly TablePlan[]): string | null {
  const asked = tables.map(({ lookups = [] }) => lookups.filter(({ late }) => late !== true));
  for (const [at, lookups] of asked.entries())
    for (const { parent, missing } of lookups) {
      const isParent = (each: LookupPlan): boolean =>
        tableName(each.parent.name) === tableName(parent.name);
      if (
        missing === "insert" &&
        asked.some((others, place) => place !== at && others.some(isParent))
      )
        return `rows of ${tableLabel(parent)} are made for one level and looked up on another`;
    }
  return null;
}

/** What a table does by itself, or what its expressions and look-ups read. */
function tableReason(
  { table, update, mode, values, recordDeletes, lookups = [] }: TablePlan,
  tables: readonly TablePlan[],
  quoteIdentifier: (name: string) => string,
): string | null {
  const label = tableLabel(table);
  const writes = mode === "insert" || mode === "ignore" ? ["insert"] : ["insert", "update"];
  const events = recordDeletes === undefined ? writes : [...writes, "delete"];
  const trigger = table.triggers.find(
    (each) => each.traceless !== true && each.events.some((event) => events.includes(event)),
  );
  if (trigger !== undefined)
    return `the trigger ${trigger.name} of ${label} may see or change other levels`;
  if (table.kind === "view" || table.rewritten)
    return `what is behind ${label} may see other levels`;
  const reads = readingReason({ update, quoteIdentifier }) ?? values?.eachRecord ?? null;
  if (reads !== null) return reads;
  const names = new Set(tables.map((each) => tableName(each.table.name)));
  const lookup = lookups.find(({ parent }) => names.has(tableName(parent.name)));
  return lookup === undefined
    ? null
    : `${lookup.column.name} is looked up in ${tableLabel(lookup.parent)}, which is on a level`;
}

/** A foreign key beside those that link levels: whether its row is there depends on the order. */
function referenceReason(
  tables: readonly TablePlan[],
  levels: readonly NestLevel[],
): string | null {
  const linked = new Set(levels.map((level) => linkKey(level, tables)));
  for (const { table: parent } of tables)
    for (const { table: from, columns } of parent.referredBy ?? []) {
      const isOfLevel = tables.some(({ table }) => tableName(table.name) === tableName(from));
      if (isOfLevel && !linked.has(keyText(tableName(from), columns, parent)))
        return `${tableName(from)} (${columns.join(", ")}) refers to ${tableLabel(parent)} as well`;
    }
  return null;
}

function linkKey(level: NestLevel, tables: readonly TablePlan[]): string {
  const own = tables[level.at]?.table;
  const parent = tables[level.parentAt]?.table;
  if (own === undefined || parent === undefined) return "";
  const [from, to] = level.relation === "array" ? [own, parent] : [parent, own];
  return keyText(
    tableName(from.name),
    level.links.map(({ column }) => column.name),
    to,
  );
}

function keyText(from: string, columns: readonly string[], to: TableShape): string {
  return JSON.stringify([from, columns.toSorted(), tableName(to.name)]);
}

/** What rows are referred to by is changed by something else than the value of a record. */
function movedReason(
  { relation, at, parentAt, links }: NestLevel,
  tables: readonly TablePlan[],
): string | null {
  const source = tables[relation === "array" ? parentAt : at];
  const moved = [...(source?.update.sets ?? []), ...(source?.update.stamps ?? [])];
  const found = links.find(({ refersTo }) => moved.some(({ column }) => column === refersTo.name));
  return found === undefined
    ? null
    : `${found.refersTo.name}, which rows refer to, is set by an expression`;
}
