/** Quoting for PostgreSQL, and the places in translated text where values are filled in when it runs. */
import { notInTheSet } from "./raised.ts";

const OPEN = "\u0001";
const CLOSE = "\u0002";
const LIMIT_OPEN = "\u0003";
const LIMIT_CLOSE = "\u0004";

/** A name in PostgreSQL's quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted name as messages show it. */
export function plainName(table: string): string {
  return table.replaceAll('"', "");
}

/** A text as a PostgreSQL literal. */
export function quoteText(text: string): string {
  if ([OPEN, CLOSE, LIMIT_OPEN, LIMIT_CLOSE].some((mark) => text.includes(mark)))
    throw notInTheSet("the characters 1 to 4 in a text");
  return `'${text.replaceAll("'", "''")}'`;
}

/** A place that is filled when the statement runs: a variable (with @) or a value of the session. */
export function place(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** The name in a text that is a place and nothing else; `null` for any other. */
export function placeIn(text: string): string | null {
  const end = text.indexOf(CLOSE);
  return text.startsWith(OPEN) && end === text.length - 1 ? text.slice(1, end) : null;
}

/** Fills the places of a translated text. */
export function fillPlaces(sql: string, fill: (name: string) => string): string {
  if (!sql.includes(OPEN)) return sql;
  const parts = sql.split(OPEN);
  const filled = parts.slice(1).map((part) => {
    const end = part.indexOf(CLOSE);
    return fill(part.slice(0, end)) + part.slice(end + 1);
  });
  return (parts[0] ?? "") + filled.join("");
}

/** The PostgreSQL collation that behaves as the given one of SQL Server. */
export function collationOf(name: string): string {
  const upper = name.toUpperCase();
  if (upper === "DATABASE_DEFAULT" || upper === "CATALOG_DEFAULT") return "tsql.ci";
  if (upper.includes("_BIN")) return '"C"';
  if (upper.includes("_CS_")) return "tsql.cs";
  if (upper.includes("_CI_AI")) return "tsql.ai";
  if (upper.includes("_CI_")) return "tsql.ci";
  throw notInTheSet(`collation ${name}`);
}

/** A value as a PostgreSQL literal without a type, NULL for null. */
export function literal(value: string | null): string {
  return value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`;
}

/** Marks a TOP: it stands first in T-SQL and last in PostgreSQL, as LIMIT. */
export function markLimit(limit: string): string {
  return LIMIT_OPEN + limit + LIMIT_CLOSE;
}

/** Moves the marked TOP to the end of its query. */
export function withLimitLast(sql: string): string {
  const open = sql.indexOf(LIMIT_OPEN);
  if (open < 0) return sql;
  const close = sql.indexOf(LIMIT_CLOSE);
  return `${sql.slice(0, open)}${sql.slice(close + 1)} LIMIT ${sql.slice(open + 1, close)}`;
}

/** The text without the places of IDENTITY_INSERT; null when it has others. */
export function withoutPlaces(sql: string): string | null {
  const text = fillPlaces(sql, (name) => (name.startsWith("identity ") ? "" : OPEN));
  return text.includes(OPEN) ? null : text;
}
