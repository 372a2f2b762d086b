/** Records in records: what a reader takes out of the members of a JSON record, and where each of them was. */
import type { SourceRecord } from "../record.ts";

/** A member that holds records, and the members of those that do. */
export interface NestMember {
  readonly name: string;
  readonly members: readonly NestMember[];
}

/** Where a record is within the record of its source. */
export interface NestedPlace {
  /** The names of the members on the way. */
  readonly level: readonly string[];
  /** Beside them, the number of the element in an array, from 1; `null` for an object that is no element. */
  readonly index: readonly (number | null)[];
}

/** What is in the place of a record that is none. */
export type NoRecord = "an array" | "a string" | "a number" | "true or false" | "null";

/** An element of an array: a record, or what is there instead. */
export type NestedElement =
  | { readonly kind: "record"; readonly record: SourceRecord }
  | { readonly kind: "other"; readonly what: NoRecord; readonly place: NestedPlace };

/** The value of a member that holds records. */
export type NestedValue =
  | { readonly kind: "absent" }
  | { readonly kind: "null" }
  | { readonly kind: "object"; readonly record: SourceRecord }
  | { readonly kind: "array"; readonly elements: readonly NestedElement[] }
  | { readonly kind: "other"; readonly what: NoRecord };

/** `lines 3, taxes 1`: where a record is, for messages. */
export function placeText({ level, index }: NestedPlace): string {
  return level
    .map((name, at) => {
      const number = index[at] ?? null;
      return number === null ? name : `${name} ${number}`;
    })
    .join(", ");
}

/** The numbers of the elements on the way. */
export function indexOf({ index }: NestedPlace): readonly number[] {
  return index.filter((number) => number !== null);
}
