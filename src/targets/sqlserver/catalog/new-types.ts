/** The types of the columns of a new table, and what they keep. Pure. */
import type { SpelledType, TypeRules, ValueType } from "../../../model/new-table.ts";
import { ALL_KINDS } from "../../../model/sql/ddl-dialect.ts";

/** Digits of the largest decimals. */
const DECIMAL_DIGITS = 38;

/** What the types keep. JSON is kept as text. Of the ISO 8601 spellings those with seconds are documented to be read. */
export const TYPE_RULES: TypeRules = {
  kinds: ALL_KINDS,
  fraction: 7,
  needsSeconds: true,
  decimal: {
    whole: DECIMAL_DIGITS,
    scale: DECIMAL_DIGITS,
    total: DECIMAL_DIGITS,
    significant: Infinity,
    keepsZeros: false,
  },
};

const TYPES = {
  integer: "bigint",
  double: "float",
  boolean: "bit",
  date: "date",
  timestamp: "datetime2(7)",
  timestamptz: "datetimeoffset(7)",
  uuid: "uniqueidentifier",
  json: "nvarchar(max)",
  text: "nvarchar(max)",
} as const satisfies Record<Exclude<ValueType["kind"], "decimal">, string>;

/** Bytes of a clustered key, and of each value in it whose type has a size. */
const KEY_BYTES = 900;
const BYTES: Readonly<Record<Exclude<ValueType["kind"], "text">, number>> = {
  integer: 8,
  decimal: 17,
  double: 8,
  boolean: 1,
  date: 3,
  timestamp: 8,
  timestamptz: 10,
  uuid: 16,
  json: 0,
};

/** The type as SQL. `key`: those of all columns of the key the column is in; its texts share what room there is. */
export function spellType(type: ValueType, key: readonly ValueType[] | null): SpelledType {
  if (type.kind === "decimal") {
    return { kind: "type", sql: `decimal(${DECIMAL_DIGITS}, ${type.scale})` };
  }
  if (type.kind !== "text" || key === null) return { kind: "type", sql: TYPES[type.kind] };
  const most = textLength(key);
  return type.longest > most
    ? { kind: "too-long", longest: type.longest, most }
    : { kind: "type", sql: `nvarchar(${most})` };
}

/** Characters, of two bytes, for each text of a key. */
function textLength(key: readonly ValueType[]): number {
  let room = KEY_BYTES;
  let texts = 0;
  for (const { kind } of key) {
    if (kind === "text") texts += 1;
    else room -= BYTES[kind];
  }
  return Math.floor(room / 2 / texts);
}
