/** Finds columns by the names people use, and suggests near ones. */
import { nearest } from "../errors/edit-distance.ts";
import { shownName } from "../model/header.ts";
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { tableName } from "../model/table-shape.ts";
import type { Column, TableName, TableShape } from "../model/table-shape.ts";

/** A table's name as people write it. */
export function tableLabel(shape: TableShape): string {
  return tableName(shape.name);
}

/** The column called `name`, by itself; else all that differ from it just in case. */
export function columnsAlike({ columns }: Pick<TableShape, "columns">, name: string): Column[] {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined) return [exact];
  const folded = name.toLowerCase();
  return columns.filter((column) => column.name.toLowerCase() === folded);
}

/**
 * The column that a field of this name fills: exactly, else the only one that differs just in case; `null` when there is none.
 * Throws `PLAN_AMBIGUOUS_FIELD` when several differ only in case.
 */
export function findColumn(shape: Pick<TableShape, "columns">, name: string): Column | null {
  const [only, ...others] = columnsAlike(shape, name);
  if (only === undefined || others.length === 0) return only ?? null;
  const candidates = listed([only, ...others]);
  const fix = `say which: --map ${shellWord(`${name}:COLUMN`)}`;
  throw upsurgeError("PLAN_AMBIGUOUS_FIELD", { field: name, candidates }, { fix });
}

/**
 * The column that the flag at `where` calls `name`. Throws `PLAN_UNKNOWN_COLUMN` with the nearest name as fix, else with what
 * helps `otherwise`, and `PLAN_AMBIGUOUS_FIELD`.
 */
export function requireColumn(
  shape: TableShape,
  name: string,
  where: string,
  otherwise: string | null = null,
): Column {
  const [only, ...others] = columnsAlike(shape, name);
  if (only === undefined) throw unknownColumn(shape, { name, where, otherwise });
  if (others.length === 0) return only;
  const candidates = listed([only, ...others]);
  const title = `the column ${name} could be ${candidates}`;
  const fix = `write it as the table does: ${candidates}`;
  throw upsurgeError("PLAN_AMBIGUOUS_FIELD", { field: name, candidates }, { title, fix, where });
}

function listed(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(" or ");
}

function unknownColumn(
  shape: TableShape,
  asked: { readonly name: string; readonly where: string; readonly otherwise: string | null },
): Error {
  const near = nearest(
    asked.name,
    shape.columns.map((each) => each.name),
  );
  return upsurgeError(
    "PLAN_UNKNOWN_COLUMN",
    {
      column: asked.name,
      table: tableLabel(shape),
      columns: columnList(shape),
      suggestion:
        near === null ? (asked.otherwise ?? "use one of those names") : `did you mean ${near}?`,
    },
    { where: asked.where },
  );
}

/** The table's column names, for messages. */
export function columnList(shape: TableShape): string {
  return nameList(shape.columns.map((column) => shownName(column.name)));
}

/** So many names are in a message. */
export const NAMED = 20;

/** Names for a message, the first of them where they are many. */
export function nameList(names: readonly string[]): string {
  return names.length > NAMED
    ? `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`
    : names.join(", ");
}

/** So many tables are suggested. */
const SHOWN = 3;

/** The tables that somebody may mean who wrote a name that is none, each as it is found from everywhere; `null` for none. */
export function nearTable(asked: string, tables: readonly TableName[]): string | null {
  const near = nearest(
    asked,
    tables.flatMap((table) => [tableName(table), table.name]),
  );
  // One of that very name is in a schema that is not looked into: only with its schema it is found.
  const meant = tables.filter((table) => tableName(table) === near || table.name === near);
  return meant.length === 0 ? null : meant.slice(0, SHOWN).map(tableName).join(" or ");
}
