/** T-SQL's types: reading them, what they are in PostgreSQL, and how an expression is converted to one. */
import type { Cursor } from "./cursor.ts";
import { notInTheSet, Raised } from "./raised.ts";
import { collationOf } from "./quote.ts";

/** A type as written, with the server's defaults filled in. */
export interface TsqlType {
  /** In lower case; `rowversion` is `timestamp`, `numeric` stays. */
  readonly name: string;
  /** Of character and binary types; -1 for max. */
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
}

type Family = "integer" | "numeric" | "float" | "text" | "time" | "binary" | "other";

interface TypeFacts {
  readonly family: Family;
  /** The conversion function's name after `to_` and `try_`. */
  readonly convert: string;
  readonly pg: (type: TsqlType) => string;
}

const TYPES: Readonly<Record<string, TypeFacts>> = {
  int: plain("integer", "int", "integer"),
  bigint: plain("integer", "bigint", "bigint"),
  smallint: plain("integer", "smallint", "smallint"),
  tinyint: plain("integer", "tinyint", 'tsql."tinyint"'),
  bit: plain("integer", "bit", "boolean"),
  decimal: {
    family: "numeric",
    convert: "numeric",
    pg: (t) => `numeric(${t.precision},${t.scale})`,
  },
  numeric: {
    family: "numeric",
    convert: "numeric",
    pg: (t) => `numeric(${t.precision},${t.scale})`,
  },
  float: plain("float", "float", "double precision"),
  real: plain("float", "real", "real"),
  money: plain("other", "money", "numeric(19,4)"),
  smallmoney: plain("other", "smallmoney", "numeric(10,4)"),
  char: { family: "text", convert: "text", pg: (t) => `character(${t.length})` },
  nchar: { family: "text", convert: "text", pg: (t) => `character(${t.length})` },
  varchar: { family: "text", convert: "text", pg: varying },
  nvarchar: { family: "text", convert: "text", pg: varying },
  sysname: plain("text", "text", "varchar(128)"),
  text: plain("text", "text", "tsql.lob"),
  ntext: plain("text", "text", "tsql.lob"),
  xml: plain("other", "text", "text"),
  date: plain("time", "date", "date"),
  time: { family: "time", convert: "time", pg: (t) => timed("time", t) },
  datetime: plain("time", "datetime", "timestamp(3)"),
  smalldatetime: plain("time", "smalldatetime", "timestamp(0)"),
  datetime2: { family: "time", convert: "datetime2", pg: (t) => timed("timestamp", t) },
  datetimeoffset: { family: "time", convert: "datetimeoffset", pg: (t) => timed("timestamptz", t) },
  uniqueidentifier: plain("other", "uuid", "uuid"),
  binary: plain("binary", "binary", "bytea"),
  varbinary: plain("binary", "binary", "bytea"),
  timestamp: plain("binary", "binary", "bytea"),
  image: plain("binary", "binary", "tsql.image"),
};

function plain(family: Family, convert: string, pg: string): TypeFacts {
  return { family, convert, pg: () => pg };
}

function varying(type: TsqlType): string {
  return type.length === -1 ? "text" : `varchar(${type.length})`;
}

/** PostgreSQL counts microseconds: seven digits are its six, shown without a precision of their own. */
function timed(name: string, type: TsqlType): string {
  return type.scale > 6 ? name : `${name}(${type.scale})`;
}

function factsOf(type: TsqlType): TypeFacts {
  const facts = TYPES[type.name];
  if (facts === undefined) throw notInTheSet(`type ${type.name}`);
  return facts;
}

/** Reads a type; `defaultLength` is that of character and binary types without one (1 in declarations, 30 in conversions). */
export function readType(cursor: Cursor, defaultLength: number): TsqlType {
  const token = cursor.next();
  if (token.kind !== "word" && token.kind !== "name") cursor.fail();
  let name = token.text.toLowerCase();
  if (name === "rowversion") name = "timestamp";
  if (name === "dec") name = "decimal";
  if (name === "integer") name = "int";
  const facts = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (facts === undefined) {
    throw new Raised(
      2715,
      `Column, parameter, or variable: Cannot find data type ${token.text}.`,
      "compile",
    );
  }
  return complete(name, facts.family, readArguments(cursor), defaultLength);
}

function readArguments(cursor: Cursor): readonly number[] {
  if (!cursor.isSymbol("(")) return [];
  return cursor.inParentheses(() =>
    cursor.list(() => {
      if (cursor.accept("MAX")) return -1;
      if (cursor.token.kind !== "number") cursor.fail();
      return Number(cursor.next().text);
    }),
  );
}

function complete(
  name: string,
  family: Family,
  given: readonly number[],
  defaultLength: number,
): TsqlType {
  const [first, second] = given;
  const type = { name, length: 0, precision: 0, scale: 0 };
  if (name === "text" || name === "ntext" || name === "image" || name === "xml")
    return { ...type, length: -1 };
  if (name === "timestamp") return { ...type, length: 8 };
  if (name === "sysname") return { ...type, length: 128 };
  if (family === "text" || family === "binary") return { ...type, length: first ?? defaultLength };
  if (family === "numeric") return { ...type, precision: first ?? 18, scale: second ?? 0 };
  if (name === "float")
    return { ...type, name: (first ?? 53) <= 24 ? "real" : "float", precision: 53 };
  if (family === "time") return { ...type, scale: first ?? 7 };
  return type;
}

/** The type's name in PostgreSQL. */
export function pgType(type: TsqlType): string {
  return factsOf(type).pg(type);
}

/** Is it one of the character types, which have a collation? */
export function isCharacter(type: TsqlType): boolean {
  return factsOf(type).family === "text";
}

/** `COLLATE …` for a column of the type in `table`; nothing where the type has no collation. */
export function columnCollation(type: TsqlType, collation: string | null, table: string): string {
  if (!isCharacter(type)) return "";
  return ` COLLATE ${collation === null ? defaultCollation(table) : collationOf(collation)}`;
}

/** What a text without a collation gets in a table: temporary ones live in tempdb, which has its own. */
export function defaultCollation(table: string): string {
  return table.startsWith('"#') ? "tsql.tempdb" : collationOf("DATABASE_DEFAULT");
}

/** PostgreSQL for CONVERT (or TRY_CONVERT) of an expression to the type. */
export function convertTo(
  type: TsqlType,
  expression: string,
  how: { tries?: boolean; style?: string | null } = {},
): string {
  const facts = factsOf(type);
  const name = `tsql.${how.tries === true ? "try" : "to"}_${facts.convert}`;
  const extra: string[] = [];
  if (facts.family === "numeric") extra.push(String(type.precision), String(type.scale));
  if (facts.family === "text") extra.push(how.style ?? "0");
  if (facts.family === "binary")
    extra.push(how.style ?? "0", String(type.length), String(type.name === "binary"));
  if (type.name === "xml") extra.push("0");
  const call = `${name}(${[expression, ...extra].join(", ")})`;
  return `${call}::${pgType(type)}`;
}
