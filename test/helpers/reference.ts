/**
 * The oracle: applies records one at a time, each as the single-row statement that the flags describe, and counts by
 * looking at the target row before and after. Written for the tests alone; shares nothing with the loader.
 */
import type { Engine, TestDatabase } from "./engines.ts";
import { applyTsqlRecord, isTsqlRefusal } from "./reference-tsql.ts";

/** A record: text or NULL by column; a column it does not name is absent. */
export type ReferenceRecord = Readonly<Record<string, string | null>>;

/** A load, in the words of the flags. */
export interface ReferenceLoad {
  readonly engine: Engine["name"];
  readonly table: string;
  /** Type of every column, in table order. */
  readonly columns: Readonly<Record<string, string>>;
  /** The defaults of columns that have one, as SQL. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  readonly mode: "upsert" | "insert" | "ignore" | "update";
  /** Columns to update where a record has them. */
  readonly updateColumns: readonly string[];
  /** Column and expression over `target.` and `excluded.`. */
  readonly sets: Readonly<Record<string, string>>;
  readonly where: string | null;
  /** A record with one of these texts in its field, which is no column, deletes the row of its key; absent: none does. */
  readonly deleteWhen?: { readonly field: string; readonly values: readonly string[] };
  readonly records: readonly ReferenceRecord[];
  /** A record of nothing but NULL is a blank one. */
  readonly isCsv?: boolean;
}

/** What a record came to. */
export type Fate =
  | "inserted"
  | "updated"
  | "unchanged"
  | "ignored"
  | "skipped"
  | "deleted"
  | "blank"
  | "rejected";

/** Applies the records in order; the table holds the outcome. */
export async function applyReference(
  database: TestDatabase,
  load: ReferenceLoad,
): Promise<{ counts: Record<string, number>; fates: Fate[] }> {
  const fates: Fate[] = [];
  for (const record of load.records) fates.push(await applyRecord(database, load, record));
  const counts: Record<string, number> = {};
  for (const fate of fates) counts[fate] = (counts[fate] ?? 0) + 1;
  return { counts, fates };
}

async function applyRecord(
  database: TestDatabase,
  load: ReferenceLoad,
  { [load.deleteWhen?.field ?? ""]: mark, ...record }: ReferenceRecord,
): Promise<Fate> {
  const { key, mode, engine, deleteWhen } = load;
  const values = [mark ?? null, ...Object.values(record)];
  if (load.isCsv === true && values.every((value) => value === null)) return "blank";
  // The default for NULL keys; plain inserts have no key to guard.
  if (mode !== "insert" && key.some((column) => (record[column] ?? null) === null))
    return "rejected";
  const image = (): Promise<(string | null)[][]> => database.rows(imageQuery(load, record));
  try {
    if (deleteWhen?.values.includes(mark ?? "") === true)
      return await deleteRow(database, load, record);
    if (engine === "sqlserver") return await applyTsqlRecord(database, load, record);
    const before = mode === "insert" ? [] : await image();
    const written = await database.rows(statement(load, record));
    if (mode === "update" && before.length === 0) return "skipped";
    if (before.length === 0) return written.length > 0 ? "inserted" : "ignored";
    if (mode === "ignore" || assignments(load, record).length === 0) return "ignored";
    if (written.length === 0) return "skipped";
    return JSON.stringify(await image()) === JSON.stringify(before) ? "unchanged" : "updated";
  } catch (error) {
    if (isRefusal(error, engine)) return "rejected";
    throw error;
  }
}

/** Deletes the row of a key, if there is one and the condition holds. */
async function deleteRow(
  database: TestDatabase,
  load: ReferenceLoad,
  record: ReferenceRecord,
): Promise<Fate> {
  const { engine, table, key, where } = load;
  const equal = key.map((column) => {
    const value = withValues(`excluded.${column}`, load, record);
    // The type of the key is that of its column, which reads a text as it would be stored.
    return `target.${column} = ${engine === "sqlite" ? literal(record[column] ?? null) : value}`;
  });
  const condition = where === null ? [] : [`(${withValues(where, load, record)})`];
  const found = `${table} as target where ${[...equal, ...condition].join(" and ")}`;
  const [count] = await database.rows(`select count(*) from ${found}`);
  if (count?.[0] === "0") return "skipped";
  await database.exec(
    engine === "sqlserver" ? `delete target from ${found}` : `delete from ${found}`,
  );
  return "deleted";
}

/** A database's refusal of a value; anything else is a fault of the test. */
function isRefusal(error: unknown, engine: ReferenceLoad["engine"]): boolean {
  if (engine === "sqlserver") return isTsqlRefusal(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return engine === "postgres" ? /^2[23]/.test(code) : /^SQLITE_(CONSTRAINT|MISMATCH)/.test(code);
}

/** The stored image of the target row, so that 1 and 1.0 differ. */
function imageQuery(
  { engine, table, columns, key }: ReferenceLoad,
  record: ReferenceRecord,
): string {
  const image = (column: string): string =>
    engine === "postgres" ? `"${column}"::text` : `quote("${column}")`;
  const found = key.map((column) => `"${column}" = ${literal(record[column] ?? null)}`);
  return `select ${Object.keys(columns).map(image).join(", ")} from ${table} where ${found.join(" and ")}`;
}

function statement(load: ReferenceLoad, record: ReferenceRecord): string {
  return load.mode === "update" ? updateStatement(load, record) : insertStatement(load, record);
}

function insertStatement(load: ReferenceLoad, record: ReferenceRecord): string {
  const { table, key, mode, where } = load;
  const columns = Object.keys(record);
  const insert = `insert into ${table} as target (${columns.map(quote).join(", ")}) values (${columns
    .map((column) => literal(record[column] ?? null))
    .join(", ")})`;
  if (mode === "insert") return `${insert} returning 1`;
  const changes = assignments(load, record);
  const conflict = `on conflict (${key.map(quote).join(", ")})`;
  if (mode === "ignore" || changes.length === 0) {
    return `${insert} ${conflict} do nothing returning 1`;
  }
  const condition = where === null ? "" : ` where ${where}`;
  return `${insert} ${conflict} do update set ${changes.join(", ")}${condition} returning 1`;
}

function updateStatement(load: ReferenceLoad, record: ReferenceRecord): string {
  const { table, key, where } = load;
  const changes = assignments(load, record).map((change) => withValues(change, load, record));
  // Nothing to update: the statement only looks.
  if (changes.length === 0) changes.push(`${quote(key[0] ?? "")} = ${quote(key[0] ?? "")}`);
  const found = key.map((column) => `target.${quote(column)} = ${literal(record[column] ?? null)}`);
  if (where !== null) found.push(`(${withValues(where, load, record)})`);
  return `update ${table} as target set ${changes.join(", ")} where ${found.join(" and ")} returning 1`;
}

/** Writes the incoming values in the place of `excluded.column`; for an absent column that is its default. */
function withValues(sql: string, load: ReferenceLoad, record: ReferenceRecord): string {
  return sql.replace(/excluded\."?(\w+)"?/g, (_, column: string) => {
    const value = column in record ? literal(record[column] ?? null) : load.defaults[column];
    return `cast(${value ?? "null"} as ${load.columns[column] ?? "text"})`;
  });
}

function assignments({ updateColumns, sets }: ReferenceLoad, record: ReferenceRecord): string[] {
  const carried = updateColumns.filter((column) => column in record && !(column in sets));
  return [
    ...carried.map((column) => `${quote(column)} = excluded.${quote(column)}`),
    ...Object.entries(sets).map(([column, expression]) => `${quote(column)} = (${expression})`),
  ];
}

function quote(column: string): string {
  return `"${column}"`;
}

function literal(value: string | null): string {
  return value === null ? "null" : `'${value.replaceAll("'", "''")}'`;
}
