/** Maps the known fields of every source, as the resolver of a load says; what cannot be is refused. */
import { located, UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
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
import { dropFlag, fieldNames } from "./field-names.ts";
import type { FieldNames } from "./field-names.ts";
import type { FieldMap } from "../../options/grammar.ts";

/** How fields find their columns. */
export interface FieldRules {
  readonly resolve: FieldResolver;
  /** What `--map` says; fixes go by it. */
  readonly map: readonly FieldMap[] | null;
}

/**
 * Maps the known fields of every source (a CSV header, or the fields of sampled JSON records). A source that fills no column
 * is refused: what would be written is nothing of it. Throws `PLAN_NO_KNOWN_FIELD`, `PLAN_UNKNOWN_FIELD`, `SOURCE_HEADER`,
 * `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`.
 */
export function mapFields(
  shape: TableShape,
  sources: readonly KnownFields[],
  rules: FieldRules,
): FieldMapping[] {
  const fieldOf = new Map<string, string>();
  for (const known of sources) {
    const columns = inSource(known, () => columnsOf(shape, known, rules));
    for (const [column, field] of columns) {
      const other = fieldOf.get(column);
      if (other !== undefined && other !== field) {
        const place = placeOf(known) ?? undefined;
        const twice = filledByFields(column, fieldNames(sources, rules.map), [other, field]);
        throw place === undefined ? twice : located(twice, place);
      }
      fieldOf.set(column, field);
    }
  }
  return [...fieldOf].map(([column, field]) => ({ field, column }));
}

/** The field that fills each column. */
function columnsOf(
  shape: TableShape,
  known: KnownFields,
  { resolve, map }: FieldRules,
): ReadonlyMap<string, string> {
  const { fields, header } = known;
  const fieldOf = new Map<string, string>();
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
      if (destination.kind === "read-only")
        throw readOnlyColumn(column, destination.reason, names.keptOut(field));
      const other = fieldOf.get(column);
      if (other !== undefined) throw filledByFields(column, names, [other, field]);
      fieldOf.set(column, field);
    }
  }
  if (fieldOf.size === 0 && !isRead && fields.length > 0) throw nothingMapped(shape, known);
  if (unknown.length > 0) {
    const free = shape.columns.map(({ name }) => name).filter((name) => !fieldOf.has(name));
    throw unknownFields(shape, known, { fields: unknown, free, mayAdd });
  }
  if (unnamed.length > 0) throw unnamedFields(known, unnamed);
  return fieldOf;
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

function readOnlyColumn(column: string, reason: string, keptOut: string): Error {
  const suggestion = reason.includes("identity")
    ? `pass --keep-identity to write the source's values, or ${keptOut}`
    : keptOut;
  return upsurgeError("PLAN_READ_ONLY_COLUMN", { column, reason, suggestion });
}
