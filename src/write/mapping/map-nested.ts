/**
 * Maps records that hold others: the record to its row, and what is in its members to rows of their tables, level by level.
 * A fault anywhere in it is one of the whole record.
 */
import type { NestedRows, Row } from "../../model/batch.ts";
import type { NestLevel, NestPlan } from "../../model/nest/nest-plan.ts";
import { placeText } from "../../model/nest/nesting.ts";
import type { NestedElement, NestedPlace, NestedValue } from "../../model/nest/nesting.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { SourceRecord } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import { tellsNumbers } from "../../model/table-shape.ts";
import { withValues } from "../row-values.ts";
import type { MappedRecord, PackedMapping, RecordMapper } from "./map-records.ts";
import { packedLevels } from "./map-packed-levels.ts";
import { nullKeyFault, rejected } from "./mapping-faults.ts";
import type { MappingFault } from "./mapping-faults.ts";

/** What makes rows of records, by themselves or as they are packed. */
export type Mapper = Pick<RecordMapper, "map" | "mapPacked">;

/** A level and what maps its rows. */
export interface MappedLevel {
  readonly level: NestLevel;
  /** Its place among the levels. */
  readonly place: number;
  readonly mapper: RecordMapper;
  /** The levels in it. */
  readonly below: readonly MappedLevel[];
}

/** Ends the mapping of a record. */
class NestedFault extends Error {
  readonly reject: Omit<Reject, "nestedRows">;

  constructor(reject: Omit<Reject, "nestedRows">) {
    super("a record in a record is at fault");
    this.reject = reject;
  }
}

/** Maps the records of one load whose members hold others. */
export class NestedMapper implements Mapper {
  readonly #root: RecordMapper;
  readonly #levels: readonly MappedLevel[];
  readonly #count: number;
  /** By level, the number of the next row. */
  readonly #ords: number[];
  #packed: { readonly of: PackedFields; readonly mapping: PackedMapping | null } | null = null;

  constructor(root: RecordMapper, { levels }: NestPlan, mappers: readonly RecordMapper[]) {
    this.#root = root;
    this.#count = levels.length;
    this.#ords = levels.map(() => 0);
    this.#levels = below(0, levels, mappers);
  }

  /** How packed records and those in them become rows; `null` when one of them does not, or must be looked at by itself. */
  mapPacked(fields: PackedFields): PackedMapping | null {
    // A chunk is asked about with every batch that takes of it.
    if (this.#packed?.of !== fields)
      this.#packed = { of: fields, mapping: this.#mapFields(fields) };
    return this.#packed.mapping;
  }

  #mapFields(fields: PackedFields): PackedMapping | null {
    const mapping = this.#root.mapPacked(fields);
    const nested = mapping === null ? null : packedLevels(fields, this.#levels, this.#root);
    return mapping === null || nested === null ? null : { ...mapping, nested };
  }

  /** The row of a record with all rows in it, or the reject that takes its place. */
  map(record: SourceRecord, ord: number): MappedRecord {
    const mapped = this.#root.map(record, ord);
    if (mapped.kind === "reject") return this.#rejected(mapped.reject, record);
    try {
      const { row } = mapped;
      const levels = readIn(row, this.#levels);
      this.#refuseNullLinks(record, levels, this.#root);
      const nested = this.#nestedIn(record, levels, row);
      return { kind: "row", row: { ...row, nested } };
    } catch (error) {
      if (!(error instanceof NestedFault)) throw error;
      return this.#rejected(error.reject, record);
    }
  }

  #rejected(reject: Reject, record: SourceRecord): MappedRecord {
    return { kind: "reject", reject: { ...reject, nestedRows: this.#rowsIn(record) } };
  }

  /** How many rows are in a record, by level. */
  #rowsIn(record: SourceRecord): number[] {
    const counts = Array.from({ length: this.#count }, () => 0);
    const see = ({ nested = [] }: SourceRecord, levels: readonly MappedLevel[]): void => {
      for (const { level, place, mapper, below: inside } of levels) {
        const value = nested[level.memberAt];
        if (value?.kind !== level.relation) continue;
        for (const element of elementsOf(value)) {
          counts[place] = (counts[place] ?? 0) + 1;
          const isRead = element.kind === "record" && !mapper.deletes(element.record);
          if (isRead) see(element.record, inside);
        }
      }
    };
    if (!this.#root.deletes(record)) see(record, this.#levels);
    return counts;
  }

  #nestedIn(record: SourceRecord, levels: readonly MappedLevel[], root: Row): NestedRows[] {
    const nested: NestedRows[] = [];
    for (const own of levels) nested[own.level.memberAt] = this.#rowsOf(record, own, root);
    return nested;
  }

  #rowsOf(record: SourceRecord, own: MappedLevel, root: Row): NestedRows {
    const { relation, path, memberAt, takesTexts = false } = own.level;
    const texts = takesTexts ? ", a text or a number" : "";
    const value = record.nested?.[memberAt] ?? { kind: "absent" };
    if (value.kind === "absent") return undefined;
    if (value.kind === "null") return null;
    if (value.kind !== relation) {
      const found = value.kind === "other" ? value.what : `an ${value.kind}`;
      const elements = takesTexts ? "objects, texts or numbers" : "objects";
      const takes = relation === "array" ? `an array of ${elements}` : "one object";
      const name = path.at(-1) ?? "";
      const message = `${name} is ${found}, and --nest takes it for ${takes}`;
      const { place: above = null } = record;
      const place = { above, name, index: null };
      throw faulty(record, nestFault(message), { place, said: above ?? undefined });
    }
    return elementsOf(value).map((element) => {
      if (element.kind === "record") return this.#row(element.record, own, root);
      const { place, what } = element;
      const fault = nestFault(`the element is ${what}, and not an object${texts}`);
      throw faulty(record, fault, { place, said: place });
    });
  }

  #row(record: SourceRecord, own: MappedLevel, root: Row): Row {
    const { place: at, mapper, below: inside, level } = own;
    const ord = this.#ords[at] ?? 0;
    this.#ords[at] = ord + 1;
    const mapped = mapper.map(record, ord);
    if (mapped.kind === "reject") {
      const { place } = record;
      const { reject } = mapped;
      const message =
        place === undefined ? reject.message : `${placeText(place)}: ${reject.message}`;
      throw new NestedFault({ ...reject, message, ...(place === undefined ? {} : { place }) });
    }
    const levels = readIn(mapped.row, inside);
    this.#refuseNullLinks(record, levels, mapper);
    const row = withPosition(mapped.row, level);
    if (inside.length === 0) return { ...row, root };
    return { ...row, root, nested: this.#nestedIn(record, levels, root) };
  }

  /** An object that is null leaves its linking columns NULL, which a key may not be. */
  #refuseNullLinks(
    record: SourceRecord,
    levels: readonly MappedLevel[],
    mapper: RecordMapper,
  ): void {
    for (const { level } of levels) {
      if (level.relation !== "object" || record.nested?.[level.memberAt]?.kind !== "null") continue;
      const link = level.links.find(({ column }) => mapper.guarded.has(column.name));
      const { place } = record;
      if (link !== undefined)
        throw faulty(record, nullKeyFault(link.column, null), { place, said: place });
    }
  }
}

/** The levels in a row that are looked at: of one that deletes only the objects that are a part of its key. */
function readIn({ shape }: Row, levels: readonly MappedLevel[]): readonly MappedLevel[] {
  if (shape.deletes !== true) return levels;
  return levels.filter(
    ({ level }) =>
      level.relation === "object" &&
      level.links.some(({ column }) => shape.columns.includes(column.name)),
  );
}

/** The row with its place in the array, where a column takes it. */
function withPosition(row: Row, { position }: NestLevel): Row {
  if (position === undefined) return row;
  const { column, from } = position;
  const at = row.shape.columns.indexOf(column.name);
  if (at < 0) return row;
  const text = String((row.record.place?.index ?? 1) - 1 + from);
  return withValues(row, [{ at, text, isNumber: tellsNumbers(column) }]);
}

function below(
  at: number,
  levels: readonly NestLevel[],
  mappers: readonly RecordMapper[],
): MappedLevel[] {
  return levels.flatMap((level, place) => {
    const mapper = mappers[place];
    if (level.parentAt !== at || mapper === undefined) return [];
    return [{ level, place, mapper, below: below(level.at, levels, mappers) }];
  });
}

function elementsOf(value: NestedValue): readonly NestedElement[] {
  if (value.kind === "array") return value.elements;
  return value.kind === "object" ? [{ kind: "record", record: value.record }] : [];
}

function nestFault(message: string): MappingFault {
  return { code: "ROW_NEST", column: null, dbCode: null, message };
}

/** `place`: which level is at fault; `said`: where messages say that it is. */
function faulty(
  record: SourceRecord,
  fault: MappingFault,
  {
    place,
    said,
  }: { readonly place: NestedPlace | undefined; readonly said: NestedPlace | undefined },
): NestedFault {
  const message = said === undefined ? fault.message : `${placeText(said)}: ${fault.message}`;
  const { reject } = rejected(record, { ...fault, message });
  return new NestedFault(place === undefined ? reject : { ...reject, place });
}
