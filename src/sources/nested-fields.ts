/** The fields of the records in the members of the first records: planning needs them. */
import type { NestedElement, NestedValue, NestMember } from "../model/nest/nesting.ts";
import type { PackedFields } from "../model/packed.ts";
import type { RecordChunk, SourceRecord } from "../model/record.ts";

/** What was seen of one level. */
export interface NestedFields {
  readonly path: readonly string[];
  readonly fields: ReadonlySet<string>;
  /** Values of its member that were an array, and that were an object. */
  readonly arrays: number;
  readonly objects: number;
}

interface SeenLevel extends NestedFields {
  readonly fields: Set<string>;
  arrays: number;
  objects: number;
}

/** Sees the levels of records. */
export class NestedSample {
  readonly #members: readonly NestMember[];
  readonly #levels = new Map<string, SeenLevel>();

  constructor(members: readonly NestMember[]) {
    this.#members = members;
  }

  /** The levels of which a record has a value. */
  get levels(): readonly NestedFields[] {
    return [...this.#levels.values()];
  }

  /** Sees the records of a chunk. */
  see(chunk: RecordChunk): void {
    if (this.#members.length === 0) return;
    if (chunk.packed !== null) this.#seePacked(chunk.packed, this.#members, []);
    else for (const record of chunk.records) this.#seeIn(record, this.#members, []);
  }

  #seeIn({ nested }: SourceRecord, members: readonly NestMember[], above: readonly string[]): void {
    for (const [at, value] of (nested ?? []).entries()) {
      const member = members[at];
      if (member !== undefined) this.#seeValue(value, member, [...above, member.name]);
    }
  }

  #seePacked(
    { nested = [] }: PackedFields,
    members: readonly NestMember[],
    above: readonly string[],
  ): void {
    for (const [at, nest] of nested.entries()) {
      const member = members[at];
      if (member === undefined || nest === null || nest.holds === null) continue;
      const path = [...above, member.name];
      const level = this.#levelAt(path);
      const values = nest.spans.filter((from, place) => place % 2 === 0 && from >= 0).length;
      if (nest.holds === "array") level.arrays += values;
      else level.objects += values;
      for (const field of nest.fields.shape.fields) level.fields.add(field);
      this.#seePacked(nest.fields, member.members, path);
    }
  }

  #seeValue(value: NestedValue, { members }: NestMember, path: readonly string[]): void {
    if (value.kind !== "object" && value.kind !== "array") return;
    const level = this.#levelAt(path);
    if (value.kind === "array") level.arrays += 1;
    else level.objects += 1;
    for (const record of recordsIn(value)) {
      for (const field of record.shape.fields) level.fields.add(field);
      this.#seeIn(record, members, path);
    }
  }

  #levelAt(path: readonly string[]): SeenLevel {
    const key = JSON.stringify(path);
    const level = this.#levels.get(key) ?? { path, fields: new Set(), arrays: 0, objects: 0 };
    this.#levels.set(key, level);
    return level;
  }
}

function recordsIn(
  value: NestedValue & { readonly kind: "object" | "array" },
): readonly SourceRecord[] {
  if (value.kind === "object") return [value.record];
  return value.elements.flatMap((element: NestedElement) =>
    element.kind === "record" ? [element.record] : [],
  );
}
