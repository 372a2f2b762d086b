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

const CODES = new Set(["42P01", "42703", "3F000"]);

async function withBetterName(sql: string, error: DatabaseError, ask: Ask): Promise<string | null> {
  if (!CODES.has(error.code ?? "")) return null;
  for (const wrong of wrongNames(error.message)) {
    const alias = error.message.includes("FROM-clause") ? otherSpelling(sql, wrong) : null;
    const right = alias ?? (await knownName(wrong, error, ask));
    if (right === null || right === wrong) continue;
    const from = quoteName(wrong);
    return sql.replaceAll(QUOTED, (found) => (found === from ? quoteName(right) : found));
  }
  return null;
}

/** The name that was not found, and its schema's. */
function wrongNames(message: string): string[] {
  const found =
    /(?:relation|table|schema) "([^"]+)"|column "([^"]+)"|column ([^ ]+) does not exist/.exec(
      message,
    );
  const name = found?.[1] ?? found?.[2] ?? found?.[3] ?? "";
  return name
    .replaceAll('"', "")
    .split(".")
    .toReversed()
    .filter((part) => part !== "");
}

function otherSpelling(sql: string, wrong: string): string | null {
  const names = (sql.match(QUOTED) ?? []).map((found) => found.slice(1, -1));
  return names.find((name) => name !== wrong && name.toLowerCase() === wrong.toLowerCase()) ?? null;
}

const TABLES =
  "SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'v') UNION SELECT nspname FROM pg_namespace";
const COLUMNS =
  "SELECT DISTINCT attname::text AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'v') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)";

/** The only name that differs in nothing but case. */
async function knownName(wrong: string, error: DatabaseError, ask: Ask): Promise<string | null> {
  const names = error.code === "42703" ? COLUMNS : TABLES;
  const rows = await ask(
    `SELECT name FROM (${names}) AS n WHERE lower(name) = lower(${quoteText(wrong)})`,
  );
  const exact = rows.some(([name]) => name === wrong);
  return rows.length === 1 || exact ? (exact ? wrong : (rows[0]?.[0] ?? null)) : null;
}
