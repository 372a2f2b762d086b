/** Decides which column each field fills. Fields of later records are resolved by the same rules. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { located, UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import { fieldLabel, shownName } from "../../model/header.ts";
import type { HeaderField, KnownFields } from "../../model/header.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import type { FieldDestination, FieldMapping, FieldResolver } from "../../model/load-plan.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { FieldMap, FieldValue } from "../../options/grammar.ts";
import type { Options } from "../../options/options.ts";
import { keptFromColumns, lookupFields } from "../../options/lookup-fields.ts";
import {
  filledTwice,
  noField,
  nothingMapped,
  placeOf,
  repeatedField,
  unknownFields,
  unnamedFields,
} from "./mapping-errors.ts";
import { fieldNames } from "./field-names.ts";
import { looseFinder } from "./loose-names.ts";
import { findColumn, requireColumn } from "../names.ts";
import { namedByValues, valueUses } from "../values/value-fields.ts";

/** What the mapping flags say. */
export interface MappingOptions {
  readonly map: readonly FieldMap[] | null;
  readonly extraFields: "error" | "ignore";
  readonly keepIdentity: boolean;
  /** Fields that need no column. */
  readonly deleteWhen?: readonly FieldValue[] | null;
  /** Absent or `null`: exactly. */
  readonly matchNames?: "exact" | "loose" | null;
  readonly lookup: Options["lookup"];
  readonly value: Options["value"];
  readonly const: Options["const"];
  /** With these no column is added. */
  readonly nest?: Options["nest"];
  readonly shard?: Options["shard"];
}

/**
 * Makes the resolver of a load. A number in `--map` is the field at that place, where no field has it for a name; it comes
 * before the name. Throws `PLAN_UNKNOWN_COLUMN` and `OPTION_CONFLICT` for a `--map` that cannot hold.
 */
export function fieldResolver(shape: TableShape, options: MappingOptions): FieldResolver {
  const given = givenColumns(shape, options.map);
  const otherwise = withoutColumn(options);
  const marks = new Set(options.deleteWhen?.map(({ field }) => field));
  const findLoosely = options.matchNames === "loose" ? looseFinder(shape) : (): null => null;
  const parents = parentsOf(options);
  const taken = new Set([...given.values()].map((column) => column?.name));
  const [read, kept] = [lookupFields(options), keptFromColumns(options)];
  const values = valueUses(shape, options);
  const isSaid = (number: number): boolean => given.has(String(number));
  return (field, place) => {
    const to = toColumn(field, place);
    // A field that goes nowhere may still be what something is looked up by.
    const isValued = values.reads(place?.name ?? field);
    const isRead = isValued || read.has(field) || (place !== undefined && read.has(place.name));
    // Which of the fields is meant only a name of its own tells.
    if (isRead && place !== undefined && place.twins.length > 1)
      return { kind: "repeated", field: place, isLookedUp: true };
    const isFilled = isValued && to.kind === "column" && values.fills(to.column.name);
    return isRead && (isFilled || to.kind === "dropped" || to.kind === "unknown") ? LOOKED_UP : to;
  };

  function toColumn(field: string, place: HeaderField | undefined): FieldDestination {
    const name = place?.name ?? field;
    const numbered = place?.byNumber === true && isSaid(place.number);
    const mapped = given.get(numbered ? String(place.number) : name);
    if (mapped === null) return { kind: "dropped" };
    // What flags do not tell apart may not be one for the other: unless all of them are left out.
    const alike = numbered || place === undefined ? 1 : leftOf(place, isSaid);
    if (place?.name === "" && (mapped === undefined || alike > 1)) {
      const isLeft = mapped === undefined && otherwise.kind === "dropped";
      return isLeft ? { kind: "dropped" } : { kind: "unnamed", field: place };
    }
    const column =
      mapped ?? (kept.has(name) ? null : (findColumn(shape, name) ?? findLoosely(name)));
    // A member out of which a dotted name takes a value is used, and gives way to it.
    const isParent = place === undefined && mapped === undefined && parents.has(name);
    if (isParent && (column === null || taken.has(column.name))) return { kind: "dropped" };
    if (place !== undefined && alike > 1 && (column !== null || otherwise.kind === "unknown")) {
      return { kind: "repeated", field: place };
    }
    if (column === null) return marks.has(name) ? { kind: "dropped" } : otherwise;
    const reason = whyReadOnly(column, options.keepIdentity);
    return reason === null ? { kind: "column", column } : { kind: "read-only", column, reason };
  }
}

/** What becomes of a field that has no column. */
function withoutColumn({ extraFields, nest, shard }: MappingOptions): FieldDestination {
  if (extraFields === "ignore") return { kind: "dropped" };
  return { kind: "unknown", mayAdd: (nest ?? null) === null && (shard ?? null) === null };
}

/** Where `--map` puts fields, by what it calls them; `null`: nowhere. */
function givenColumns(
  shape: TableShape,
  map: MappingOptions["map"],
): ReadonlyMap<string, Column | null> {
  const given = new Map<string, Column | null>();
  for (const entry of map ?? []) {
    const { field, text } = entry;
    const column =
      entry.column === null ? null : requireColumn(shape, entry.column, `--map ${text}`);
    const other = given.get(field);
    if (other !== undefined && other?.name !== column?.name) throw mappedTwice(entry);
    given.set(field, column);
  }
  return given;
}

/** The members of JSON records out of which `--map`, `--lookup` and `--value` take values. */
export function parentsOf(options: Pick<Options, "map" | "lookup" | "value">): ReadonlySet<string> {
  const mapped = (options.map ?? []).flatMap(({ field, column }) => (column === null ? [] : field));
  const dotted = [...mapped, ...lookupFields(options), ...namedByValues(options)].filter((field) =>
    field.includes("."),
  );
  return new Set(dotted.map((field) => field.slice(0, field.indexOf("."))));
}

const LOOKED_UP: FieldDestination = { kind: "looked-up" };

/** How many of the fields with the name of this one no flag calls by their number. */
function leftOf({ twins, callable }: HeaderField, isSaid: (number: number) => boolean): number {
  return twins.length - callable.filter(isSaid).length;
}

function mappedTwice({ field, text }: FieldMap): Error {
  return upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--map ${shellQuoted(text)}`,
      other: `another --map of ${field}`,
      reason: "a field fills one column",
    },
    { where: "--map" },
  );
}

/** Why a column cannot take a value from a source; `null` when it can. */
export function whyReadOnly(column: Column, keepIdentity: boolean): string | null {
  if (column.generatedSql !== null) return `it is generated as ${column.generatedSql}`;
  if (column.identity === "always" && !keepIdentity) {
    return "it is an identity column that makes its own values";
  }
  return null;
}

/** A flag, and the field it names. */
interface NamedField {
  readonly flag:
    | "--map"
    | "--keep-empty"
    | "--null-in"
    | "--default-on-empty"
    | "--delete-when"
    | "--lookup"
    | "--value";
  readonly field: string;
}

/**
 * Refuses flags that name a field no source has. Only for sources whose fields are all known.
 * Throws `PLAN_NO_FIELD`.
 */
export function refuseUnknownFields(
  sources: readonly KnownFields[],
  named: readonly NamedField[],
): void {
  const labels = fieldLabels(sources);
  for (const { flag, field } of named) {
    if (sources.some((known) => hasField(known, flag, field))) continue;
    const twins = sources.flatMap(
      ({ header }) => header?.filter(({ name }) => name === field) ?? [],
    );
    throw noField(field, labels, {
      where: flag,
      ...(twins.length === 0 || flag === "--lookup"
        ? {}
        : { fix: `say it by number, for example ${flag} ${twins[0]?.key ?? ""}` }),
    });
  }
}

/** Whether a source has the field that a flag names. */
export function hasField(
  { fields, header }: KnownFields,
  flag: NamedField["flag"],
  field: string,
): boolean {
  if (fields.includes(field)) return true;
  if (flag === "--keep-empty") return false;
  if (flag === "--value") {
    const names = header?.map(({ name }) => name) ?? fields;
    return names.some((name) => name.toLowerCase() === field.toLowerCase());
  }
  return (header ?? []).some(
    ({ name, number, byNumber }) =>
      name === field || (flag === "--map" && byNumber && String(number) === field),
  );
}

/** All fields of the sources, each once, as people are told of them. */
export function fieldLabels(sources: readonly KnownFields[]): string[] {
  return [
    ...new Set(
      sources.flatMap(({ fields, header }) => header?.map(fieldLabel) ?? fields.map(shownName)),
    ),
  ];
}

/** The options that name fields. */
export type NamingOptions = Pick<
  Options,
  "map" | "keepEmpty" | "nullIn" | "defaultOnEmpty" | "lookup" | "const" | "value"
> &
  Partial<Pick<Options, "deleteWhen">>;

/** The fields that flags name, with the flag that does. */
export function namedFields(options: NamingOptions): NamedField[] {
  const named = (flag: NamedField["flag"], fields: readonly string[]): NamedField[] =>
    fields.map((field) => ({ flag, field }));
  const filled = [...(options.const ?? []), ...(options.value ?? [])].map(({ column }) => column);
  const read = [...lookupFields(options)].filter((field) => !filled.includes(field));
  return [
    ...named("--map", mappedFields(options)),
    ...named("--keep-empty", options.keepEmpty ?? []),
    ...named("--null-in", options.nullIn?.map(({ field }) => field) ?? []),
    ...named("--default-on-empty", options.defaultOnEmpty ?? []),
    ...named("--delete-when", options.deleteWhen?.map(({ field }) => field) ?? []),
    ...named("--lookup", read),
  ];
}

/** The fields that `--map` names. */
function mappedFields({ map }: { readonly map: readonly FieldMap[] | null }): string[] {
  return (map ?? []).map(({ field }) => field);
}

/** Refuses a number in `--map` that is one field in one source and another in the next. Throws `PLAN_AMBIGUOUS_FIELD`. */
export function refuseMovedNumbers(
  sources: readonly KnownFields[],
  options: { readonly map: readonly FieldMap[] | null },
): void {
  for (const field of mappedFields(options).filter((each) => /^[1-9]\d*$/.test(each))) {
    const found = new Map<string, string>();
    for (const { source, header } of sources) {
      const named = header?.find(({ name }) => name === field);
      const place = named ?? header?.find(({ number }) => String(number) === field);
      if (place === undefined) continue;
      const label = place.name === "" ? "no name" : JSON.stringify(place.name);
      if (!found.has(label))
        found.set(label, `${label} in ${source === null ? "the source" : sourceLabel(source)}`);
    }
    if (found.size < 2) continue;
    throw upsurgeError(
      "PLAN_AMBIGUOUS_FIELD",
      { field, candidates: [...found.values()].join(" or ") },
      {
        why: "a number in --map is the field at that place, and the headers of the sources differ there",
        fix: "load sources with different headers one by one; or say the fields by their names",
        where: "--map",
      },
    );
  }
}

/**
 * Maps the known fields of every source (a CSV header, or the fields of sampled JSON records). A source that fills no column
 * is refused: what would be written is nothing of it. Throws `PLAN_NO_KNOWN_FIELD`, `PLAN_UNKNOWN_FIELD`, `SOURCE_HEADER`,
 * `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`.
 */
export function mapFields(
  shape: TableShape,
  sources: readonly KnownFields[],
  resolve: FieldResolver,
): FieldMapping[] {
  const fieldOf = new Map<string, string>();
  for (const known of sources) {
    const columns = inSource(known, () => columnsOf(shape, known, resolve));
    for (const { field, column } of columns) {
      const other = fieldOf.get(column);
      if (other !== undefined && other !== field) {
        const place = placeOf(known) ?? undefined;
        const twice = filledByFields(column, sources, [other, field]);
        throw place === undefined ? twice : located(twice, place);
      }
      fieldOf.set(column, field);
    }
  }
  return [...fieldOf].map(([column, field]) => ({ field, column }));
}

function columnsOf(shape: TableShape, known: KnownFields, resolve: FieldResolver): FieldMapping[] {
  const { fields, header } = known;
  const mapping: FieldMapping[] = [];
  const unknown: string[] = [];
  const unnamed: HeaderField[] = [];
  let isRead = false;
  let mayAdd = true;
  for (const [index, field] of fields.entries()) {
    const destination = resolve(field, header?.[index]);
    if (destination.kind === "looked-up") isRead = true;
    if (destination.kind === "dropped" || destination.kind === "looked-up") continue;
    if (destination.kind === "unknown") {
      unknown.push(field);
      mayAdd &&= destination.mayAdd;
    } else if (destination.kind === "unnamed") unnamed.push(destination.field);
    else if (destination.kind === "repeated") {
      throw repeatedField(shape, known, destination);
    } else {
      const column = destination.column.name;
      if (destination.kind === "read-only") {
        const called = fieldNames([known]).flag(field);
        throw readOnlyColumn(called, column, destination.reason);
      }
      const other = mapping.find((each) => each.column === column);
      if (other !== undefined) throw filledByFields(column, [known], [other.field, field]);
      mapping.push({ field, column });
    }
  }
  if (mapping.length === 0 && !isRead && fields.length > 0) throw nothingMapped(shape, known);
  if (unknown.length > 0) {
    const filled = new Set(mapping.map(({ column }) => column));
    const free = shape.columns.map(({ name }) => name).filter((name) => !filled.has(name));
    throw unknownFields(shape, known, { fields: unknown, free, mayAdd });
  }
  if (unnamed.length > 0) throw unnamedFields(known, unnamed);
  return mapping;
}

/** What `work` throws names the source, where it names no place of its own. */
function inSource<T>(known: KnownFields, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const place = placeOf(known);
    throw error instanceof UpsurgeError && place !== null ? located(error, place) : error;
  }
}

function filledByFields(
  column: string,
  sources: readonly KnownFields[],
  fields: readonly string[],
): UpsurgeError {
  const { told, flag } = fieldNames(sources);
  const reason = `by the fields ${fields.map(told).join(" and ")}`;
  const flags = fields.map((field) => `--map ${shellQuoted(`${flag(field)}:`)}`);
  const fix = `drop one of them, with ${flags.join(" or ")}`;
  return filledTwice(column, reason, { fix });
}

function readOnlyColumn(field: string, column: string, reason: string): Error {
  const drop = `drop the field with --map ${shellQuoted(`${field}:`)}`;
  const suggestion = reason.includes("identity")
    ? `pass --keep-identity to write the source's values, or ${drop}`
    : drop;
  return upsurgeError("PLAN_READ_ONLY_COLUMN", { column, reason, suggestion });
}

/** What tells the columns that rows may carry. */
export interface CarriedRequest {
  readonly options: Pick<MappingOptions, "keepIdentity">;
  /** Records may have fields that are not known. */
  readonly openFields: boolean;
  /** The columns that are known to be filled. */
  readonly named: ReadonlySet<string>;
  /** Those that the load fills whatever is said of them. */
  readonly carried: readonly Column[];
}

/** The columns rows may carry: for JSON every writable one, since any record may bring another field. */
export function carriedColumns(
  shape: TableShape,
  { options, openFields, named, carried }: CarriedRequest,
): Column[] {
  return shape.columns.filter(
    (column) =>
      carried.includes(column) ||
      (openFields ? whyReadOnly(column, options.keepIdentity) === null : named.has(column.name)),
  );
}
