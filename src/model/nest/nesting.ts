/** Records in records: what a reader takes out of the members of a JSON record, and where each of them was. */
import type { SourceRecord } from "../record.ts";

/** A member that holds records, and the members of those that do. */
export interface NestMember {
  readonly name: string;
  readonly members: readonly NestMember[];
  /** The field that an element fills which is a text, a number, true or false; absent: such an element is no record. */
  readonly scalar?: string;
  /** Dotted names, as flags have them, of values inside of the objects of a record; absent: none. */
  readonly paths?: readonly string[];
  /** An element is the record in its one member, and has nothing else. */
  readonly wraps?: true;
}

/** Where a record is within the record of its source. */
export interface NestedPlace {
  /** That of the record that it is a member of; `null`: that of the source. */
  readonly above: NestedPlace | null;
  /** The name of the member. */
  readonly name: string;
  /** The number of the element, from 1; `null` for an object that is no element. */
  readonly index: number | null;
}

/** What is in the place of a record that is none. */
export type NoRecord =
  | "an array"
  | "an object"
  | "a string"
  | "a number"
  | "true or false"
  | "null";

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

/** The places on the way, the outermost first. */
function wayTo(place: NestedPlace): readonly NestedPlace[] {
  return place.above === null ? [place] : [...wayTo(place.above), place];
}

/** `lines 3, taxes 1`: where a record is, for messages. */
export function placeText(place: NestedPlace): string {
  return wayTo(place)
    .map(({ name, index }) => (index === null ? name : `${name} ${index}`))
    .join(", ");
}

/** The names of the members on the way. */
export function levelOf(place: NestedPlace): readonly string[] {
  return wayTo(place).map(({ name }) => name);
}

/** The numbers of the elements on the way. */
export function indexOf(place: NestedPlace): readonly number[] {
  return wayTo(place).flatMap(({ index }) => (index === null ? [] : [index]));
}
