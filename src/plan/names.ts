/** Finds columns by the names people use, and suggests near ones. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Column, TableName, TableShape } from "../model/table-shape.ts";
import { UNSEEN, escaped } from "../model/unseen.ts";

/** A table's name as people write it. */
export function tableLabel(shape: TableShape): string {
  return tableName(shape.name);
}

function tableName({ schema, name }: TableName): string {
  return schema === null ? name : `${schema}.${name}`;
}

/**
 * The column called `name`: exactly, else the only one that differs just in case; `null` when there is none.
 * Throws `PLAN_AMBIGUOUS_FIELD` when several differ only in case.
 */
export function findColumn(shape: TableShape, name: string): Column | null {
  const exact = shape.columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const folded = name.toLowerCase();
  const alike = shape.columns.filter((column) => column.name.toLowerCase() === folded);
  if (alike.length > 1) {
    const candidates = alike.map((column) => column.name).join(" or ");
    const fix = `say which: --map ${shellWord(`${name}:COLUMN`)}`;
    throw upsurgeError("PLAN_AMBIGUOUS_FIELD", { field: name, candidates }, { fix });
  }
  return alike[0] ?? null;
}

/** The column called `name`, or `PLAN_UNKNOWN_COLUMN` with the nearest name as fix. */
export function requireColumn(shape: TableShape, name: string, where: string): Column {
  const column = findColumn(shape, name);
  if (column !== null) return column;
  const near = nearest(
    name,
    shape.columns.map((each) => each.name),
  );
  throw upsurgeError(
    "PLAN_UNKNOWN_COLUMN",
    {
      column: name,
      table: tableLabel(shape),
      columns: columnList(shape),
      suggestion: near === null ? "use one of those names" : `did you mean ${near}?`,
    },
    { where },
  );
}

/** A word as it is typed in a shell. */
export function shellQuoted(text: string): string {
  // A control character would be shown escaped, and between plain quotes a shell does not read the escape.
  if (text.search(UNSEEN) >= 0) {
    return `$'${text.replace(/[\\']/g, "\\$&").replace(UNSEEN, escaped)}'`;
  }
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A word as it is typed in a shell, without quotes where none are needed. */
export function shellWord(text: string): string {
  return /^[\w.:=+-]+$/.test(text) ? text : shellQuoted(text);
}

/** The table's column names, for messages. */
export function columnList(shape: TableShape): string {
  const names = shape.columns.map((column) => column.name);
  return names.length > 20
    ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`
    : names.join(", ");
}

/** The candidate that is at most a third of its letters away from `name`, but not all of them; `null` when none is. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  const most = Math.min(name.length - 1, Math.max(1, Math.floor(name.length / 3)));
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** So many tables are suggested. */
const SHOWN = 3;

/** The tables that somebody may mean who wrote a name that is none, each as it is found from everywhere; `null` for none. */
export function nearTable(asked: string, tables: readonly TableName[]): string | null {
  const near = nearest(
    asked,
    tables.flatMap((table) => [tableName(table), table.name]),
  );
  // One of that very name stands in a schema that is not looked into: only with its schema it is found.
  const meant = tables.filter((table) => tableName(table) === near || table.name === near);
  return meant.length === 0 ? null : meant.slice(0, SHOWN).map(tableName).join(" or ");
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
