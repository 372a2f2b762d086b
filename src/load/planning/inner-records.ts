/** Objects and arrays of objects inside of a JSON value, as far as the columns of a table tell which of them are records. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { isJsonObject } from "../../model/json/json-of.ts";
import type { Options } from "../../options/options.ts";

/** How deep is looked. */
const DEEPEST = 4;

/** An array of objects: the names on the way to it, and its first element. */
export interface InnerArray {
  readonly way: readonly string[];
  readonly element: object;
  readonly length: number;
}

/** An object: the names on the way to it, and its members that have columns. */
export interface InnerObject {
  readonly way: readonly string[];
  readonly known: readonly string[];
  /** How many other members it has. */
  readonly others: number;
}

/** The columns that members may have by their names. */
export class KnownColumns {
  readonly #columns: ReadonlyMap<string, string>;
  readonly #mapped: ReadonlySet<string>;

  /** `names`: of the columns. */
  constructor(names: readonly string[], map: Options["map"] = null) {
    this.#columns = new Map(names.map((name) => [name.toLowerCase(), name]));
    this.#mapped = new Set((map ?? []).map(({ field }) => field));
  }

  /** Whether a field of this name goes into a column, or a flag says where. */
  has(field: string): boolean {
    return this.#mapped.has(field) || this.#columns.has(field.toLowerCase());
  }

  /** The column of this name. */
  of(name: string): string {
    return this.#columns.get(name.toLowerCase()) ?? name;
  }

  /** Of these names those that columns have. */
  in(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.#columns.has(name.toLowerCase()));
  }

  /** The columns that these fields do not fill. */
  without(fields: readonly string[]): KnownColumns {
    const filled = new Set(fields.map((field) => field.toLowerCase()));
    return new KnownColumns(
      [...this.#columns.values()].filter((name) => !filled.has(name.toLowerCase())),
    );
  }

  /** How many members of an object, or of the object in one of its members, have columns. */
  scoreOf(element: object): number {
    const own = this.in(Object.keys(element)).length;
    return own > 0 ? own : (innerObject(element, this)?.known.length ?? 0);
  }
}

/** The arrays of objects in a value, in order. */
export function* arraysIn(value: unknown, way: readonly string[]): Generator<InnerArray> {
  if (Array.isArray(value)) {
    const [element] = value as unknown[];
    if (isJsonObject(element)) yield { way, element, length: value.length };
    return;
  }
  if (!isJsonObject(value) || way.length >= DEEPEST) return;
  for (const [name, inner] of Object.entries(value)) yield* arraysIn(inner, [...way, name]);
}

/** The first object inside of a value with members that have columns; the outermost of those that are inside of each other. */
export function innerObject(
  value: unknown,
  columns: KnownColumns,
  way: readonly string[] = [],
): InnerObject | null {
  if (!isJsonObject(value) || way.length >= DEEPEST) return null;
  const names = Object.keys(value);
  const known = way.length === 0 ? [] : columns.in(names);
  if (known.length > 0) return { way, known, others: names.length - known.length };
  for (const [name, inner] of Object.entries(value)) {
    const found = innerObject(inner, columns, [...way, name]);
    if (found !== null) return found;
  }
  return null;
}

/** `--map` for each member that has a column; `null` where a name has a dot, which is a way into another object. */
export function mapFlags(
  { way, known }: InnerObject,
  columns: KnownColumns,
): readonly string[] | null {
  if ([...way, ...known].some((name) => name.includes("."))) return null;
  return known.map(
    (name) => `--map ${shellQuoted(`${[...way, name].join(".")}:${columns.of(name)}`)}`,
  );
}
