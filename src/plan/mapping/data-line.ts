/**
 * A first line that was taken for a header and may be a record: what tells, and the flags under which it is one. Nobody may
 * lose a record to a fix that is meant for headers.
 */
import { listWord } from "../../errors/shell-word.ts";
import type { KnownFields } from "../../model/header.ts";
import type { TableShape } from "../../model/table-shape.ts";

/** Numbers, days, times, UUIDs and the words of booleans and NULL: values, and seldom names. */
const VALUE =
  /^(?:[-+]?[\d.,']*\d%?|[-+]?\d+(?:\.\d+)?e[-+]?\d+|\d{4}-\d\d-\d\d[\dT :.Z+-]*|\d\d?[./]\d\d?[./]\d{4}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|true|false|null|\\N)$/i;

/** Whether there is a value among the names of a CSV header. */
export function hasValues({ header }: Pick<KnownFields, "header">): boolean {
  return header?.some(({ name }) => VALUE.test(name)) ?? false;
}

/** Whether the names of a CSV header are all values, or nothing. */
export function isAllValues({ header }: Pick<KnownFields, "header">): boolean {
  const names = header?.map(({ name }) => name).filter((name) => name !== "") ?? [];
  return names.length > 0 && names.every((name) => VALUE.test(name));
}

/** The flags that make line 1 the first record; they name the fields after the columns where there are as many. */
export function asRecord(fields: number, shape: TableShape | null): string {
  const columns = (shape?.columns ?? []).filter(({ generatedSql }) => generatedSql === null);
  return columns.length === fields
    ? `if line 1 is data, pass --no-header --columns ${listWord(columns.map(({ name }) => name))}`
    : `if line 1 is data, pass --no-header --columns ${fields === 1 ? "NAME with the name of its field" : `a,b,… with the names of its ${fields} fields`}`;
}
