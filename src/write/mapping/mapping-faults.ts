/** Why a record cannot become a row, before any database is asked: what is wrong, as a reject says it. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { SourceRecord } from "../../model/record.ts";
import type { Reject, RowCode } from "../../model/reject.ts";
import type { Column } from "../../model/table-shape.ts";

/** What is wrong with a record, or with all records of its shape. */
export interface MappingFault {
  readonly code: RowCode;
  readonly column: string | null;
  readonly dbCode: string | null;
  readonly message: string;
  /** What was to be the value of the column; absent: the record is at fault. */
  readonly value?: string;
}

/**
 * A NULL or a missing value in a key column; `notNullCode` is the code the database has for a column that allows no NULL, `plan`
 * tells whether a row may be inserted.
 */
export function nullKeyFault(
  column: Column,
  notNullCode: string | null,
  { finds, mode }: Partial<Pick<TablePlan, "finds" | "mode">> = {},
): MappingFault {
  const inserts = finds !== true && mode !== "update";
  const why = inserts
    ? "a NULL key would insert a new row on every run"
    : "no row is found by a NULL key";
  return {
    code: "ROW_NULL_KEY",
    column: column.name,
    dbCode: column.nullable ? null : notNullCode,
    message: `the key column ${column.name} is NULL or missing; ${why}`,
  };
}

/** Why a field fills no column, by what became of it. */
export const WHY_UNMAPPED = {
  unknown: "is not a column of the table",
  "read-only": "cannot be written",
  unnamed: "has no name",
  repeated: "has the name of another field",
} as const;

/** Fields that a message names. */
const NAMED = 5;

/** A record that says nothing the table could hold: its row would be made of defaults and constants alone. */
export function nothingKnown(fields: readonly string[]): MappingFault {
  const names = fields.slice(0, NAMED).join(", ");
  const more = fields.length > NAMED ? ` and ${fields.length - NAMED} more` : "";
  const message = `no field of the record has a column; it has ${names}${more}`;
  return { code: "ROW_NO_KNOWN_FIELD", column: null, dbCode: null, message };
}

/** A field that cannot be written, or that competes with another value for its column. */
export function unmappable(field: string, message: string): MappingFault {
  return { code: "ROW_UNKNOWN_FIELD", column: field, dbCode: null, message };
}

/** Two fields that would fill one column: which of the values counts is not for the load to say. */
export function twoFields(fields: readonly string[], { name }: Column): MappingFault {
  const message = `the fields ${fields.join(" and ")} both fill the column ${name}`;
  return { code: "ROW_TWO_FIELDS", column: name, dbCode: null, message };
}

/** A field that a JSON record lacks, where that is an error. */
export function missingField(field: string, column: string): MappingFault {
  const message = `the record has no field ${field}`;
  return { code: "ROW_MISSING_FIELD", column, dbCode: null, message };
}

/** A value with U+0000. */
export function nulFault(column: Column): MappingFault {
  const message = `the value for ${column.name} holds U+0000, which this database cannot store`;
  return { code: "ROW_NUL", column: column.name, dbCode: null, message };
}

/** A JSON array or object that the column's type cannot hold. */
export function structureFault({ name }: Column, value: string, why: string): MappingFault {
  const message = `the JSON value for ${name} ${why}`;
  return { code: "ROW_TYPE", column: name, dbCode: null, message, value };
}

/** Characters of a value that a message shows. */
const SHOWN = 40;

/** A value that is not written as the flags say. */
export function unreadFault({ name }: Column, value: string, why: string): MappingFault {
  const short = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  const message = `the value ${JSON.stringify(short)} for ${name} ${why}`;
  return { code: "ROW_TYPE", column: name, dbCode: null, message, value };
}

/** The reject of a record. */
export function rejected(
  record: SourceRecord,
  fault: MappingFault,
): { readonly kind: "reject"; readonly reject: Reject } {
  const { position, raw } = record;
  return {
    kind: "reject",
    reject: { position, stage: "convert", constraint: null, raw, ...fault },
  };
}
