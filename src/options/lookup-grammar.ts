/** Reads --lookup: `column = table(parent column = field, …) -> referenced column`. What it means to tables is left to `plan/`. */
import type { Grammar, TypedValue } from "./grammar.ts";

/** A column of the other table, and the field whose value it is found by. */
export interface LookupPair {
  readonly column: string;
  readonly field: string;
}

/** `--lookup`: the column that is filled, and the row of another table that it refers to. */
export interface GivenLookup extends TypedValue {
  readonly column: string;
  /** As `--table` takes it. */
  readonly table: string;
  readonly pairs: readonly LookupPair[];
  /** The column of the other table whose value is taken; `null`: the one that the foreign key refers to. */
  readonly refersTo: string | null;
}

/** A name: in double quotes, in which they are doubled, or as it is up to what ends it. */
const NAME = String.raw`(?:"(?:[^"]|"")+"|[^"=(),]*[^"=(),\s])`;
const TABLE = String.raw`(?:"(?:[^"]|"")+"|[^"=(),.\s]+)(?:\.(?:"(?:[^"]|"")+"|[^"=(),.\s]+))*`;
const LOOKUP = new RegExp(
  String.raw`^\s*(${NAME})\s*=\s*(${TABLE})\s*\(([\s\S]*)\)\s*(?:->\s*(${NAME})\s*)?$`,
);
const PAIR = new RegExp(String.raw`\s*(${NAME})\s*(?:=\s*(${NAME})\s*)?(,|$)`, "y");

/** Reads --lookup. */
export const LOOKUP_VALUE: Grammar<GivenLookup> = {
  expected: "column = table(column = field, …), with -> column for the one that is referred to",
  parse: (text) => {
    const [, column, table, inside, refersTo] = LOOKUP.exec(text) ?? [];
    if (column === undefined || table === undefined || inside === undefined) return null;
    const pairs = parsePairs(inside);
    if (pairs === null) return null;
    return {
      text,
      column: bare(column),
      table,
      pairs,
      refersTo: refersTo === undefined ? null : bare(refersTo),
    };
  },
};

function parsePairs(inside: string): LookupPair[] | null {
  const pairs: LookupPair[] = [];
  PAIR.lastIndex = 0;
  for (;;) {
    const match = PAIR.exec(inside);
    if (match === null) return null;
    const [, column = "", field = column, end] = match;
    pairs.push({ column: bare(column), field: bare(field) });
    if (end === "") break;
  }
  const columns = pairs.map(({ column }) => column);
  return new Set(columns).size === columns.length ? pairs : null;
}

function bare(name: string): string {
  const text = name.trim();
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}
