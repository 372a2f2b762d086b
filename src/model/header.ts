/** The first line of a CSV source: what it is taken for, and the fields it names. Shown by `upsurge plan` and `upsurge inspect`. */

/**
 * `names`: it names the fields. `passed-over`: it is a header, and `--columns` names the fields. `data`: it is the first
 * record. `none`: the source has no such line.
 */
export interface HeaderUse {
  readonly taken: "names" | "passed-over" | "data" | "none";
  /** The line, counted from 1 with those that are skipped. */
  readonly line: number;
  /** It repeats all the names of `--columns`. */
  readonly repeats: boolean;
}

/** A field of a CSV source at its place in the header. */
export interface HeaderField {
  /** Its place, counted from 1. */
  readonly number: number;
  /** As the header or `--columns` has it; empty where it has none. */
  readonly name: string;
  /** What tells it from all others: its name, else its number. */
  readonly key: string;
  /** Flags may call it by its number: no field has that for a name. */
  readonly byNumber: boolean;
  /** The places of all fields with its name, its own included. */
  readonly twins: readonly number[];
  /** Those of them that flags may call by their number. */
  readonly callable: readonly number[];
  /** It is in quotes, within which blanks are part of a name. */
  readonly quoted: boolean;
}

/** A field as people are told of it. */
export function fieldLabel({ number, name, key }: HeaderField): string {
  if (key === name) return shownName(name);
  return name === "" ? `field ${number} (no name)` : `${shownName(name)} (field ${number})`;
}

/** Blanks that nobody sees, and characters without a width. */
const HIDDEN = /[^\S ]|[\u00AD\u200B-\u200F\u2060\uFEFF]/g;

/** A name in quotes where there are blanks at an end of it, or others that are not seen. */
export function shownName(name: string): string {
  if (name === "") return '""';
  if (name === name.trim() && name.search(HIDDEN) < 0 && !name.includes("  ")) return name;
  return JSON.stringify(name).replace(
    HIDDEN,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The fields of one source, as far as they are known. */
export interface KnownFields {
  /** Its path; `null` where there is none to name. */
  readonly source: string | null;
  readonly fields: readonly string[];
  /** The same fields in a CSV header; `null` for JSON. */
  readonly header: readonly HeaderField[] | null;
  /** Of JSON: those that came together in a record, each set of them once; absent: it is not known. */
  readonly shapes?: readonly (readonly string[])[];
}

/** The place of a field of that name among those of records; -1 for none. */
export function placeOfField(
  field: string,
  of: { readonly fields: readonly string[]; readonly header?: readonly HeaderField[] | null },
): number {
  const place = of.fields.indexOf(field);
  return place >= 0 ? place : (of.header ?? []).findIndex(({ name }) => name === field);
}
