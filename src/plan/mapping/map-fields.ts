/** Maps the known fields of every source, as the resolver of a load says; what cannot be is refused. */
import { shellQuoted } from "../../errors/shell-word.ts";
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
import { fieldNames } from "./field-names.ts";

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
