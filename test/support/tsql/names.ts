/** SQL Server's names have no case: where PostgreSQL does not find one, the one that it has is tried. */
import { DatabaseError } from "pg";
import { quoteName, quoteText } from "./quote.ts";
import type { Ask } from "./statement.ts";

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/** Runs a statement, again with the right names as long as only their case is wrong. */
export async function retryNames<T>(
  sql: string,
  run: (sql: string) => Promise<T>,
  ask: Ask,
): Promise<T> {
  try {
    return await run(sql);
  } catch (error) {
    const better = error instanceof DatabaseError ? await withBetterName(sql, error, ask) : null;
    if (better === null) throw error;
    return retryNames(better, run, ask);
  }
}

async function withBetterName(sql: string, error: DatabaseError, ask: Ask): Promise<string | null> {
  if (error.code !== "42P01" && error.code !== "42703") return null;
  const wrong = wrongName(error.message);
  if (wrong === null) return null;
  const alias = error.message.includes("FROM-clause") ? otherSpelling(sql, wrong) : null;
  const right = alias ?? (await knownName(wrong, error.code, ask));
  if (right === null || right === wrong) return null;
  const from = quoteName(wrong);
  return sql.replaceAll(QUOTED, (found) => (found === from ? quoteName(right) : found));
}

function wrongName(message: string): string | null {
  const found = /(?:relation|table) "([^"]+)"|column "([^"]+)"|column ([^ ]+) does not exist/.exec(
    message,
  );
  const name = found?.[1] ?? found?.[2] ?? found?.[3];
  return name?.split(".").at(-1)?.replaceAll('"', "") ?? null;
}

function otherSpelling(sql: string, wrong: string): string | null {
  const names = (sql.match(QUOTED) ?? []).map((found) => found.slice(1, -1));
  return names.find((name) => name !== wrong && name.toLowerCase() === wrong.toLowerCase()) ?? null;
}

/** The only name that differs in nothing but case. */
async function knownName(wrong: string, code: string, ask: Ask): Promise<string | null> {
  const same = `lower(name) = lower(${quoteText(wrong)})`;
  const names =
    code === "42P01"
      ? `SELECT DISTINCT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'v')`
      : `SELECT DISTINCT attname::text AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'v') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`;
  const rows = await ask(`SELECT name FROM (${names}) AS n WHERE ${same}`);
  return rows.length === 1 ? (rows[0]?.[0] ?? null) : null;
}
