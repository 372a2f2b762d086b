/** Names and values as someone would choose them who means harm, and what a load must make of them. */
import * as fc from "fast-check";
import type { Engine } from "./engines.ts";

/** Beginnings of mischief: ends of quoting, SQL, JavaScript's own names, marks that hide or turn text, formats of strings. */
const MISCHIEF = [
  `"`,
  `""`,
  `'`,
  "`",
  "[",
  "]",
  "]]",
  "\\",
  "\\'",
  "$$",
  "$upsurge$",
  ";",
  "--",
  "/*",
  "*/",
  `"; drop table t; --`,
  `'); drop table t; --`,
  `]; drop table t; --`,
  `x" integer); drop table t; --`,
  "${process.exit(9)}",
  "%s%n%x",
  "{0}",
  "?",
  "$1",
  ":n",
  "@n",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "excluded",
  "target",
  "select",
  "rowid",
  "new",
  "pg_temp.t",
  "public.t",
  "upsurge_stage",
  "..",
  "/",
  "k",
  "K",
  "N",
  // KELVIN SIGN, whose lower case is k; a fullwidth k; a Cyrillic one.
  "\u212A",
  "\uFF4B",
  "\u043A",
  "n\u0301",
  "\u202E",
  "\u200B",
  "\uFEFF",
  "\u0000",
  "\u0007",
  "\n",
  "\r\n",
  "\t",
  " ",
  ",",
  "\u{1F600}",
  // One byte less than the longest name of PostgreSQL, that name, and one it would cut down to it.
  "l".repeat(62),
  "l".repeat(63),
  "l".repeat(64),
  "é".repeat(32),
  "x".repeat(4000),
];

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...MISCHIEF) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
);

/** A name, never empty. */
export const hostileName: fc.Arbitrary<string> = fc
  .array(piece, { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.join(""))
  .filter((name) => name !== "");

/** Different names: that many, or a few less. */
export function hostileNames(most: number): fc.Arbitrary<string[]> {
  return fc.uniqueArray(hostileName, { minLength: Math.ceil(most * 0.75), maxLength: most });
}

/** The names that a table of the engine can have beside `k` and `n`. */
export function asColumns(engine: Engine["name"], names: readonly string[]): string[] {
  const taken = new Set(["k", "n"]);
  return names.filter((name) => {
    const folded = engine === "sqlite" ? asciiLower(name) : name;
    const fits = engine === "sqlite" || Buffer.byteLength(name) <= 63;
    if (name.includes("\u0000") || !fits || taken.has(folded)) return false;
    taken.add(folded);
    return true;
  });
}

function asciiLower(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The column that a field means: the one of that name, or the only one that differs in case; `null` when none is meant. */
export function meant(field: string, columns: readonly string[]): string | null {
  if (columns.includes(field)) return field;
  const alike = columns.filter((column) => column.toLowerCase() === field.toLowerCase());
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

/** One field of CSV, quoted. */
export function csvField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A name of SQL, for the tests' own statements. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
