/** What was decided of records in records: the levels, what links their rows, and what couples records. */
import type { LookupPlan } from "../lookup-plan.ts";
import type { Column } from "../table-shape.ts";

/** Columns that take what a row of another level is referred to by. */
export interface LinkedColumns {
  readonly columns: readonly Column[];
  /** The place of the member whose row they refer to; `null`: that of the record that they are in. */
  readonly memberAt: number | null;
}

/** A linking column and what it refers to; how the row is found in the table where its record does not tell. */
export interface NestLink {
  readonly column: Column;
  readonly refersTo: Column;
  /** By the key of the row; `null`: it has none, and its record must tell. */
  readonly find: LookupPlan | null;
}

/** A member whose value holds rows of another table. */
export interface NestLevel {
  /** Its name, behind those of the members that it is in. */
  readonly path: readonly string[];
  /** `array`: rows that refer to the row of their record; `object`: a row that this one refers to. */
  readonly relation: "array" | "object";
  /** The place of its table among those of the load. */
  readonly at: number;
  /** That of the table of the record that it is a member of, and its own place among the members of that. */
  readonly parentAt: number;
  readonly memberAt: number;
  readonly links: readonly NestLink[];
  /** The column that takes the place in the array, and the number of the first; absent: none does. */
  readonly position?: { readonly column: Column; readonly from: number };
  /** Its rows are written only where the row of their record was inserted or updated. */
  readonly whenWritten: boolean;
  /** Its rows are looked up, and never written. */
  readonly finds: boolean;
  /** An element may be a text, a number, true or false; absent: it is an object. */
  readonly takesTexts?: true;
}

/** How nested records are written. */
export interface NestPlan {
  /** Each behind the one that it is in. */
  readonly levels: readonly NestLevel[];
  /** Why records are written one by one; `null`: those of a batch are written level by level. */
  readonly eachRecord: string | null;
}

/** The tables of levels that rows are written to, without that of the records and those that are only looked up. */
export function writtenLevels<T>({
  nest,
  tables,
}: {
  readonly nest?: NestPlan;
  readonly tables: readonly T[];
}): readonly T[] {
  return (nest?.levels ?? []).flatMap(({ at, finds }) => (finds ? [] : tables.slice(at, at + 1)));
}

const INTEGER = /^(?:big|small|tiny|medium)?int(?:eger)?[248]?\b/i;
const UUID = /^(?:uuid|uniqueidentifier)$/i;

/** Whether a column is of integers by its type. */
export function isInteger({ type }: Pick<Column, "type">): boolean {
  return INTEGER.test(type);
}

/** Whether a column stores equal values alike, however they are spelled. */
export function storesAlike(column: Pick<Column, "type">): boolean {
  return isInteger(column) || UUID.test(column.type);
}

/**
 * Whether the record of a row says what it is referred to by: the links refer to its key, whose equal values are stored alike.
 * Of a text without case, say, the row has another spelling than a record that meets it.
 */
export function isToldByKey(links: readonly NestLink[]): boolean {
  const key = new Set(links[0]?.find?.keys.map(({ column }) => column.name));
  return links.every(({ refersTo }) => key.has(refersTo.name) && storesAlike(refersTo));
}
