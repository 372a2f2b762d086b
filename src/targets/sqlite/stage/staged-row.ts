/**
 * The temporary table that holds one incoming row with the column types of the table; pure.
 * It has the table's columns and no others, so that the widest table fits: the row is known by its rowid.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { quoteIdentifier } from "../quote.ts";
import { solidTokens } from "../../../sql/tokens.ts";
import type { ColumnDetails, SqliteTable } from "../catalog/table-shape.ts";

type StagedTable = Pick<TablePlan, "stage" | "table">;

const ROWIDS = ["rowid", "_rowid_", "oid"];

/** `wanted`, with a number behind it when it is taken in any case. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const names = new Set(taken.map((name) => name.toLowerCase()));
  let free = wanted;
  for (let number = 2; names.has(free); number += 1) free = `${wanted} ${number}`;
  return free;
}

/** What a temporary table of the load is called: never as the loaded table, which it would hide. */
export function temporaryName({ stage, table }: StagedTable, what: string): string {
  return freeName(`${stage}_${what}`, [table.name.name]);
}

/** `temp."upsurge_seen"` */
export function temporary(name: string): string {
  return `temp.${quoteIdentifier(name)}`;
}

/** The temporary table of one row. */
export function stagedName(plan: StagedTable): string {
  return temporaryName(plan, "row");
}

function isRowid(slot: string): boolean {
  return ROWIDS.includes(slot);
}

/** A name of the rowid that no column has; `null` where columns have taken all of them. */
export function rowidName({
  columns,
}: {
  readonly columns: readonly { readonly name: string }[];
}): string | null {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  return ROWIDS.find((name) => !taken.has(name)) ?? null;
}

/** The number of the row, as SQL: a name of the rowid, or a column of its own when the table's columns have taken all of them. */
export function slotOf(table: TableShape): string {
  const columns = table.columns.map(({ name }) => name);
  return rowidName(table) ?? quoteIdentifier(freeName("upsurge slot", columns));
}

/** A column in SQLite's own words, for a temporary table. */
export function stagedColumn(name: string, details: ColumnDetails | undefined): string {
  const type = { integer: "int", real: "real", numeric: "numeric", text: "text", blob: "blob" }[
    details?.affinity ?? "blob"
  ];
  const { collation } = details ?? { collation: null };
  return `${quoteIdentifier(name)} ${type}${collation === null ? "" : ` collate ${quoteIdentifier(collation)}`}`;
}

/** `create temp table "upsurge_row" ("a" int, "b" text collate "NOCASE" default (''))` */
export function createStaged({ shape, details }: SqliteTable, name: string): string {
  const slot = slotOf(shape);
  const declared = isRowid(slot) ? [] : [`${slot} integer primary key`];
  const columns = shape.columns.map(({ name, defaultSql, generatedSql }) => {
    const typed = stagedColumn(name, details.get(name));
    return `${typed}${madeSql(generatedSql, defaultSql)}`;
  });
  return `create temp table ${quoteIdentifier(name)} (${[...declared, ...columns].join(", ")})`;
}

/** How a column of a temporary table gets a value that is not given. */
export function madeSql(generatedSql: string | null, defaultSql: string | null): string {
  if (generatedSql !== null) return ` generated always as (${generatedSql}) virtual`;
  return defaultSql === null ? "" : ` default (${constantText(defaultSql)})`;
}

const CONSTANT_WORD = /^(?:null|true|false|current_(?:date|time|timestamp))$/i;

/** A default may be a bare or quoted word and means its text; in brackets it would be a name. */
function constantText(defaultSql: string): string {
  const [word, ...more] = solidTokens(defaultSql, true);
  if (word?.kind !== "word" || more.length > 0) return defaultSql;
  if (!word.quoted && CONSTANT_WORD.test(word.name)) return defaultSql;
  return `'${word.name.replaceAll("'", "''")}'`;
}

/** `replace into temp."upsurge_row" (rowid, "a", "b") values (1, ?, ?)`; columns left out get their default. */
export function stageRow(plan: StagedTable, columns: readonly string[]): string {
  const names = [slotOf(plan.table), ...columns.map(quoteIdentifier)].join(", ");
  const places = ["1", ...columns.map(() => "?")].join(", ");
  return `replace into ${temporary(stagedName(plan))} (${names}) values (${places})`;
}

/** `temp."upsurge_row" as excluded` */
export function fromStaged(plan: StagedTable): string {
  return `${temporary(stagedName(plan))} as excluded`;
}
