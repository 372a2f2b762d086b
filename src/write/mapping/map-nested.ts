/**
 * Maps records that hold others: the record to its row, and what is in its members to rows of their tables, level by level.
 * A fault anywhere in it is one of the whole record.
 */
import type { NestedRows, Row } from "../../model/batch.ts";
import type { NestLevel, NestPlan } from "../../model/nest/nest-plan.ts";
import { placeText } from "../../model/nest/nesting.ts";
import type { NestedElement, NestedPlace, NestedValue } from "../../model/nest/nesting.ts";
import type { SourceRecord } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import type { MappedRecord, RecordMapper } from "./map-records.ts";
import { nullKeyFault, rejected } from "./mapping-faults.ts";
import type { MappingFault } from "./mapping-faults.ts";

/** What makes rows of records, by themselves or as they are packed. */
export type Mapper = Pick<RecordMapper, "map" | "mapPacked">;

/** A level and what maps its rows. */
interface MappedLevel {
  readonly level: NestLevel;
  /** Its place among the levels. */
  readonly place: number;
  readonly mapper: RecordMapper;
  /** The levels in it. */
  readonly below: readonly MappedLevel[];
}

/** What nested rows are mapped with. */
interface RowContext {
  readonly root: Row;
  /** Where the record is, in messages. */
  readonly place: NestedPlace;
}

/** Ends the mapping of a record. */
class NestedFault extends Error {
  readonly reject: Omit<Reject, "nestedRows">;

  constructor(reject: Omit<Reject, "nestedRows">) {
    super("a record in a record is at fault");
    this.reject = reject;
  }
}

const HERE: NestedPlace = { level: [], index: [] };

/** Maps the records of one load whose members hold others. */
export class NestedMapper implements Mapper {
  readonly #root: RecordMapper;
  readonly #levels: readonly MappedLevel[];
  readonly #count: number;
  /** By level, the number of the next row. */
  readonly #ords: number[];

  constructor(root: RecordMapper, { levels }: NestPlan, mappers: readonly RecordMapper[]) {
    this.#root = root;
    this.#count = levels.length;
    this.#ords = levels.map(() => 0);
    this.#levels = below(0, levels, mappers);
  }

  /** Records that hold others are not packed. */
  mapPacked(): null {
    return null;
  }

  /** The row of a record with all rows in it, or the reject that takes its place. */
  map(record: SourceRecord, ord: number): MappedRecord {
    const nestedRows = this.#rowsIn(record);
    const mapped = this.#root.map(record, ord);
    if (mapped.kind === "reject")
      return { kind: "reject", reject: { ...mapped.reject, nestedRows } };
    try {
      const { row } = mapped;
      this.#refuseNullLinks(record, { levels: this.#levels, mapper: this.#root, place: HERE });
      const nested = this.#nestedIn(record, this.#levels, { root: row, place: HERE });
      return { kind: "row", row: { ...row, nested } };
    } catch (error) {
      if (!(error instanceof NestedFault)) throw error;
      return { kind: "reject", reject: { ...error.reject, nestedRows } };
    }
  }

  /** How many rows are in a record, by level. */
  #rowsIn(record: SourceRecord): number[] {
    const counts = Array.from({ length: this.#count }, () => 0);
    const see = ({ nested = [] }: SourceRecord, levels: readonly MappedLevel[]): void => {
      for (const { level, place, below: inside } of levels) {
        const value = nested[level.memberAt];
        if (value?.kind !== level.relation) continue;
        for (const element of elementsOf(value)) {
          counts[place] = (counts[place] ?? 0) + 1;
          if (element.kind === "record") see(element.record, inside);
        }
      }
    };
    see(record, this.#levels);
    return counts;
  }

  #nestedIn(
    record: SourceRecord,
    levels: readonly MappedLevel[],
    context: RowContext,
  ): NestedRows[] {
    const nested: NestedRows[] = [];
    for (const own of levels) {
      const value = record.nested?.[own.level.memberAt] ?? { kind: "absent" };
      nested[own.level.memberAt] = this.#rowsOf(value, own, { record, ...context });
    }
    return nested;
  }

  #rowsOf(
    value: NestedValue,
    own: MappedLevel,
    { record, root, place }: RowContext & { readonly record: SourceRecord },
  ): NestedRows {
    const { relation, path } = own.level;
    if (value.kind === "absent") return undefined;
    if (value.kind === "null") return null;
    if (value.kind !== relation) {
      const found = value.kind === "other" ? value.what : `an ${value.kind}`;
      const takes = relation === "array" ? "an array of objects" : "one object";
      const name = path.at(-1) ?? "";
      const message = `${name} is ${found}, and --nest takes it for ${takes}`;
      const level = { level: [...place.level, name], index: [...place.index, null] };
      throw faulty(record, nestFault(message), level, place);
    }
    return elementsOf(value).map((element) => {
      if (element.kind === "other") {
        const fault = nestFault(`the element is ${element.what}, and not an object`);
        throw faulty(record, fault, element.place);
      }
      return this.#row(element.record, own, root);
    });
  }

  #row(record: SourceRecord, { place: at, mapper, below: inside }: MappedLevel, root: Row): Row {
    const place = record.place ?? HERE;
    const ord = this.#ords[at] ?? 0;
    this.#ords[at] = ord + 1;
    const mapped = mapper.map(record, ord);
    if (mapped.kind === "reject") {
      const { reject } = mapped;
      throw new NestedFault({
        ...reject,
        place,
        message: `${placeText(place)}: ${reject.message}`,
      });
    }
    this.#refuseNullLinks(record, { levels: inside, mapper, place });
    const nested = this.#nestedIn(record, inside, { root, place });
    return { ...mapped.row, root, ...(inside.length === 0 ? {} : { nested }) };
  }

  /** An object that is null leaves its linking columns NULL, which a key may not be. */
  #refuseNullLinks(
    record: SourceRecord,
    {
      levels,
      mapper,
      place,
    }: { levels: readonly MappedLevel[]; mapper: RecordMapper; place: NestedPlace },
  ): void {
    for (const { level } of levels) {
      if (level.relation !== "object" || record.nested?.[level.memberAt]?.kind !== "null") continue;
      const link = level.links.find(({ column }) => mapper.guarded.has(column.name));
      if (link !== undefined) throw faulty(record, nullKeyFault(link.column, null), place);
    }
  }
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

/** `said`: where messages say that it is. */
function faulty(
  record: SourceRecord,
  fault: MappingFault,
  place: NestedPlace,
  said: NestedPlace = place,
): NestedFault {
  const at = placeText(said);
  const message = at === "" ? fault.message : `${at}: ${fault.message}`;
  const { reject } = rejected(record, { ...fault, message });
  return new NestedFault(place.level.length === 0 ? reject : { ...reject, place });
}
