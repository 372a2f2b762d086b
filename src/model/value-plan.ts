/** What was decided of the columns that `--value` fills: expressions over the fields of a record. */
import type { Column } from "./table-shape.ts";

/** A field as an expression names it; in quotes it must match exactly, else its case may differ. */
export interface ValueField {
  readonly name: string;
  readonly isQuoted: boolean;
}

/** A column, and the expression that it takes its value from. */
export interface ValueColumn {
  /** As it was given, for messages. */
  readonly text: string;
  readonly column: Column;
  /** The expression as it was given. */
  readonly given: string;
  /** SQL over `excluded`, in which the fields have the names of `valueFieldName`. */
  readonly expression: string;
  /** The fields that it reads, as places in those of the plan. */
  readonly fields: readonly number[];
}

/** All that `--value` says of a table. */
export interface ValuesPlan {
  readonly fields: readonly ValueField[];
  readonly columns: readonly ValueColumn[];
  /** Why records are looked at one by one; `null`: those of a batch are looked at together. */
  readonly eachRecord: string | null;
}

/** What statements call the field at this place: no name of a source can do harm there, or be met by chance. */
export function valueFieldName(at: number): string {
  return `upsurge_f${at + 1}`;
}

/** What statements call the number of a record, counted from 1. */
export const RECORD_NUMBER = "upsurge_n";

/** Where a field is among those of records; -1 for none. */
export function placeOfValueField(
  { name, isQuoted }: ValueField,
  of: {
    readonly fields: readonly string[];
    readonly header?: readonly { readonly name: string }[];
  },
): number {
  const names = of.header?.map((field) => field.name) ?? of.fields;
  const exact = names.indexOf(name);
  if (exact >= 0) return exact;
  const keyed = of.fields.indexOf(name);
  if (keyed >= 0 || isQuoted) return keyed;
  const folded = name.toLowerCase();
  return names.findIndex((each) => each.toLowerCase() === folded);
}

/** Whether a field of a source is the one that an expression names. */
export function isValueField(field: ValueField, name: string): boolean {
  if (field.name === name) return true;
  return !field.isQuoted && field.name.toLowerCase() === name.toLowerCase();
}
