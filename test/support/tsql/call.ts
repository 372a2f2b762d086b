/** Translates calls of T-SQL's built-in functions; a function that is not listed here is an error. */
import type { Cursor } from "./cursor.ts";
import { place } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";

/** Functions with the least and most arguments, and what they become. */
type Plain = readonly [least: number, most: number, write: (args: readonly string[]) => string];

const PLAIN: Readonly<Record<string, Plain>> = {
  ISNULL: [2, 2, ([a, b]) => `coalesce(${a}, ${b})`],
  COALESCE: [2, 99, (args) => `coalesce(${args.join(", ")})`],
  NULLIF: [2, 2, ([a, b]) => `nullif(${a}, ${b})`],
  LEN: [1, 1, ([a]) => `tsql.len(${a})`],
  DATALENGTH: [1, 1, ([a]) => `tsql.datalength(${a})`],
  LTRIM: [1, 1, ([a]) => `ltrim(${a}, ' ')`],
  RTRIM: [1, 1, ([a]) => `rtrim(${a}, ' ')`],
  TRIM: [1, 1, ([a]) => `btrim(${a}, ' ')`],
  UPPER: [1, 1, ([a]) => `upper(${a})`],
  LOWER: [1, 1, ([a]) => `lower(${a})`],
  SUBSTRING: [3, 3, (args) => `substr(${args.join(", ")})`],
  LEFT: [2, 2, ([a, n]) => `substr(${a}, 1, ${n})`],
  RIGHT: [2, 2, ([a, n]) => `"right"(${a}, ${n})`],
  CHARINDEX: [2, 2, ([part, whole]) => `strpos(${whole}, ${part})`],
  REPLACE: [3, 3, (args) => `replace(${args.join(", ")})`],
  REPLICATE: [2, 2, (args) => `repeat(${args.join(", ")})`],
  CONCAT: [2, 99, (args) => `concat(${args.map((arg) => `tsql.to_text(${arg}, 0)`).join(", ")})`],
  NCHAR: [1, 1, ([a]) => `chr(${a})`],
  CHAR: [1, 1, ([a]) => `chr(${a})`],
  UNICODE: [1, 1, ([a]) => `ascii(${a})`],
  ABS: [1, 1, ([a]) => `abs(${a})`],
  ROUND: [2, 2, ([a, n]) => `tsql.round(${a}, ${n})`],
  FLOOR: [1, 1, ([a]) => `floor(${a})`],
  CEILING: [1, 1, ([a]) => `ceiling(${a})`],
  SIGN: [1, 1, ([a]) => `sign(${a})`],
  GREATEST: [1, 99, (args) => `greatest(${args.join(", ")})`],
  LEAST: [1, 99, (args) => `least(${args.join(", ")})`],
  GETDATE: [0, 0, () => "tsql.getdate()"],
  GETUTCDATE: [0, 0, () => "tsql.getdate()"],
  SYSDATETIME: [0, 0, () => "tsql.sysdatetime()"],
  SYSUTCDATETIME: [0, 0, () => "tsql.sysdatetime()"],
  NEWID: [0, 0, () => "gen_random_uuid()"],
  YEAR: [1, 1, ([a]) => `tsql.datepart('year', ${a})`],
  MONTH: [1, 1, ([a]) => `tsql.datepart('month', ${a})`],
  DAY: [1, 1, ([a]) => `tsql.datepart('day', ${a})`],
  QUOTENAME: [1, 1, ([a]) => `tsql.quotename(${a})`],
  OBJECT_ID: [1, 2, (args) => `tsql.object_id(${args.join(", ")})`],
  OBJECT_NAME: [1, 1, ([a]) => `tsql.object_name(${a})`],
  OBJECT_SCHEMA_NAME: [1, 1, ([a]) => `tsql.object_schema_name(${a})`],
  SCHEMA_ID: [1, 1, ([a]) => `tsql.schema_id(${a})`],
  TYPE_NAME: [1, 1, ([a]) => `tsql.type_name(${a})`],
  COL_NAME: [2, 2, (args) => `tsql.col_name(${args.join(", ")})`],
  CURRENT_TRANSACTION_ID: [0, 0, () => "pg_current_xact_id()::text::int8"],
  HAS_PERMS_BY_NAME: [3, 3, (args) => `tsql.has_perms_by_name(${args.join(", ")})`],
  SERVERPROPERTY: [1, 1, ([a]) => `tsql.serverproperty(${a})`],
  DB_NAME: [0, 0, () => "current_database()::text"],
  USER_NAME: [
    0,
    0,
    () =>
      "(select case when rolsuper then 'dbo' else rolname end from pg_catalog.pg_roles where rolname = current_user)::text",
  ],
  SUSER_SNAME: [0, 0, () => place("SUSER_SNAME")],
  XACT_STATE: [0, 0, () => place("XACT_STATE")],
  ERROR_NUMBER: [0, 0, () => place("ERROR_NUMBER")],
  ERROR_MESSAGE: [0, 0, () => place("ERROR_MESSAGE")],
  ERROR_SEVERITY: [0, 0, () => place("ERROR_SEVERITY")],
  ERROR_STATE: [0, 0, () => place("ERROR_STATE")],
};

const AGGREGATES: Readonly<Record<string, (argument: string) => string>> = {
  COUNT: (argument) => `count(${argument})`,
  COUNT_BIG: (argument) => `count(${argument})`,
  SUM: (argument) => `tsql.sum(${argument})`,
  MIN: (argument) => `min(${argument})`,
  MAX: (argument) => `max(${argument})`,
  STRING_AGG: (argument) => `string_agg(${argument})`,
};

const RANKS = new Set(["ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD", "FIRST_VALUE"]);

/** Reads a call whose name is next. */
export function readCall(cursor: Cursor): string {
  const { upper: name, text: written } = cursor.next();
  if (Object.hasOwn(AGGREGATES, name)) return readAggregate(cursor, name);
  if (RANKS.has(name)) {
    const args = readArguments(cursor);
    if (!cursor.isWord("OVER")) cursor.fail();
    return `${name.toLowerCase()}(${args.join(", ")})${readOver(cursor)}`;
  }
  if (name === "IIF") return readIif(cursor);
  if (name === "DATEADD" || name === "DATEDIFF" || name === "DATEPART")
    return readDated(cursor, name);
  if (name === "SCHEMA_NAME") return readSchemaName(cursor);
  if (name === "DATALENGTH" && isNarrow(cursor)) {
    return `(tsql.datalength(${readArguments(cursor).join()}) / 2)`;
  }
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain === undefined) {
    throw new Raised(195, `'${written}' is not a recognized built-in function name.`, "compile", {
      severity: 15,
    });
  }
  const [least, most, write] = plain;
  const args = readArguments(cursor);
  if (args.length >= least && args.length <= most) return write(args);
  throw new Raised(
    174,
    `The ${name.toLowerCase()} function requires ${least} argument(s).`,
    "compile",
    { severity: 15 },
  );
}

/** True before `(CONVERT(varchar(…), …))`, blanks trimmed or not: PostgreSQL's types do not tell such text from nvarchar. */
function isNarrow(cursor: Cursor): boolean {
  const start = cursor.ahead(1).upper === "RTRIM" ? 3 : 1;
  return (
    cursor.ahead(start).upper === "CONVERT" &&
    ["VARCHAR", "CHAR"].includes(cursor.ahead(start + 2).upper)
  );
}

function readArguments(cursor: Cursor): string[] {
  return cursor.inParentheses(() =>
    cursor.isSymbol(")") ? [] : cursor.list(() => cursor.grammar.value(cursor)),
  );
}

function readAggregate(cursor: Cursor, name: string): string {
  const argument = cursor.inParentheses(() => {
    if (name.startsWith("COUNT") && cursor.acceptSymbol("*")) return "*";
    const distinct = cursor.accept("DISTINCT") ? "DISTINCT " : "";
    const values = cursor.list(() => cursor.grammar.value(cursor));
    if (values.length !== (name === "STRING_AGG" ? 2 : 1)) cursor.fail();
    return distinct + values.join(", ");
  });
  const call = AGGREGATES[name]?.(argument) ?? cursor.fail();
  const whole = call + (cursor.isWord("OVER") ? readOver(cursor) : "");
  return name === "COUNT" ? `(${whole})::int` : whole;
}

function readOver(cursor: Cursor): string {
  cursor.expect("OVER");
  return cursor.inParentheses(() => {
    const parts: string[] = [];
    if (cursor.accept("PARTITION", "BY")) {
      parts.push(`PARTITION BY ${cursor.list(() => cursor.grammar.value(cursor)).join(", ")}`);
    }
    if (cursor.accept("ORDER", "BY")) parts.push(`ORDER BY ${readSortKeys(cursor)}`);
    return ` OVER (${parts.join(" ")})`;
  });
}

/** Reads what follows ORDER BY. NULL sorts first, as in SQL Server. */
export function readSortKeys(cursor: Cursor): string {
  const keys = cursor.list(() => {
    const value = cursor.isWord("SELECT") ? cursor.fail() : cursor.grammar.value(cursor);
    if (cursor.accept("DESC")) return `${value} DESC NULLS LAST`;
    cursor.accept("ASC");
    return `${value} ASC NULLS FIRST`;
  });
  return keys.join(", ");
}

function readIif(cursor: Cursor): string {
  return cursor.inParentheses(() => {
    const when = cursor.grammar.condition(cursor);
    cursor.expectSymbol(",");
    const yes = cursor.grammar.value(cursor);
    cursor.expectSymbol(",");
    return `(CASE WHEN ${when} THEN ${yes} ELSE ${cursor.grammar.value(cursor)} END)`;
  });
}

const DATE_PARTS: Readonly<Record<string, string>> = {
  YEAR: "year",
  YY: "year",
  YYYY: "year",
  MONTH: "month",
  MM: "month",
  M: "month",
  DAY: "day",
  DD: "day",
  D: "day",
  HOUR: "hour",
  HH: "hour",
  MINUTE: "minute",
  MI: "minute",
  N: "minute",
  SECOND: "second",
  SS: "second",
  S: "second",
};

function readDated(cursor: Cursor, name: string): string {
  return cursor.inParentheses(() => {
    const part = DATE_PARTS[cursor.next().upper];
    if (part === undefined) throw notInTheSet(`the date part ${cursor.previous.text}`);
    const args: string[] = [];
    while (cursor.acceptSymbol(",")) args.push(cursor.grammar.value(cursor));
    if (args.length !== (name === "DATEPART" ? 1 : 2)) cursor.fail();
    return `tsql.${name.toLowerCase()}('${part}', ${args.join(", ")})`;
  });
}

function readSchemaName(cursor: Cursor): string {
  const [id] = readArguments(cursor);
  return id === undefined ? "'dbo'::text" : `tsql.schema_name(${id})`;
}
