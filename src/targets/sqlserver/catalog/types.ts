/**
 * Texts about column types. Staged text becomes a value by TRY_CONVERT, which answers NULL for what does not fit; where it
 * would rather invent a value ('' is 0, a long text is cut, a character outside the code page is ?), a test tells. Pure.
 */
import type { Column } from "../../../model/table-shape.ts";

/** A type taken apart: `varchar(10) COLLATE Latin1_General_CI_AS`. */
interface SqlType {
  readonly base: string;
  /** Length or precision; `null` when there is none or it is `max`. */
  readonly size: number | null;
  readonly scale: number;
  readonly isMax: boolean;
  /** ` COLLATE …`, or empty. */
  readonly collate: string;
}

/** Types taken apart before: they are asked for with every value. */
const PARSED = new WeakMap<Column, SqlType>();

function parseType(column: Column): SqlType {
  let parsed = PARSED.get(column);
  if (parsed === undefined) {
    parsed = takeApart(column);
    PARSED.set(column, parsed);
  }
  return parsed;
}

function takeApart({ type }: Column): SqlType {
  const [, base = "", size, scale, collate = ""] =
    /^(\w+)(?:\((\w+)(?:,\s*(\d+))?\))?( COLLATE \S+)?$/.exec(type) ?? [];
  return {
    base,
    size: size === undefined || size === "max" ? null : Number(size),
    scale: Number(scale ?? 0),
    isMax: size === "max" || /^(n?text|image)$/.test(base),
    collate,
  };
}

const TEXTS = /^n?(char|varchar|text)$/;

function isWide({ base }: SqlType): boolean {
  return base.startsWith("n");
}

/**
 * The type of the column in the stage. Old large types have become (max); a rowversion is only looked at. A text has the
 * collation of its column or, failing that, of the database: `tempdb` may have another.
 */
export function stageType(column: Column, collation: string): string {
  return `${storedType(column)}${stageCollation(column, collation)}`;
}

/** ` COLLATE …` of a text in the stage, whether it is written or computed there; empty for other types. */
export function stageCollation(column: Column, collation: string): string {
  const isText = /^n?(var)?char\b/.test(storedType(column));
  return isText ? parseType(column).collate || ` COLLATE ${collation}` : "";
}

/** The type without a collation. */
function storedType(column: Column): string {
  const { base } = parseType(column);
  switch (base) {
    case "text":
      return "varchar(max)";
    case "ntext":
      return "nvarchar(max)";
    case "image":
      return "varbinary(max)";
    case "timestamp":
    case "rowversion":
      return "binary(8)";
    default:
      return column.type.replace(/ COLLATE .*$/, "");
  }
}

/** SQL that makes the column's value of a text; NULL when it does not fit, cut when it is too long. */
export function fromText(text: string, column: Column): string {
  const type = parseType(column);
  if (type.base === "nvarchar" && type.isMax) return text;
  const bare = storedType(column);
  if (TEXTS.test(type.base)) return `CONVERT(${bare}, ${text}${type.collate})`;
  if (/binary$|^image$/.test(type.base)) return `TRY_CONVERT(${bare}, ${text}, 1)`;
  // It holds no text as long as the raw one may be.
  if (type.base === "sql_variant") return `CONVERT(sql_variant, CONVERT(nvarchar(4000), ${text}))`;
  return `TRY_CONVERT(${bare}, ${text})`;
}

/** A test that is true for texts that do not fit, and SQL of the number that the server gives for such a value. */
export interface Misfit {
  readonly test: string;
  readonly number: string;
}

/** The server's number for a text that is no value of the type; for a number that is out of range, and the range. */
const NUMBERS: Readonly<
  Record<string, readonly [misfit: number, tooLarge?: number, range?: string]>
> = {
  bigint: [8114, 8115, "-9223372036854775808 AND 9223372036854775807"],
  int: [245, 248, "-2147483648 AND 2147483647"],
  smallint: [245, 244, "-32768 AND 32767"],
  tinyint: [245, 244, "0 AND 255"],
  bit: [245],
  decimal: [8114, 8115],
  numeric: [8114, 8115],
  float: [8114],
  real: [8114],
  money: [235],
  smallmoney: [293],
  uniqueidentifier: [8169],
  smalldatetime: [295],
  date: [241],
  time: [241],
  datetime: [241],
  datetime2: [241],
  datetimeoffset: [241],
  xml: [9400],
};

/** How a text can fail to be a value of the column: `text` is SQL of the text, `value` of what became of it. */
export function misfits(text: string, value: string, column: Column): Misfit[] {
  const type = parseType(column);
  if (TEXTS.test(type.base)) return textMisfits(text, type);
  if (/binary$|^image$/.test(type.base)) return binaryMisfits(text, value, type);
  if (type.base === "sql_variant") return [{ test: `DATALENGTH(${text}) > 8000`, number: "2628" }];
  const [number, tooLarge] = NUMBERS[type.base] ?? [8114];
  const test = `${value} IS NULL`;
  if (tooLarge === undefined) return [{ test, number: `${number}` }];
  const isLarge = `TRY_CONVERT(float, ${text}) NOT BETWEEN ${rangeOf(type)}`;
  return [{ test, number: `CASE WHEN ${isLarge} THEN ${tooLarge} ELSE ${number} END` }];
}

function rangeOf({ base, size, scale }: SqlType): string {
  const most = `1e${(size ?? 18) - scale}`;
  return NUMBERS[base]?.[2] ?? `-${most} AND ${most}`;
}

/** Too long (blanks at the end do not count), or not in the code page of the column (number 0: the server says nothing). */
function textMisfits(text: string, type: SqlType): Misfit[] {
  const { size, collate } = type;
  const narrow = (of: string): string => `CONVERT(varchar(max), ${of}${collate})`;
  const bytes = isWide(type) ? `RTRIM(${text})` : narrow(`RTRIM(${text})`);
  const tooLong = size === null ? [] : [{ test: tooLongTest(bytes, type, size), number: "2628" }];
  if (isWide(type)) return tooLong;
  const back = `CONVERT(varbinary(max), CONVERT(nvarchar(max), ${narrow(text)}))`;
  return [...tooLong, { test: `${back} <> CONVERT(varbinary(max), ${text})`, number: "0" }];
}

/** By bytes and by characters: collations differ in what they count as one, and a text that is cut is lost. */
function tooLongTest(text: string, type: SqlType, size: number): string {
  return `DATALENGTH(${text}) > ${isWide(type) ? 2 * size : size} OR LEN(${text}) > ${size}`;
}

function binaryMisfits(text: string, value: string, { size }: SqlType): Misfit[] {
  const misfit = { test: `${value} IS NULL`, number: "8114" };
  if (size === null) return [misfit];
  return [misfit, { test: `LEN(${text}) - 2 > ${2 * size}`, number: "2628" }];
}

/** SQL of an expression as the column would store it, for comparing images. */
export function asStored(expression: string, column: Column): string {
  return `CONVERT(${storedType(column)}, ${expression})`;
}

/** SQL that is true when storing the expression would fail for its length: the comparison must not hide that. */
export function overflows(expression: string, column: Column): string | null {
  const type = parseType(column);
  if (type.size === null) return null;
  if (type.base.endsWith("binary")) {
    return `COALESCE(DATALENGTH(CONVERT(varbinary(max), ${expression})), 0) > ${type.size}`;
  }
  if (!TEXTS.test(type.base)) return null;
  const wide = isWide(type);
  // NULL is not too long, and must not make the whole comparison unknown.
  const text = `RTRIM(CONVERT(${wide ? "nvarchar" : "varchar"}(max), ${expression}))`;
  const bytes = wide ? 2 * type.size : type.size;
  return `COALESCE(DATALENGTH(${text}), 0) > ${bytes} OR COALESCE(LEN(${text}), 0) > ${type.size}`;
}

/**
 * SQL of what is compared to see whether a stored value would change. Equality is too forgiving for texts (case, accents,
 * blanks at the end) and for times with an offset, and xml has none.
 */
export function imageOf(value: string, column: Column): string {
  const { base, isMax } = parseType(column);
  if (/^n?text$/.test(base)) return bytesOf(`CONVERT(nvarchar(max), ${value})`, true);
  if (TEXTS.test(base)) return bytesOf(value, isMax);
  if (base === "datetimeoffset") return `CONVERT(nvarchar(40), ${value})`;
  if (base === "xml" || base === "json") return `CONVERT(nvarchar(max), ${value})`;
  if (base === "sql_variant") {
    return `${bytesOf(value, false)}, CONVERT(nvarchar(128), SQL_VARIANT_PROPERTY(${value}, 'BaseType'))`;
  }
  if (/^(image|geometry|geography)$/.test(base)) return bytesOf(value, true);
  if (base.endsWith("binary")) return `${value}, DATALENGTH(${value})`;
  return value;
}

/** Bytes and their number: to the server zeros at the end make no difference. */
function bytesOf(value: string, isMax: boolean): string {
  return `CONVERT(varbinary(${isMax ? "max" : "8000"}), ${value}), DATALENGTH(${value})`;
}

/** Of a longer text even TRY_CONVERT makes no NULL but an error (8152) that stops the statement. */
const LONGEST_CONVERTED = 4000;

/**
 * True for a text of which the server would make a value that is not in it: 0 or 1900-01-01 of '', 0 of '-' and '$', an
 * identifier of the first 36 characters; and for one that it does not take at all for its length.
 */
export function isMisread(text: string, column: Column): boolean {
  const { base } = parseType(column);
  if (base in NUMBERS && base !== "xml" && text.length > LONGEST_CONVERTED) return true;
  if (base === "bit") return !/[0-9a-z]/i.test(text);
  if (base === "uniqueidentifier") return !isGuid(text.trimEnd());
  return base in NUMBERS && base !== "xml" && !/\d/.test(text);
}

function isGuid(text: string): boolean {
  const bare = text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare);
}

/** True for columns whose values may be numbers with an exponent that the server does not read. */
export function takesNoExponent(column: Column): boolean {
  return /^(decimal|numeric|(small)?money)$/.test(parseType(column).base);
}

/** A counter that the server moves along whenever it writes the row. */
export function isRowVersion(column: Column): boolean {
  return /^(timestamp|rowversion)$/.test(parseType(column).base);
}

/** Styles by which CONVERT makes texts that lose nothing: all digits of a float, times in ISO order, bytes in hexadecimal. */
const STYLES: Readonly<Record<string, number>> = {
  float: 3,
  real: 3,
  money: 2,
  smallmoney: 2,
  date: 23,
  datetime: 121,
  smalldatetime: 120,
  datetime2: 121,
  datetimeoffset: 121,
  binary: 1,
  varbinary: 1,
};

/** The style of a text of such a value that is read as the same value again; `null`: any, or none. */
export function exactStyle({ type }: Column): number | null {
  if (/^(?:float|real)\b/.test(type)) return 3;
  if (/^(?:small)?money\b/.test(type)) return 2;
  if (/^(?:date|time|datetime|datetime2|smalldatetime|datetimeoffset)\b/.test(type)) return 121;
  return /binary\b|^(?:rowversion|timestamp)\b/.test(type) ? 1 : null;
}

/** SQL of such a text, of the value of a column or of an expression for it. */
export function exactText(value: string, column: Column, type = "nvarchar(max)"): string {
  const style = exactStyle(column);
  return `CONVERT(${type}, ${value}${style === null ? "" : `, ${style}`})`;
}

/** SQL of the text of a value, for people. */
export function shownText(value: string, column: Column): string {
  const { base } = parseType(column);
  if (base === "sql_variant") return `CONVERT(nvarchar(4000), ${value})`;
  if (/^(image|geometry|geography|hierarchyid)$/.test(base)) {
    return `CONVERT(nvarchar(max), CONVERT(varbinary(max), ${value}), 1)`;
  }
  const style = STYLES[base];
  return `CONVERT(nvarchar(max), ${value}${style === undefined ? "" : `, ${style}`})`;
}
