/** Maps the known fields of every source, as the resolver of a load says; what cannot be is refused. */
import { dropFlag } from "../../errors/shell-word.ts";
import { located, UpsurgeError } from "../../errors/upsurge-error.ts";
import type { HeaderField, KnownFields } from "../../model/header.ts";
import type { FieldMapping, FieldResolver } from "../../model/load-plan.ts";
import type { TableShape } from "../../model/table-shape.ts";
import {
  filledTwice,
  nothingMapped,
  placeOf,
  repeatedField,
  unknownFields,
  unnamedFields,
} from "./mapping-errors.ts";
import { fieldNames } from "./field-names.ts";
import type { FieldNames } from "./field-names.ts";
import { readOnlyColumn } from "./read-only.ts";
import type { FieldMap } from "../../options/grammar.ts";

/** How fields find their columns. */
export interface FieldRules {
  readonly resolve: FieldResolver;
  /** What `--map` says; fixes go by it. */
  readonly map: readonly FieldMap[] | null;
  /** The columns without which no record has a key; absent: there are none. */
  readonly needed?: ReadonlySet<string>;
}

/**
 * Maps the known fields of every source (a CSV header, or the fields of sampled JSON records). A source that fills no column
 * is refused: what would be written is nothing of it. Sources, and JSON records, may call the field of a column differently.
 * Throws `PLAN_NO_KNOWN_FIELD`, `PLAN_UNKNOWN_FIELD`, `SOURCE_HEADER`, `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`.
 */
export function mapFields(
  shape: TableShape,
  sources: readonly KnownFields[],
  rules: FieldRules,
): FieldMapping[] {
  const fieldsOf = new Map<string, Set<string>>();
  for (const known of sources) {
    const columns = inSource(known, () => columnsOf(shape, known, rules));
    for (const { field, column } of columns)
      fieldsOf.set(column, (fieldsOf.get(column) ?? new Set()).add(field));
  }
  return [...fieldsOf].flatMap(([column, fields]) =>
    [...fields].map((field) => ({ field, column })),
  );
}

function columnsOf(
  shape: TableShape,
  known: KnownFields,
  { resolve, map, needed = new Set() }: FieldRules,
): FieldMapping[] {
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
      const names = fieldNames([known], map);
      if (destination.kind === "read-only") {
        const leaveOut = names.keptOut(field);
        throw readOnlyColumn(destination.column, destination.reason, { leaveOut, needed });
      }
      const other = mapping.find(
        (each) => each.column === column && areTogether(known, [each.field, field]),
      );
      if (other !== undefined) throw filledByFields(column, names, [other.field, field]);
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

/**
 * Whether records that have one of two fields have the other as well. Records may spell the name of a field in different ways;
 * one that has both is a reject, unless all are like it.
 */
export function areTogether({ header, shapes }: KnownFields, pair: readonly string[]): boolean {
  if (header !== null) return true;
  const having = shapes?.filter((fields) => pair.some((field) => fields.includes(field))) ?? [];
  return having.length > 0 && having.every((fields) => pair.every((each) => fields.includes(each)));
}

function filledByFields(
  column: string,
  { told, flag, keptOut }: FieldNames,
  fields: readonly string[],
): UpsurgeError {
  const reason = `by the fields ${fields.map(told).join(" and ")}`;
  const drops = fields.map((field) => dropFlag(flag(field)));
  const ways = [...new Set(fields.map(keptOut))];
  const isDropped = ways.every((way, at) => way.endsWith(drops[at] ?? ""));
  const fix = isDropped ? `drop one of them, with ${drops.join(" or ")}` : ways.join(", or ");
  return filledTwice(column, reason, { fix });
}
