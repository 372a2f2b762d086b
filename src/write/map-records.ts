/**
 * Maps records to incoming rows: fields to columns, JSON kinds to the text a column takes, constants added.
 * Refuses only what no database needs to be asked about; every other decision on a value is the database's.
 */
import type { Row, RowShape } from "../model/batch.ts";
import type { HeaderField } from "../model/header.ts";
import type { FieldMapping, FieldResolver, TablePlan } from "../model/load-plan.ts";
import type { PackedColumn, PackedFields } from "../model/packed.ts";
import type { FieldKind, RecordShape, SourceRecord } from "../model/record.ts";
import type { Reject, RowCode } from "../model/reject.ts";
import type { Column } from "../model/table-shape.ts";
import type { Capabilities } from "../targets/target.ts";
import { hasNull, spellPacked } from "./spell-packed.ts";

/** What the mapper needs beside the plan. */
export interface MapperContext {
  readonly resolve: FieldResolver;
  readonly capabilities: Capabilities;
  /** What a field that a JSON record lacks is; `null` leaves it out. */
  readonly missingFields: "default" | "null" | "error" | null;
  /** Told of the fields of all records. */
  readonly unseen?: { see(fields: readonly string[], header: readonly HeaderField[] | null): void };
}

/** A row, or the reject that takes its place. */
export type MappedRecord =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "reject"; readonly reject: Reject };

interface ColumnSlot {
  readonly column: Column;
  /** Where the value is in the record; -1 for a constant or an added NULL. */
  readonly field: number;
  readonly constant: string | null;
}

type ShapeMapping =
  | {
      readonly kind: "mapped";
      readonly shape: RowShape;
      readonly slots: readonly ColumnSlot[];
      readonly nullKey: MappingFault | null;
    }
  | { readonly kind: "fault"; readonly fault: MappingFault };

interface MappingFault {
  readonly code: RowCode;
  readonly column: string | null;
  readonly dbCode: string | null;
  readonly message: string;
}

/** How packed records fill the columns of a shape. */
export interface PackedMapping {
  readonly shape: RowShape;
  readonly columns: readonly PackedColumn[];
  /** Where the values are, in the spelling that the columns take. */
  readonly fields: PackedFields;
}

/** Maps the records of one load. */
export class RecordMapper {
  readonly #plan: TablePlan;
  readonly #context: MapperContext;
  readonly #mappings = new WeakMap<RecordShape, ShapeMapping>();
  readonly #shapes = new Map<string, RowShape>();
  readonly #guarded: ReadonlySet<string>;
  /** Fields of records that the plan does not know, by name. */
  readonly #later = new Map<string, FieldMapping>();
  #packed: { readonly of: PackedFields; readonly mapping: PackedMapping | null } | null = null;

  constructor(plan: TablePlan, context: MapperContext) {
    this.#plan = plan;
    this.#context = context;
    const { arbiter, nullKey } = plan;
    const guards = nullKey === "reject" && arbiter !== null && !arbiter.nullsEqual;
    const stamped = plan.update.stamps.map((stamp) => stamp.column);
    this.#guarded = new Set(
      guards ? arbiter.columns.filter((name) => !stamped.includes(name)) : [],
    );
  }

  /** The columns that rows carried, constants included. */
  get columns(): readonly string[] {
    return [...new Set([...this.#shapes.values()].flatMap(({ columns }) => columns))];
  }

  /** The fields that fill columns though planning had not seen them. */
  get later(): readonly FieldMapping[] {
    return [...this.#later.values()];
  }

  /** How packed records become rows; `null` when one of them does not, or must be looked at by itself. */
  mapPacked(fields: PackedFields): PackedMapping | null {
    // A chunk is asked about with every batch that takes of it.
    if (this.#packed?.of !== fields)
      this.#packed = { of: fields, mapping: this.#mapFields(fields) };
    return this.#packed.mapping;
  }

  #mapFields(fields: PackedFields): PackedMapping | null {
    const mapping = this.#mapping(fields.shape, fields.kinds !== null);
    if (mapping.kind === "fault" || mapping.nullKey !== null) return null;
    const { slots, shape } = mapping;
    let spelled: PackedFields | null = fields;
    for (const { field, column } of slots) {
      if (field < 0) continue;
      if (this.#guarded.has(column.name) && hasNull(fields, field)) return null;
      spelled = spellPacked(spelled, field, column, this.#context.capabilities);
      if (spelled === null) return null;
    }
    return { shape, columns: slots, fields: spelled };
  }

  #mapping(shape: RecordShape, json: boolean): ShapeMapping {
    let mapping = this.#mappings.get(shape);
    if (mapping === undefined) {
      this.#context.unseen?.see(shape.fields, shape.header ?? null);
      mapping = this.#mapShape(shape, json);
      this.#mappings.set(shape, mapping);
    }
    return mapping;
  }

  /** The incoming row of a record, the load's row number `ord`. */
  map(record: SourceRecord, ord: number): MappedRecord {
    const mapping = this.#mapping(record.shape, record.kinds !== null);
    if (mapping.kind === "fault") return rejected(record, mapping.fault);
    if (mapping.nullKey !== null) return rejected(record, mapping.nullKey);
    const values: (string | null)[] = [];
    let numeric: boolean[] | null = null;
    const mayHoldNul = !this.#context.capabilities.storesNul && record.raw.includes(0);
    for (const slot of mapping.slots) {
      const value = slot.field < 0 ? slot.constant : (record.values[slot.field] ?? null);
      if (value === null && slot.field >= 0 && this.#guarded.has(slot.column.name)) {
        return rejected(record, this.#nullKeyFault(slot.column));
      }
      if (mayHoldNul && value?.includes("\0") === true)
        return rejected(record, nulFault(slot.column));
      const kind =
        record.kinds === null || slot.field < 0 ? null : (record.kinds[slot.field] ?? null);
      if (kind === "number" || (kind === "boolean" && this.#isNumeric(slot.column))) {
        numeric ??= mapping.slots.map(() => false);
        numeric[values.length] = true;
      }
      const text = kind === null || value === null ? value : this.#textOf(value, kind, slot.column);
      if (text === undefined) return rejected(record, arrayFault(slot.column));
      values.push(text);
    }
    return { kind: "row", row: { ord, shape: mapping.shape, values, numeric, record } };
  }

  #mapShape(shape: RecordShape, json: boolean): ShapeMapping {
    const slots = new Map<string, ColumnSlot>();
    for (const [field, name] of shape.fields.entries()) {
      const destination = this.#context.resolve(name, shape.header?.[field]);
      if (destination.kind === "dropped") continue;
      if (destination.kind !== "column") {
        return unmappable(name, `the field ${name} ${WHY_UNMAPPED[destination.kind]}`);
      }
      const { column } = destination;
      if (slots.has(column.name))
        return unmappable(name, `two fields fill the column ${column.name}`);
      slots.set(column.name, { column, field, constant: null });
      if (this.#plan.mapping.every((each) => each.field !== name)) {
        this.#later.set(name, { field: name, column: column.name });
      }
    }
    const taken = this.#plan.constants.find(({ column }) => slots.has(column))?.column;
    if (taken !== undefined)
      return unmappable(taken, `a field and --const fill the column ${taken}`);
    if (slots.size === 0 && shape.fields.length > 0) return nothingKnown(shape.fields);
    const missing = json ? this.#addMissing(slots) : null;
    if (missing !== null) return missing;
    this.#addConstants(slots);
    const unkeyed = [...this.#guarded].find((name) => !slots.has(name));
    const column = this.#plan.table.columns.find((each) => each.name === unkeyed);
    return {
      kind: "mapped",
      ...this.#shapeOf(slots),
      nullKey: column === undefined ? null : this.#nullKeyFault(column),
    };
  }

  #addMissing(slots: Map<string, ColumnSlot>): ShapeMapping | null {
    const { missingFields } = this.#context;
    if (missingFields === null || missingFields === "default") return null;
    for (const { field, column: name } of this.#plan.mapping) {
      if (slots.has(name)) continue;
      if (missingFields === "error") {
        const message = `the record has no field ${field}`;
        return {
          kind: "fault",
          fault: { code: "ROW_MISSING_FIELD", column: name, dbCode: null, message },
        };
      }
      const column = this.#plan.table.columns.find((each) => each.name === name);
      if (column !== undefined) slots.set(name, { column, field: -1, constant: null });
    }
    return null;
  }

  #addConstants(slots: Map<string, ColumnSlot>): void {
    for (const { column: name, value } of this.#plan.constants) {
      const column = this.#plan.table.columns.find((each) => each.name === name);
      if (column !== undefined) slots.set(name, { column, field: -1, constant: value });
    }
  }

  /** Rows with the same columns share a shape, whatever the order of their fields. */
  #shapeOf(slots: ReadonlyMap<string, ColumnSlot>): { shape: RowShape; slots: ColumnSlot[] } {
    const ordered = this.#plan.table.columns
      .map((column) => slots.get(column.name))
      .filter((slot) => slot !== undefined);
    const columns = ordered.map((slot) => slot.column.name);
    const key = JSON.stringify(columns);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = { id: this.#shapes.size, columns };
      this.#shapes.set(key, shape);
    }
    return { shape, slots: ordered };
  }

  /** Where true and false are 1 and 0, they are numbers to a column of any type. */
  #isNumeric({ family }: Column): boolean {
    return this.#context.capabilities.booleans !== undefined && family === "other";
  }

  /** The text a column takes for a JSON value; `undefined` when there is none. */
  #textOf(value: string, kind: FieldKind, column: Column): string | undefined {
    if (column.family === "json") return kind === "text" ? JSON.stringify(value) : value;
    const { booleans, arrayText } = this.#context.capabilities;
    if (kind === "boolean" && booleans !== undefined && column.family !== "text") {
      return value === "true" ? booleans.true : booleans.false;
    }
    if (kind !== "json" || column.family !== "array" || arrayText === undefined) return value;
    try {
      return arrayText(value, column.type);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #nullKeyFault(column: Column): MappingFault {
    return {
      code: "ROW_NULL_KEY",
      column: column.name,
      dbCode: column.nullable ? null : this.#context.capabilities.notNullCode,
      message: `the key column ${column.name} is NULL or missing; a NULL key would insert a new row on every run`,
    };
  }
}

const WHY_UNMAPPED = {
  unknown: "is not a column of the table",
  "read-only": "cannot be written",
  unnamed: "has no name",
  repeated: "has the name of another field",
} as const;

/** Fields that a message names. */
const NAMED = 5;

/** A record that says nothing the table could hold: its row would be made of defaults and constants alone. */
function nothingKnown(fields: readonly string[]): ShapeMapping {
  const names = fields.slice(0, NAMED).join(", ");
  const more = fields.length > NAMED ? ` and ${fields.length - NAMED} more` : "";
  const message = `no field of the record has a column; it has ${names}${more}`;
  return {
    kind: "fault",
    fault: { code: "ROW_NO_KNOWN_FIELD", column: null, dbCode: null, message },
  };
}

function unmappable(field: string, message: string): ShapeMapping {
  return {
    kind: "fault",
    fault: { code: "ROW_UNKNOWN_FIELD", column: field, dbCode: null, message },
  };
}

function nulFault(column: Column): MappingFault {
  const message = `the value for ${column.name} holds U+0000, which this database cannot store`;
  return { code: "ROW_NUL", column: column.name, dbCode: null, message };
}

function arrayFault(column: Column): MappingFault {
  const message = `the JSON value for ${column.name} is not an array it can hold`;
  return { code: "ROW_TYPE", column: column.name, dbCode: null, message };
}

function rejected(record: SourceRecord, fault: MappingFault): MappedRecord {
  const { position, raw } = record;
  return {
    kind: "reject",
    reject: { position, stage: "convert", constraint: null, raw, ...fault },
  };
}
