/** Which columns have their values rewritten before the database sees them, and what one value of each becomes. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { ColumnNotation, TablePlan } from "../../model/load-plan.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { readerOf } from "../../values/value-reader.ts";
import { requireColumn, tableLabel } from "../names.ts";

/** What the flags say of how values are written. */
export type NotationOptions = Pick<Options, "decimal" | "thousands" | "dateFormat" | "binary">;

/** Where notations are for. */
export interface NotationUse {
  readonly capabilities: Pick<Capabilities, "bytesPrefix" | "bytesType">;
  /** The notations that are of use elsewhere, so that a table without a column for them is no mistake. */
  readonly elsewhere: ReadonlySet<ColumnNotation["kind"]>;
  /** The columns that no field fills. */
  readonly filled?: readonly string[];
  /** The columns that the load creates: a flag may give them another type. */
  readonly made?: readonly string[];
}

/** The notations that may be of use in another table of a run, or of a look-up. */
export const ALL_NOTATIONS: NotationUse["elsewhere"] = new Set(["number", "date", "bytes"]);

/**
 * The notations of the columns of a table; none where no flag says any. Throws `PLAN_UNKNOWN_COLUMN`, and `OPTION_CONFLICT`
 * for dates or bytes that no column holds.
 */
export function chooseNotations(
  shape: TableShape,
  options: NotationOptions,
  { capabilities, elsewhere, filled = [], made = [] }: NotationUse,
): Pick<TablePlan, "notations"> {
  const numbers = numberNotation(options);
  const { bytesPrefix: prefix = "" } = capabilities;
  const { binary: encoding } = options;
  const { every, named } = dateFormats(shape, options);
  const found = shape.columns.flatMap((column): (readonly [string, ColumnNotation])[] => {
    const formats = named.get(column.name) ?? (column.notation === "date" ? every : []);
    if (formats.length > 0) return [[column.name, { kind: "date", formats }]];
    if (encoding !== null && column.family === "binary" && !filled.includes(column.name))
      return [[column.name, { kind: "bytes", encoding, prefix }]];
    return numbers !== null && column.notation === "number" ? [[column.name, numbers]] : [];
  });
  const hasDates = shape.columns.some(({ notation }) => notation === "date");
  if (!elsewhere.has("date") && every.length > 0 && !hasDates) throw noDates(shape, every[0] ?? "");
  const hasBytes = shape.columns.some(({ family }) => family === "binary");
  if (!elsewhere.has("bytes") && encoding !== null && !hasBytes) {
    throw noBytes(shape, encoding, typesForBytes(shape, capabilities.bytesType, made));
  }
  return found.length === 0 ? {} : { notations: Object.fromEntries(found) };
}

/** How numbers are written; `null`: as databases read them. */
function numberNotation({
  decimal,
  thousands,
}: Pick<NotationOptions, "decimal" | "thousands">): (ColumnNotation & { kind: "number" }) | null {
  if ((decimal ?? ".") === "." && thousands === null) return null;
  return { kind: "number", decimal: decimal ?? ".", thousands };
}

function dateFormats(
  shape: TableShape,
  { dateFormat }: NotationOptions,
): { readonly every: readonly string[]; readonly named: ReadonlyMap<string, string[]> } {
  const every: string[] = [];
  const named = new Map<string, string[]>();
  for (const { column, format, text } of dateFormat ?? []) {
    if (column === null) every.push(format);
    else {
      const { name } = requireColumn(shape, column, `--date-format ${text}`);
      named.set(name, [...(named.get(name) ?? []), format]);
    }
  }
  return { every, named };
}

/** Dates of a table without a column for them: they are texts there, and nothing tells which of them. */
function noDates(shape: TableShape, format: string): Error {
  const example = shellQuoted(`COLUMN=${format}`);
  return upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--date-format ${shellQuoted(format)}`,
      other: `the table ${tableLabel(shape)}`,
      reason: "none of its columns has a date type, so nothing tells which fields are dates",
    },
    { where: "--date-format", fix: `name the column of the dates: --date-format ${example}` },
  );
}

/** The flag that makes a column for bytes, of those that the load creates; `null`: it creates none. */
function typesForBytes(shape: TableShape, type: string, made: readonly string[]): string | null {
  if (made.length === 0) return null;
  const free = shape.columns.filter(({ name }) => made.includes(name) && !isOfKey(shape, name));
  const texts = free.filter(({ family }) => family === "text");
  const [only, ...others] = texts.length === 0 ? free : texts;
  const name = only === undefined || others.length > 0 ? "COLUMN" : only.name;
  return `--type ${shellQuoted(`${name}:${type}`)}`;
}

function isOfKey({ uniqueKeys }: TableShape, name: string): boolean {
  return uniqueKeys.some(({ columns }) => columns.includes(name));
}

/** Bytes of a table without a column for them. */
function noBytes(shape: TableShape, encoding: string, typeFlag: string | null): Error {
  const leave = "leave --binary out";
  return upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--binary ${encoding}`,
      other: `the table ${tableLabel(shape)}`,
      reason: "none of its columns has a binary type, so there are no bytes to read",
    },
    {
      where: "--binary",
      fix: typeFlag === null ? leave : `say which column holds bytes: ${typeFlag}; or ${leave}`,
    },
  );
}

/** Values as the source has them, by field. */
export type SampleValues = ReadonlyMap<string, readonly string[]>;

/** A field that is rewritten, and the column that its values are for. */
interface NotedField {
  readonly field: string;
  readonly column: string;
  readonly notation: ColumnNotation;
}

/** The fields that are rewritten: those that fill columns, and those that rows are looked up by. */
function notedFields({ notations, mapping, lookups = [] }: NotedPlan): NotedField[] {
  const filling = mapping.flatMap(({ field, column }) => {
    const notation = notations?.[column];
    return notation === undefined ? [] : [{ field, column, notation }];
  });
  const keys = lookups.flatMap(({ parent, keys: all }) =>
    all.flatMap(({ column, field, notation }) =>
      notation === undefined || field === null
        ? []
        : [{ field, column: `${tableLabel(parent)}.${column.name}`, notation }],
    ),
  );
  return [...filling, ...keys];
}

/** What says how fields are written. */
type NotedPlan = Pick<TablePlan, "notations" | "mapping" | "lookups">;

/** Says whether a plan rewrites any field. */
export function rewrites(plan: NotedPlan): boolean {
  return notedFields(plan).length > 0;
}

/** What the flags make of one value of each column, for a plan: one that they change, if there is any. */
export function explainNotations(plan: NotedPlan, samples: SampleValues): string[] {
  return notedFields(plan).flatMap(({ field, column, notation }) => {
    const values = samples.get(field) ?? [];
    const read = readerOf(notation);
    const value = values.find((each) => read(each) !== each) ?? values[0];
    if (value === undefined) return [];
    const found = read(value);
    const shown = JSON.stringify(value);
    return typeof found === "string"
      ? [`${column}: ${shown} is read as ${found}`]
      : [`${column}: ${shown} is rejected: it ${found.why}`];
  });
}
