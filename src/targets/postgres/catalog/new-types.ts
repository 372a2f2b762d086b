/** The types of the columns of a new table, and what they keep. Pure. */
import type { SpelledType, TypeRules, ValueType } from "../../../model/new-table.ts";
import { ALL_KINDS } from "../../../model/sql/ddl-dialect.ts";

/** What the types keep: a timestamp counts microseconds; a numeric keeps its digits as they are written, zeros and all. */
export const TYPE_RULES: TypeRules = {
  kinds: ALL_KINDS,
  fraction: 6,
  needsSeconds: false,
  decimal: {
    whole: 131_072,
    scale: 16_383,
    total: Infinity,
    significant: Infinity,
    keepsZeros: true,
  },
};

const TYPES = {
  integer: "bigint",
  decimal: "numeric",
  double: "double precision",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  uuid: "uuid",
  json: "jsonb",
  text: "text",
} as const satisfies Record<ValueType["kind"], string>;

/** The type as SQL; it is the same in a key. */
export function spellType({ kind }: ValueType): SpelledType {
  return { kind: "type", sql: TYPES[kind] };
}
