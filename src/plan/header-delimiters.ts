/** The delimiter that a header of one field seems to have: what splits it into names. */
import { shellQuoted } from "../errors/shell-word.ts";

const DELIMITERS = [";", "\t", "|", ",", "^", "~", "\u0001", "\u001f"] as const;

/** A delimiter, and the names that it makes of a header. */
export interface SplitHeader {
  readonly delimiter: string;
  readonly names: readonly string[];
}

/** Every way to split the header, the one with the most names first. */
export function splitsOf(header: string): readonly SplitHeader[] {
  return DELIMITERS.map((delimiter) => ({
    delimiter,
    names: header.split(delimiter).map(unquoted),
  }))
    .filter(({ names }) => names.length > 1 && names.every((name) => name !== ""))
    .toSorted((a, b) => b.names.length - a.names.length);
}

/** The flag for a delimiter: `--delimiter ';'`. */
export function delimiterFlag(delimiter: string): string {
  return `--delimiter ${delimiter === "\t" ? "'\\t'" : shellQuoted(delimiter)}`;
}

function unquoted(name: string): string {
  return name.trim().replace(/^"(.*)"$/, "$1");
}
