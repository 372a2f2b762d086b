/** Decides which column each field fills. Fields of later records are resolved by the same rules. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { HeaderField } from "../../model/header.ts";
import type { FieldDestination, FieldResolver } from "../../model/load-plan.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { FieldMap, FieldValue } from "../../options/grammar.ts";
import type { Options } from "../../options/options.ts";
import { keptFromColumns, lookupFields } from "../../options/lookup-fields.ts";
import { looseFinder } from "./loose-names.ts";
import { whyReadOnly } from "./read-only.ts";
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
    if (column === null)
      return marks.has(name) || marks.has(field) ? { kind: "dropped" } : otherwise;
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
