/** Describes what a constraint refused, with the names that SQL Server's messages have. */
import type { DatabaseError } from "pg";
import type { Failed } from "./errors.ts";
import { quoteName, quoteText } from "./quote.ts";

type Described = readonly [number, string];

/** The number and message when the error is a constraint's; else null. */
export async function conflictOf(error: DatabaseError, failed: Failed): Promise<Described | null> {
  const table = `${error.schema ?? "dbo"}.${error.table ?? ""}`;
  switch (error.code ?? "") {
    case "23505":
      return describeKey(error, table, failed);
    case "23502":
      return describeNull(error, table, failed);
    case "23514":
      return describeCheck(error, table, failed);
    case "23503":
      return describeForeign(error, table, failed);
    case "22001":
      return describeLength(error, failed);
    default:
      return null;
  }
}

async function describeKey(
  error: DatabaseError,
  table: string,
  { ask }: Failed,
): Promise<Described> {
  const name = error.constraint ?? "";
  const value = /=\((.*)\)/s.exec(error.detail ?? "")?.[1] ?? "";
  const ending = `The duplicate key value is (${value.replaceAll("null", "<NULL>")}).`;
  const prefix = `${error.table ?? ""}.`;
  const [row] = await ask(
    `SELECT contype FROM pg_constraint WHERE conname = ${quoteText(name)} AND conrelid = to_regclass(${quoteText(relation(error))})`,
  );
  const kind = name.startsWith(prefix) ? undefined : row?.[0];
  if (kind === undefined) {
    const index = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return [
      2601,
      `Cannot insert duplicate key row in object '${table}' with unique index '${index}'. ${ending}`,
    ];
  }
  const what = kind === "p" ? "PRIMARY KEY" : "UNIQUE KEY";
  return [
    2627,
    `Violation of ${what} constraint '${name}'. Cannot insert duplicate key in object '${table}'. ${ending}`,
  ];
}

function relation(error: DatabaseError): string {
  return `${quoteName(error.schema ?? "dbo")}.${quoteName(error.table ?? "")}`;
}

async function databaseOf(ask: Failed["ask"]): Promise<string> {
  const [row] = await ask("SELECT current_database()");
  return row?.[0] ?? "";
}

async function describeNull(
  error: DatabaseError,
  table: string,
  { ask, verb }: Failed,
): Promise<Described> {
  const ending = verb === "UPDATE" ? "UPDATE" : "INSERT";
  const message = `Cannot insert the value NULL into column '${error.column ?? ""}', table '${await databaseOf(ask)}.${table}'; column does not allow nulls. ${ending} fails.`;
  return [515, message];
}

async function describeCheck(
  error: DatabaseError,
  table: string,
  { ask, verb }: Failed,
): Promise<Described> {
  const name = error.constraint ?? "";
  if (name === "tinyint_range") return [220, "Arithmetic overflow error for data type tinyint."];
  if (name.startsWith("tsql length ")) {
    const column = name.slice("tsql length ".length);
    return [
      2628,
      `String or binary data would be truncated in table '${await databaseOf(ask)}.${table}', column '${column}'. Truncated value: ''.`,
    ];
  }
  const [row] = await ask(
    `SELECT attname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.conname = ${quoteText(name)} AND array_length(k.conkey, 1) = 1 AND k.conrelid = to_regclass(${quoteText(relation(error))})`,
  );
  const column = row?.[0] === undefined ? "" : `, column '${row[0] ?? ""}'`;
  return [
    547,
    `The ${verb} statement conflicted with the CHECK constraint "${name}". The conflict occurred in database "${await databaseOf(ask)}", table "${table}"${column}.`,
  ];
}

async function describeForeign(
  error: DatabaseError,
  table: string,
  { ask, verb }: Failed,
): Promise<Described> {
  const name = error.constraint ?? "";
  const fromParent = error.message.startsWith("update or delete");
  const [row] = await ask(
    `SELECT cn.nspname || '.' || c.relname, ca.attname, pn.nspname || '.' || p.relname, pa.attname FROM pg_constraint k
     JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
     JOIN pg_attribute ca ON ca.attrelid = c.oid AND ca.attnum = k.conkey[1] JOIN pg_attribute pa ON pa.attrelid = p.oid AND pa.attnum = k.confkey[1]
     WHERE k.conname = ${quoteText(name)} AND k.contype = 'f'`,
  );
  const [child = table, childColumn = "", parent = table, parentColumn = ""] = row ?? [];
  const kind = fromParent
    ? "REFERENCE"
    : child === parent
      ? "FOREIGN KEY SAME TABLE"
      : "FOREIGN KEY";
  const [where, column] = fromParent ? [child, childColumn] : [parent, parentColumn];
  return [
    547,
    `The ${verb} statement conflicted with the ${kind} constraint "${name}". The conflict occurred in database "${await databaseOf(ask)}", table "${where ?? ""}", column '${column ?? ""}'.`,
  ];
}

/** PostgreSQL does not say which column was too short: the first of that length is named. */
async function describeLength(error: DatabaseError, { ask, table }: Failed): Promise<Described> {
  const length = /\((\d+)\)/.exec(error.message)?.[1] ?? "0";
  const [row] = await ask(
    `SELECT n.nspname || '.' || c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE a.attrelid = to_regclass(${quoteText(table ?? "")}) AND a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod = ${length} + 4 ORDER BY a.attnum LIMIT 1`,
  );
  const [name = table ?? "", column = ""] = row ?? [];
  return [
    2628,
    `String or binary data would be truncated in table '${await databaseOf(ask)}.${name ?? ""}', column '${column ?? ""}'. Truncated value: ''.`,
  ];
}
