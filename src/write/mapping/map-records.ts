/**
 * Maps records to incoming rows: the values of their fields as the texts that columns take. Which field fills which column
 * is decided shape by shape, in `map-shapes.ts`.
 * Refuses only what no database needs to be asked about; every other decision on a value is the database's.
 */
import type { PendingExpressions, PendingValue, Row, RowShape } from "../../model/batch.ts";
import type { HeaderField } from "../../model/header.ts";
import type {
  FieldMapping,
  FieldResolver,
  RecordDeletes,
  TablePlan,
} from "../../model/load-plan.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import type { LinkedColumns } from "../../model/nest/nest-plan.ts";
import { KIND_BITS } from "../../model/packed.ts";
import type { PackedColumn, PackedFields, PackedSlice } from "../../model/packed.ts";
import type { FieldKind, RecordShape, SourceRecord } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import { tellsNumbers } from "../../model/table-shape.ts";
import type { Column } from "../../model/table-shape.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import type { LossyColumns } from "./lost-values.ts";
import { DeleteMarks } from "./delete-marks.ts";
import { ShapeMapper } from "./map-shapes.ts";
import type { ColumnSlot, MappedExpressions, ShapeMapping } from "./map-shapes.ts";
import { nulFault, rejected, structureFault, unreadFault } from "./mapping-faults.ts";
import { rewritePacked } from "./rewrite-packed.ts";
import type { RewrittenField } from "./rewrite-packed.ts";
import { hasNull, hasWithPoint, spellPacked } from "./spell-packed.ts";
import { FieldReader } from "./field-reader.ts";
import type { UnreadValue, ValueReader } from "../../values/value-reader.ts";
import { wholeDigits } from "../../values/whole-numbers.ts";

/** What the mapper needs besides the plan. */
export interface MapperContext {
  readonly resolve: FieldResolver;
  readonly capabilities: Capabilities;
  /** What a field that a JSON record lacks is; `null` leaves it out. */
  readonly missingFields: "default" | "null" | "error" | null;
  /** Told of values that may lose a part. */
  readonly lossy?: LossyColumns;
  /** Told of the fields of all records. */
  readonly unseen?: { see(fields: readonly string[], header: readonly HeaderField[] | null): void };
}

/** A row, or the reject that takes its place. */
export type MappedRecord =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "reject"; readonly reject: Reject };

/** How packed records fill the columns of a shape. */
export interface PackedMapping {
  readonly shape: RowShape;
  readonly columns: readonly PackedColumn[];
  /** Where the values are, in the spelling that the columns take. */
  readonly fields: PackedFields;
  /** As in `PackedSlice`. */
  readonly nested?: NonNullable<PackedSlice["nested"]>;
}

/** How records that delete are known, and mapped. */
interface MappedDeletes extends RecordDeletes {
  readonly marks: DeleteMarks;
  readonly mappings: WeakMap<RecordShape, ShapeMapping>;
}

/** What the mapping of a shape depends on beside it. */
interface MappedAs {
  readonly json: boolean;
  readonly links: readonly LinkedColumns[];
  /** Absent: they do not. */
  readonly deletes?: boolean;
}

type PackedPending = NonNullable<PackedColumn["pending"]>;

/** Maps the records of one load. */
export class RecordMapper {
  readonly #context: MapperContext;
  readonly #mappings = new WeakMap<RecordShape, ShapeMapping>();
  readonly #shapes: ShapeMapper;
  readonly #deletes: MappedDeletes | null;
  /** By column: how values are read that are not written as the database reads them. */
  readonly #readers: ReadonlyMap<string, FieldReader>;
  readonly #lookups: readonly LookupPlan[];
  /** By look-up and key: the same for what other tables are asked for. */
  readonly #keyReaders: readonly (readonly (FieldReader | undefined)[])[];
  /** By look-up and key: the columns that take any type; `null` for others, absent where all are. */
  readonly #openKeys: readonly (readonly (Column | null)[] | undefined)[];
  readonly #linked: readonly LinkedColumns[];
  /** By the columns that take keys of other levels. */
  readonly #byLinks = new Map<string, WeakMap<RecordShape, ShapeMapping>>();
  #packed: { readonly of: PackedFields; readonly mapping: PackedMapping | null } | null = null;

  constructor(plan: TablePlan, context: MapperContext) {
    this.#context = context;
    this.#lookups = plan.lookups ?? [];
    this.#linked = plan.linked ?? [];
    this.#keyReaders = this.#lookups.map(({ keys }) =>
      keys.map(({ notation }) => (notation === undefined ? undefined : new FieldReader(notation))),
    );
    this.#openKeys = this.#lookups.map(({ keys }) => {
      const open = keys.map(({ column }) => (tellsNumbers(column) ? column : null));
      return open.every((column) => column === null) ? undefined : open;
    });
    const { resolve, missingFields, capabilities } = context;
    const { notNullCode } = capabilities;
    this.#readers = FieldReader.ofColumns(plan.notations);
    this.#shapes = new ShapeMapper(plan, { resolve, missingFields, notNullCode });
    const { recordDeletes } = plan;
    this.#deletes =
      recordDeletes === undefined
        ? null
        : { ...recordDeletes, marks: new DeleteMarks(recordDeletes.when), mappings: new WeakMap() };
  }

  /** Key columns in which a NULL is a reject. */
  get guarded(): ReadonlySet<string> {
    return this.#shapes.guarded;
  }

  /** The columns that rows carried, constants included. */
  get columns(): readonly string[] {
    return this.#shapes.columns;
  }

  /** The fields that fill columns though planning had not seen them. */
  get later(): readonly FieldMapping[] {
    return this.#shapes.later;
  }

  /** How packed records become rows; `null` when one of them does not, or must be looked at by itself. */
  mapPacked(fields: PackedFields): PackedMapping | null {
    // A chunk is asked about with every batch that takes of it.
    if (this.#packed?.of !== fields)
      this.#packed = { of: fields, mapping: this.#mapFields(fields) };
    return this.#packed.mapping;
  }

  #mapFields(fields: PackedFields): PackedMapping | null {
    if (this.#deletes?.marks.anyOf(fields) === true) return null;
    const { nested = [] } = fields;
    const mapping =
      this.#linked.length > 0
        ? this.#linkedMapping(fields.shape, (memberAt) => nested[memberAt] !== null)
        : this.#mapping(fields.shape, fields.kinds !== null);
    if (mapping.kind === "fault" || mapping.nullKey !== null) return null;
    // What expressions are evaluated over are texts of records.
    if (mapping.expressions !== null) return null;
    const { slots, shape } = mapping;
    let spelled: PackedFields | null = fields;
    const rewritten: RewrittenField[] = [];
    for (const { field, column, pending } of slots) {
      if (pending !== undefined && !this.#areOrdinary(fields, pending)) return null;
      if (field < 0) continue;
      if (this.#shapes.guarded.has(column.name) && hasNull(fields, field)) return null;
      const reader = this.#readers.get(column.name);
      if (reader?.takes(fields, field) === false) return null;
      const before: PackedFields = spelled;
      spelled = spellPacked(before, field, column, this.#context.capabilities);
      // Another column may take the same field in another spelling.
      if (spelled === null || (spelled !== before && isShared(slots, field))) return null;
      if (reader !== undefined)
        rewritten.push({ field, read: reader.text, decimal: reader.decimal });
    }
    this.#follow(slots, fields);
    if (rewritten.length > 0) spelled = rewritePacked(spelled, rewritten);
    return spelled === null ? null : { shape, columns: slots, fields: spelled };
  }

  /** Looks for values of which their columns do not keep all. */
  #follow(slots: readonly ColumnSlot[], fields: PackedFields): void {
    const { lossy } = this.#context;
    if (lossy?.any !== true) return;
    for (const { field, column } of slots) if (field >= 0) lossy.seePacked(column, field, fields);
  }

  /** Booleans, arrays, objects and whole numbers are spelled as the column of the other table takes them, notations are read, and numbers told from texts. */
  #areOrdinary(fields: PackedFields, { lookup, keys }: PackedPending): boolean {
    const { kinds } = fields;
    if (this.#keyReaders[lookup]?.some((read) => read !== undefined) === true) return false;
    const spelled = KIND_BITS.boolean | KIND_BITS.json;
    return keys.every(({ field }, at) => {
      const isOpen = (this.#openKeys[lookup]?.[at] ?? null) !== null;
      const others = isOpen ? spelled | KIND_BITS.number : spelled;
      if (field < 0) return true;
      const column = this.#lookups[lookup]?.keys[at]?.column;
      const isInteger = column?.integer === true && hasWithPoint(fields, field);
      return !isInteger && ((kinds?.[field] ?? 0) & others) === 0;
    });
  }

  #mapping(shape: RecordShape, json: boolean): ShapeMapping {
    return this.#mappingIn(this.#mappings, shape, { json, links: [] });
  }

  #mappingIn(
    mappings: WeakMap<RecordShape, ShapeMapping>,
    shape: RecordShape,
    { json, links, deletes = false }: MappedAs,
  ): ShapeMapping {
    let mapping = mappings.get(shape);
    if (mapping === undefined) {
      this.#context.unseen?.see(shape.fields, shape.header ?? null);
      const plan = deletes ? this.#deletes?.plan : undefined;
      mapping =
        plan === undefined
          ? this.#shapes.map(shape, json, links)
          : this.#shapes.mapDelete(shape, plan, links);
      mappings.set(shape, mapping);
    }
    return mapping;
  }

  /** How a record is mapped of which some columns take keys of other levels: those whose member it has. */
  #linkedMapping(
    shape: RecordShape,
    has: (memberAt: number) => boolean,
    deletes = false,
  ): ShapeMapping {
    const links = this.#linked.filter(({ memberAt }) => memberAt === null || has(memberAt));
    const key = `${deletes ? "deletes " : ""}${links.map((each) => this.#linked.indexOf(each)).join()}`;
    const mappings = this.#byLinks.get(key) ?? new WeakMap<RecordShape, ShapeMapping>();
    this.#byLinks.set(key, mappings);
    return this.#mappingIn(mappings, shape, { json: true, links, deletes });
  }

  /** True for a record that deletes the row of its key. */
  deletes(record: SourceRecord): boolean {
    return this.#deletes?.marks.deletes(record) === true;
  }

  /** How a record is mapped, which may delete. */
  #mappingOf(record: SourceRecord, deletes: boolean): ShapeMapping {
    const { shape, kinds, nested = [] } = record;
    const has = (memberAt: number): boolean => nested[memberAt]?.kind !== "absent";
    if (this.#linked.length > 0) return this.#linkedMapping(shape, has, deletes);
    if (!deletes || this.#deletes === null) return this.#mapping(shape, kinds !== null);
    return this.#mappingIn(this.#deletes.mappings, shape, { json: false, links: [], deletes });
  }

  /** The incoming row of a record, the load's row number `ord`. */
  map(record: SourceRecord, ord: number): MappedRecord {
    const mapping = this.#mappingOf(record, this.deletes(record));
    if (mapping.kind === "fault") return rejected(record, mapping.fault);
    if (mapping.nullKey !== null) return rejected(record, mapping.nullKey);
    const [values, pending]: [(string | null)[], PendingValue[]] = [[], []];
    let numeric: boolean[] | null = null;
    const mayHoldNul = this.#context.capabilities.storesNul !== true && mayHaveNul(record);
    for (const slot of mapping.slots) {
      if (slot.pending !== undefined) {
        const texts = this.#keyTexts(record, slot.pending);
        if (!Array.isArray(texts))
          return rejected(record, unreadFault(slot.column, texts.value, texts.why));
        if (mayHoldNul && texts.some((text) => text?.includes("\0") === true))
          return rejected(record, nulFault(slot.column));
        const numbers = this.#keyNumbers(record, slot.pending);
        pending.push({ at: values.length, lookup: slot.pending.lookup, texts, ...numbers });
        values.push(null);
        continue;
      }
      const given = slot.field < 0 ? slot.constant : (record.values[slot.field] ?? null);
      const kind =
        record.kinds === null || slot.field < 0 ? null : (record.kinds[slot.field] ?? null);
      const value = this.#read(given, kind, slot);
      if (typeof value === "object" && value !== null)
        return rejected(record, unreadFault(slot.column, given ?? "", value.why));
      if (value === null && slot.field >= 0 && this.#shapes.guarded.has(slot.column.name)) {
        return rejected(record, this.#shapes.nullKey(slot.column));
      }
      if (kind === "number" || (kind === "boolean" && this.#isNumeric(slot.column))) {
        numeric ??= mapping.slots.map(() => false);
        numeric[values.length] = true;
      }
      const text = kind === null || value === null ? value : this.#textOf(value, kind, slot.column);
      if (typeof text === "object" && text !== null)
        return rejected(record, structureFault(slot.column, value ?? "", text.why));
      if (mayHoldNul && text?.includes("\0") === true)
        return rejected(record, nulFault(slot.column));
      values.push(text);
    }
    this.#context.lossy?.seeRow(mapping.slots, values, record.shape);
    const row = { ord, shape: mapping.shape, values, numeric, record };
    const filled = pending.length === 0 ? row : { ...row, pending };
    if (mapping.expressions === null) return { kind: "row", row: filled };
    const expressions = expressionsOf(record, mapping.expressions);
    if (mayHoldNul && expressions.texts.some((text) => text?.includes("\0") === true)) {
      const slot = mapping.slots.find(({ value }) => value !== undefined);
      if (slot !== undefined) return rejected(record, nulFault(slot.column));
    }
    return { kind: "row", row: { ...filled, expressions } };
  }

  /** What a column is looked up by, in the spelling of the other table's columns, or the value that has none. */
  #keyTexts(
    { values, kinds }: SourceRecord,
    { lookup, keys }: PackedPending,
  ): (string | null)[] | { readonly value: string; readonly why: string } {
    const texts: (string | null)[] = [];
    for (const [at, { field, constant }] of keys.entries()) {
      const given = field < 0 ? constant : (values[field] ?? null);
      const kind = field < 0 ? null : (kinds?.[field] ?? null);
      const reader = this.#keyReaders[lookup]?.[at];
      const value = given === null || reader === undefined ? given : reader.read(given, kind);
      if (typeof value === "object" && value !== null)
        return { value: given ?? "", why: value.why };
      const column = this.#lookups[lookup]?.keys[at]?.column;
      const spells = value !== null && kind !== null && column !== undefined;
      const text = spells ? this.#textOf(value, kind, column) : value;
      if (typeof text === "object" && text !== null) return { value: given ?? "", why: text.why };
      texts.push(text);
    }
    return texts;
  }

  /** Which parts of a key came as numbers for columns that take any type. */
  #keyNumbers(
    { kinds }: SourceRecord,
    { lookup, keys }: PackedPending,
  ): Pick<PendingValue, "numbers"> {
    const open = this.#openKeys[lookup];
    if (kinds === null || open === undefined) return {};
    const numbers = keys.map(({ field }, at) => {
      const column = open[at] ?? null;
      if (field < 0 || column === null) return false;
      const kind = kinds[field] ?? null;
      return kind === "number" || (kind === "boolean" && this.#isNumeric(column));
    });
    return numbers.includes(true) ? { numbers } : {};
  }

  /** A value as the database reads it, where its column has a notation. */
  #read(
    value: string | null,
    kind: FieldKind | null,
    slot: ColumnSlot,
  ): ReturnType<ValueReader> | null {
    if (value === null || slot.field < 0) return value;
    return this.#readers.get(slot.column.name)?.read(value, kind) ?? value;
  }

  /** Where true and false are 1 and 0, they are numbers to a column of any type. */
  #isNumeric({ family }: Column): boolean {
    return this.#context.capabilities.booleans !== undefined && family === "other";
  }

  /** The text a column takes for a JSON value, or why there is none. */
  #textOf(value: string, kind: FieldKind, column: Column): string | UnreadValue {
    if (column.family === "json") return kind === "text" ? JSON.stringify(value) : value;
    const { booleans, structureText } = this.#context.capabilities;
    if (kind === "boolean" && booleans !== undefined && column.family !== "text") {
      return value === "true" ? booleans.true : booleans.false;
    }
    if (kind === "number" && column.integer === true) return wholeDigits(value);
    const { form } = column;
    if (kind !== "json" || form === undefined || structureText === undefined) return value;
    try {
      return structureText(value, form);
    } catch (error) {
      if (error instanceof RangeError) return { why: error.message };
      throw error;
    }
  }
}

/** Whether a value of the record may have U+0000 in it: as it is, or as JSON writes it. */
function mayHaveNul({ raw, kinds }: SourceRecord): boolean {
  if (raw.includes(0)) return true;
  return kinds !== null && Buffer.from(raw.buffer, raw.byteOffset, raw.length).includes("\\u0000");
}

/** The texts that the expressions of a record are evaluated over. */
function expressionsOf(
  { values }: SourceRecord,
  { fields, uses }: MappedExpressions,
): PendingExpressions {
  return { texts: fields.map((field) => (field < 0 ? null : (values[field] ?? null))), uses };
}

/** Whether more than one column is filled, or looked up, by a field. */
function isShared(slots: readonly ColumnSlot[], field: number): boolean {
  const uses = slots.filter(
    (slot) => slot.field === field || slot.pending?.keys.some((key) => key.field === field),
  );
  return uses.length > 1;
}
