/**
 * The oracle's statements for SQL Server, where no single statement says an upsert: look, then insert or update, one record
 * at a time. A table `probe`, made by the set-up with the checks of the table and none of its keys, tells whether a record
 * could be inserted, which an upsert asks of every record.
 */
import type { TestDatabase } from "./engines.ts";
import type { Fate, ReferenceLoad, ReferenceRecord } from "./reference.ts";

/** Applies one record whose key is not NULL. Throws the driver's error when the database refuses it. */
export async function applyTsqlRecord(
  database: TestDatabase,
  load: ReferenceLoad,
  record: ReferenceRecord,
): Promise<Fate> {
  const { mode, table } = load;
  const columns = Object.keys(record).map((name) => `[${name}]`);
  const values = Object.values(record).map(literal);
  const insert = (into: string): string =>
    `insert into ${into} (${columns.join(", ")}) values (${values.join(", ")})`;
  await database.rows(
    `select ${Object.keys(record)
      .map((name) => valueOf(load, record, name))
      .join(", ")}`,
  );
  if (mode !== "update") await database.exec(insert("probe"));
  const found = load.key.map((name) => `target.[${name}] = ${valueOf(load, record, name)}`);
  const image = (): Promise<(string | null)[][]> => {
    const texts = Object.keys(load.columns).map((name) => `convert(nvarchar(max), [${name}])`);
    return database.rows(
      `select ${texts.join(", ")} from ${table} as target where ${found.join(" and ")}`,
    );
  };
  const before = mode === "insert" ? [] : await image();
  if (before.length === 0) {
    if (mode === "update") return "skipped";
    await database.exec(insert(table));
    return "inserted";
  }
  const changes = changesOf(load, record);
  if (mode === "ignore" || changes.length === 0) return "ignored";
  const condition = load.where === null ? "1 = 1" : `(${withValues(load.where, load, record)})`;
  const met = await database.rows(
    `select 1 from ${table} as target where ${[...found, condition].join(" and ")}`,
  );
  if (met.length === 0) return "skipped";
  await database.exec(
    `update target set ${changes.join(", ")} from ${table} as target where ${found.join(" and ")}`,
  );
  return JSON.stringify(await image()) === JSON.stringify(before) ? "unchanged" : "updated";
}

/** The numbers of errors that a record caused. */
const REFUSALS = new Set([241, 245, 248, 515, 547, 2601, 2627, 2628, 8114, 8115, 8152]);

/** True when the server refused a record. */
export function isTsqlRefusal(error: unknown): boolean {
  return error instanceof Error && "number" in error && REFUSALS.has(Number(error.number));
}

function changesOf(load: ReferenceLoad, record: ReferenceRecord): string[] {
  const carried = load.updateColumns.filter((name) => name in record && !(name in load.sets));
  return [
    ...carried.map((name) => `[${name}] = ${valueOf(load, record, name)}`),
    ...Object.entries(load.sets).map(
      ([name, expression]) => `[${name}] = (${withValues(expression, load, record)})`,
    ),
  ];
}

/** Writes the incoming values in the place of `excluded.column`; for an absent column that is its default. */
function withValues(sql: string, load: ReferenceLoad, record: ReferenceRecord): string {
  return sql.replace(/excluded\.(\w+)/g, (_, name: string) => valueOf(load, record, name));
}

function valueOf(load: ReferenceLoad, record: ReferenceRecord, name: string): string {
  const value = name in record ? literal(record[name] ?? null) : (load.defaults[name] ?? "null");
  return `cast(${value} as ${load.columns[name] ?? "nvarchar(100)"})`;
}

function literal(value: string | null): string {
  return value === null ? "null" : `N'${value.replaceAll("'", "''")}'`;
}
