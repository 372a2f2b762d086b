/**
 * Which columns the records of a shape fill, and from where: decided once for all records that have the same fields.
 * Rows with the same columns share a row shape.
 */
import type { RowShape, ValueUse } from "../../model/batch.ts";
import type { FieldMapping, FieldResolver, TablePlan } from "../../model/load-plan.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import type { LinkedColumns } from "../../model/nest/nest-plan.ts";
import type { PackedColumn, PackedKey } from "../../model/packed.ts";
import type { RecordShape } from "../../model/record.ts";
import type { Column } from "../../model/table-shape.ts";
import { placeOfField } from "../../model/header.ts";
import { placeOfValueField } from "../../model/value-plan.ts";
import { guardedColumns } from "./guarded-columns.ts";
import {
  missingField,
  nothingKnown,
  nullKeyFault,
  twoFields,
  unmappable,
  WHY_UNMAPPED,
} from "./mapping-faults.ts";
import type { MappingFault } from "./mapping-faults.ts";

/** What mapping shapes needs besides the plan. */
export interface ShapeContext {
  readonly resolve: FieldResolver;
  /** What a field that a JSON record lacks is; `null` leaves it out. */
  readonly missingFields: "default" | "null" | "error" | null;
  /** The code the database gives for a NULL in a NOT NULL column. */
  readonly notNullCode: string;
}

/** A column of a row, and where its value comes from. */
export interface ColumnSlot {
  readonly column: Column;
  /** Where the value is in the record; -1 for a constant or an added NULL. */
  readonly field: number;
  readonly constant: string | null;
  /** The value is to be looked up, by these. */
  readonly pending?: NonNullable<PackedColumn["pending"]>;
  /** The value is that of an expression: its place in the plan, and whether the records have none of its fields. */
  readonly value?: { readonly place: number; readonly isAbsent: boolean };
}

/** What expressions are evaluated over, in the records of one shape. */
export interface MappedExpressions {
  /** Where the fields are, in the order of the plan; -1 for none. */
  readonly fields: readonly number[];
  readonly uses: readonly ValueUse[];
}

/** How the records of one shape become rows, or why none of them does. */
export type ShapeMapping =
  | {
      readonly kind: "mapped";
      readonly shape: RowShape;
      readonly slots: readonly ColumnSlot[];
      readonly nullKey: MappingFault | null;
      /** `null`: nothing is evaluated for these records. */
      readonly expressions: MappedExpressions | null;
    }
  | { readonly kind: "fault"; readonly fault: MappingFault };

/** Maps the shapes of one load. */
export class ShapeMapper {
  /** Key columns in which a NULL is a reject. */
  readonly guarded: ReadonlySet<string>;
  readonly #plan: TablePlan;
  readonly #context: ShapeContext;
  readonly #shapes = new Map<string, RowShape>();
  /** Fields of records that the plan does not know, by name. */
  readonly #later = new Map<string, FieldMapping>();

  constructor(plan: TablePlan, context: ShapeContext) {
    this.#plan = plan;
    this.#context = context;
    this.guarded = guardedColumns(plan);
  }

  /** The columns that rows carried, constants included. */
  get columns(): readonly string[] {
    const written = [...this.#shapes.values()].filter(({ deletes }) => deletes !== true);
    return [...new Set(written.flatMap(({ columns }) => columns))];
  }

  /** The fields that fill columns though planning had not seen them. */
  get later(): readonly FieldMapping[] {
    return [...this.#later.values()];
  }

  /** Maps the records of a shape; with `json`, fields that the shape lacks count as the options say. */
  map(shape: RecordShape, json: boolean, links: readonly LinkedColumns[] = []): ShapeMapping {
    const slots = new Map<string, ColumnSlot>();
    let isRead = false;
    for (const [field, name] of shape.fields.entries()) {
      const destination = this.#context.resolve(name, shape.header?.[field]);
      isRead ||= destination.kind === "looked-up";
      if (destination.kind === "dropped" || destination.kind === "looked-up") continue;
      if (destination.kind !== "column") {
        return faulty(unmappable(name, `the field ${name} ${WHY_UNMAPPED[destination.kind]}`));
      }
      const { column } = destination;
      const other = slots.get(column.name);
      if (other !== undefined)
        return faulty(twoFields([shape.fields[other.field] ?? "", name], column));
      slots.set(column.name, { column, field, constant: null });
      if (this.#plan.mapping.every((each) => each.field !== name)) {
        this.#later.set(name, { field: name, column: column.name });
      }
    }
    const taken = this.#plan.constants.find(({ column }) => slots.has(column))?.column;
    if (taken !== undefined)
      return faulty(unmappable(taken, `a field and --const fill the column ${taken}`));
    if (slots.size === 0 && !isRead && shape.fields.length > 0)
      return faulty(nothingKnown(shape.fields));
    const missing = json ? this.#addMissing(slots) : null;
    const refused =
      missing ??
      addLinks(slots, links) ??
      this.#addValues(shape, slots, { json }) ??
      this.#addLookups(shape, slots, { json });
    if (refused !== null) return refused;
    this.#addConstants(slots);
    return this.#mapped(shape, this.#shapeOf(slots), this.#unkeyed(slots));
  }

  /** Maps the records of a shape that delete: their keys, and what a condition reads; nothing else of them is looked at. */
  mapDelete(
    shape: RecordShape,
    plan: TablePlan,
    links: readonly LinkedColumns[] = [],
  ): ShapeMapping {
    const names = new Set(plan.columns.map(({ name }) => name));
    const slots = new Map<string, ColumnSlot>();
    for (const [field, name] of shape.fields.entries()) {
      const destination = this.#context.resolve(name, shape.header?.[field]);
      if (destination.kind !== "column" || !names.has(destination.column.name)) continue;
      const { column } = destination;
      const other = slots.get(column.name);
      if (other !== undefined)
        return faulty(twoFields([shape.fields[other.field] ?? "", name], column));
      slots.set(column.name, { column, field, constant: null });
    }
    const refused =
      addLinks(slots, links, names) ??
      this.#addValues(shape, slots, { json: false, names }) ??
      this.#addLookups(shape, slots, { json: false, names });
    if (refused !== null) return refused;
    this.#addConstants(slots, names);
    const nullKey = this.#unkeyed(slots);
    if (slots.size === 0 && nullKey === null) return faulty(nothingKnown(shape.fields));
    return this.#mapped(shape, this.#shapeOf(slots, true), nullKey);
  }

  #mapped(
    record: RecordShape,
    { shape, slots }: { shape: RowShape; slots: ColumnSlot[] },
    nullKey: MappingFault | null,
  ): ShapeMapping {
    const uses = usesOf(slots);
    const fields = (this.#plan.values?.fields ?? []).map((each) => placeOfValueField(each, record));
    const expressions = uses.length === 0 ? null : { fields, uses };
    return { kind: "mapped", shape, slots, nullKey, expressions };
  }

  /** The columns of expressions; one that reads no field is there in every record. */
  #addValues(
    shape: RecordShape,
    slots: Map<string, ColumnSlot>,
    { json, names }: { readonly json: boolean; readonly names?: ReadonlySet<string> },
  ): ShapeMapping | null {
    const { fields = [], columns = [] } = this.#plan.values ?? {};
    const { missingFields } = this.#context;
    for (const [place, { column, fields: read }] of columns.entries()) {
      if (names?.has(column.name) === false) continue;
      if (slots.has(column.name))
        return faulty(
          unmappable(column.name, `a field and --value fill the column ${column.name}`),
        );
      const lacking = read.flatMap((at) => {
        const field = fields[at];
        return field === undefined || placeOfValueField(field, shape) >= 0 ? [] : [field.name];
      });
      const [first] = lacking;
      if (json && missingFields === "error" && first !== undefined)
        return faulty(missingField(first, column.name));
      const isAbsent =
        read.length > 0 && lacking.length === read.length && !(json && missingFields === "null");
      slots.set(column.name, { column, field: -1, constant: null, value: { place, isAbsent } });
    }
    return null;
  }

  #unkeyed(slots: ReadonlyMap<string, ColumnSlot>): MappingFault | null {
    const unkeyed = [...this.guarded].find((name) => !slots.has(name));
    const column = this.#plan.table.columns.find((each) => each.name === unkeyed);
    return column === undefined ? null : this.nullKey(column);
  }

  /** The fault of a NULL in a column of the key. */
  nullKey(column: Column): MappingFault {
    return nullKeyFault(column, this.#context.notNullCode, this.#plan);
  }

  #addMissing(slots: Map<string, ColumnSlot>): ShapeMapping | null {
    const { missingFields } = this.#context;
    if (missingFields === null || missingFields === "default") return null;
    for (const { field, column: name } of this.#plan.mapping) {
      if (slots.has(name)) continue;
      if (missingFields === "error") return faulty(missingField(field, name));
      const column = this.#plan.table.columns.find((each) => each.name === name);
      if (column !== undefined) slots.set(name, { column, field: -1, constant: null });
    }
    return null;
  }

  /** A record that has none of the fields of a look-up has not the column that they fill either. */
  #addLookups(
    shape: RecordShape,
    slots: Map<string, ColumnSlot>,
    { json, names }: { readonly json: boolean; readonly names?: ReadonlySet<string> },
  ): ShapeMapping | null {
    for (const [at, lookup] of (this.#plan.lookups ?? []).entries()) {
      const { column } = lookup;
      if (names?.has(column.name) === false) continue;
      if (slots.has(column.name))
        return faulty(
          unmappable(column.name, `a field and --lookup fill the column ${column.name}`),
        );
      const keys = keysIn(shape, lookup);
      const fields = keys.filter(({ constant }) => constant === null);
      const pending = { lookup: at, keys };
      const isThere = ({ field, value }: PackedKey): boolean =>
        value === undefined ? field >= 0 : this.#hasFieldOf(shape, value);
      if (fields.length === 0 || fields.some(isThere)) {
        slots.set(column.name, { column, field: -1, constant: null, pending });
        continue;
      }
      const { missingFields } = this.#context;
      if (!json || missingFields === null || missingFields === "default") continue;
      const [first] = lookup.keys;
      if (missingFields === "error")
        return faulty(missingField(first?.field ?? column.name, column.name));
      slots.set(column.name, { column, field: -1, constant: null, pending });
    }
    return null;
  }

  /** Whether the records have a field of an expression, or it needs none. */
  #hasFieldOf(shape: RecordShape, place: number): boolean {
    const { fields = [], columns = [] } = this.#plan.values ?? {};
    const read = columns[place]?.fields ?? [];
    const has = (at: number): boolean => {
      const field = fields[at];
      return field !== undefined && placeOfValueField(field, shape) >= 0;
    };
    return read.length === 0 || read.some(has);
  }

  #addConstants(slots: Map<string, ColumnSlot>, names?: ReadonlySet<string>): void {
    for (const { column: name, value } of this.#plan.constants) {
      if (names?.has(name) === false) continue;
      const column = this.#plan.table.columns.find((each) => each.name === name);
      if (column !== undefined) slots.set(name, { column, field: -1, constant: value });
    }
  }

  /** Rows with the same columns share a shape, whatever the order of their fields. */
  #shapeOf(
    slots: ReadonlyMap<string, ColumnSlot>,
    deletes = false,
  ): { shape: RowShape; slots: ColumnSlot[] } {
    const ordered = this.#plan.table.columns
      .map((column) => slots.get(column.name))
      .filter((slot) => slot !== undefined);
    const columns = ordered.map((slot) => slot.column.name);
    const key = JSON.stringify([deletes, columns]);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = { id: this.#shapes.size, columns, ...(deletes ? { deletes } : {}) };
      this.#shapes.set(key, shape);
    }
    return { shape, slots: ordered };
  }
}

/** Where the texts that a look-up is by are in the records of a shape. */
function keysIn(shape: RecordShape, { keys }: LookupPlan): PackedKey[] {
  return keys.map(({ field, constant, value }) => ({
    field: field === null ? -1 : placeOfField(field, shape),
    constant,
    ...(value === undefined ? {} : { value }),
  }));
}

/** What the values of expressions are for: columns, and what is looked up by them. */
function usesOf(slots: readonly ColumnSlot[]): ValueUse[] {
  const uses = new Map<number, ValueUse>();
  for (const [at, { value }] of slots.entries())
    if (value !== undefined)
      uses.set(value.place, { value: value.place, at, isAbsent: value.isAbsent, keys: [] });
  const looked = slots.flatMap(({ pending }) => pending ?? []);
  for (const [pending, { keys }] of looked.entries())
    for (const [key, { value }] of keys.entries()) {
      if (value === undefined) continue;
      const use = uses.get(value) ?? { value, at: null, isAbsent: false, keys: [] };
      uses.set(value, { ...use, keys: [...use.keys, { pending, key }] });
    }
  return [...uses.values()];
}

/** The columns that take the keys of rows of other levels; of those with these `names`, where some are given. */
function addLinks(
  slots: Map<string, ColumnSlot>,
  links: readonly LinkedColumns[],
  names?: ReadonlySet<string>,
): ShapeMapping | null {
  for (const column of links.flatMap(({ columns }) => columns)) {
    if (names?.has(column.name) === false) continue;
    if (slots.has(column.name)) {
      return faulty(unmappable(column.name, `a field and --nest fill the column ${column.name}`));
    }
    slots.set(column.name, { column, field: -1, constant: null });
  }
  return null;
}

function faulty(fault: MappingFault): ShapeMapping {
  return { kind: "fault", fault };
}
