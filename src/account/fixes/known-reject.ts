/** A reject with everything that is known around it: what a fix is chosen by. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { Reject } from "../../model/reject.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { TextForm } from "../../model/text-form.ts";
import type { Options } from "../../options/options.ts";
import { guessUtf16 } from "../../read/text/guess-encoding.ts";
import { iconv } from "../../read/text/iconv.ts";

/** The options that say how a record is read. */
export type FixOptions = Pick<
  Options,
  | "commit"
  | "delimiter"
  | "quote"
  | "escape"
  | "comment"
  | "trim"
  | "encoding"
  | "empty"
  | "null"
  | "nullQuoted"
  | "decimal"
  | "thousands"
  | "binary"
  | "dateFormat"
  | "key"
  | "constraint"
  | "nullKey"
>;

/** The source of a reject. */
export interface FixSource {
  readonly name: string;
  readonly format: string;
  /** Of its header; `null` for JSON. */
  readonly fields?: readonly string[] | null;
  readonly compression?: "gzip" | "zstd" | null;
}

/** A level of nested records, and how its rows are written. */
export interface LevelTarget {
  readonly path: readonly string[];
  readonly plan: TablePlan;
}

/** What the target can say of its own. */
export interface FixTarget {
  readonly plan: TablePlan;
  /** Of the levels of nested records; absent: they have none. */
  readonly levels?: readonly LevelTarget[];
  /** How dates are read that begin with the day, or with the month. */
  readonly dateOrder?: ((order: "DMY" | "MDY") => string) | undefined;
  /** What to do about a row that a check without a name refuses. */
  readonly namelessCheck?:
    | ((table: TableShape, dbCode: string | null) => string | null)
    | undefined;
  /** The expression that makes a value of a type of the text of a field. */
  readonly madeOf?: ((form: TextForm, field: string, type: string) => string | null) | undefined;
}

/** What is known of a reject. */
export interface KnownReject {
  readonly reject: Reject;
  readonly options: FixOptions;
  /** `null` where it is not known any more. */
  readonly source: FixSource | null;
  readonly target: FixTarget | null;
}

/** The record as text; empty where its bytes were not kept. */
export function textOf({ reject: { raw }, options: { encoding } }: KnownReject): string {
  if (raw === null) return "";
  const bytes = Buffer.from(raw);
  return iconv().decode(bytes, guessUtf16(bytes) ?? encoding);
}

/** What to do about a byte order mark at the beginning of a record. */
export const JOINED =
  "take the BOM before the value out, or name the files one by one: it is where files are joined";

/** Whether the record begins with a byte order mark of UTF-8: decoding drops it. */
export function beginsWithMark({ raw }: Pick<Reject, "raw">): boolean {
  return raw !== null && raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf;
}

/** Whether no line end follows the record: the last one of its source, of which something may be missing. */
export function lacksLineEnd({ raw }: Pick<Reject, "raw">): boolean {
  if (raw === null) return false;
  // Of UTF-16, the byte before may be the line end's.
  return !raw.subarray(-2).some((byte) => byte === 10 || byte === 13);
}

/** Whether the record is of a CSV source. */
export function isCsv({ source }: KnownReject): boolean {
  return source?.format === "csv" || source?.format === "tsv";
}

/** The column at fault; `null` where none is known. */
export function columnOf({ reject, target }: KnownReject): Column | null {
  return target?.plan.table.columns.find(({ name }) => name === reject.column) ?? null;
}

/** The field that fills the column at fault; `null` for a constant, or where it is not known which of several it is. */
export function fieldOf({ reject, target, source }: KnownReject): string | null {
  const all = target?.plan.mapping.filter(({ column }) => column === reject.column) ?? [];
  const own = all.filter(({ field }) => source?.fields?.includes(field) !== false);
  const [only, other] = own.length > 0 ? own : all;
  return other === undefined ? (only?.field ?? null) : null;
}
