/**
 * The shapes of data that are measured: their columns, and the values of a row.
 * A row follows from its key and its version alone; two versions of a key always differ, but for
 * clicks, which are all alike.
 */
import { randomFrom } from "./random.ts";
import type { Random } from "./random.ts";
import { longText, note, unicodeNote } from "./texts.ts";

/** What a column holds; each target has its own name for it. */
export type ColumnType =
  | "bigint"
  | "int"
  | "numeric"
  | "double"
  | "date"
  | "timestamp"
  | "text"
  | "boolean";

/** A column of a shape. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** One kind of data; every shape has the columns `id`, `qty` and `note`, which the checks read. */
export interface Shape {
  readonly columns: readonly Column[];
  readonly keyOrder: "ascending" | "random";
  /** Whether every tenth record repeats a key that stood before. */
  readonly repeatsKeys: boolean;
  readonly note: (random: Random) => string;
  /** Records are clicks, each of which adds 1 to the `qty` of one of so many pages; null where they are rows. */
  readonly pages: number | null;
}

const BASE: readonly Column[] = [
  { name: "id", type: "bigint" },
  { name: "qty", type: "int" },
  { name: "amount", type: "numeric" },
  { name: "ratio", type: "double" },
  { name: "day", type: "date" },
  { name: "seen_at", type: "timestamp" },
  { name: "note", type: "text" },
  { name: "active", type: "boolean" },
];

const NARROW = BASE.filter(({ name }) => name === "id" || name === "qty" || name === "note");

const EXTRA_TYPES: readonly ColumnType[] = ["int", "numeric", "text", "date"];

/** 200 columns. */
const WIDE: readonly Column[] = [
  ...BASE,
  ...Array.from({ length: 200 - BASE.length }, (_, index) => ({
    name: `extra_${index + 1}`,
    type: EXTRA_TYPES[index % EXTRA_TYPES.length] ?? "int",
  })),
];

const PLAIN = {
  columns: BASE,
  keyOrder: "ascending",
  repeatsKeys: false,
  note,
  pages: null,
} as const;

/** All shapes, by the names that `--shape` takes. */
export const SHAPES = {
  narrow: { ...PLAIN, columns: NARROW },
  base: PLAIN,
  wide: { ...PLAIN, columns: WIDE },
  random: { ...PLAIN, keyOrder: "random" },
  duplicates: { ...PLAIN, repeatsKeys: true },
  text: { ...PLAIN, note: longText },
  clicks: { ...PLAIN, columns: NARROW, repeatsKeys: true, pages: 2000 },
  visits: { ...PLAIN, columns: NARROW, repeatsKeys: true, pages: 100_000 },
  unicode: { ...PLAIN, note: unicodeNote },
} as const satisfies Record<string, Shape>;

/** The name of a shape. */
export type ShapeName = keyof typeof SHAPES;

/** The values of a row as they stand in a CSV file, before quoting. */
export function rowOf(shape: Shape, key: number, version: number): string[] {
  const random = randomFrom(Math.imul(key, 0x9e3779b1) ^ Math.imul(version, 0x85ebca6b));
  return shape.columns.map(({ name, type }) => {
    if (name === "id") return String(key);
    if (shape.pages !== null) return name === "qty" ? "1" : `page ${key}`;
    if (name === "qty") return String((random() % 10_000) * 100 + version);
    if (name === "note") return shape.note(random);
    return VALUES[type](random);
  });
}

const VALUES: Readonly<Record<ColumnType, (random: Random) => string>> = {
  bigint: (random) => String(random()),
  int: (random) => String(random() % 1_000_000),
  numeric: (random) => `${random() % 1_000_000}.${two(random() % 100)}`,
  double: (random) => String(random() / 0xffffffff),
  date: (random) => dateFrom(random()),
  timestamp: (random) =>
    `${dateFrom(random())} ${two(random() % 24)}:${two(random() % 60)}:${two(random() % 60)}`,
  text: (random) => random().toString(36),
  boolean: (random) => String(random() % 2),
};

function dateFrom(bits: number): string {
  return `${2000 + (bits % 26)}-${two(1 + ((bits >>> 8) % 12))}-${two(1 + ((bits >>> 16) % 28))}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
