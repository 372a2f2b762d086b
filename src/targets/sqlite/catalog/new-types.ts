/** The types of the columns of a new STRICT table, and what they keep. Pure. */
import type { SpelledType, TypeRules, ValueType } from "../../../model/new-table.ts";

/** What the types keep: there are integers of 64 bits, doubles and texts. A double keeps fifteen digits of a decimal. */
export const TYPE_RULES: TypeRules = {
  kinds: new Set(["double"] as const),
  fraction: 0,
  needsSeconds: false,
  decimal: { whole: 300, scale: 290, total: Infinity, significant: 15, keepsZeros: false },
};

/** The type as SQL; it is the same in a key. */
export function spellType({ kind }: ValueType): SpelledType {
  if (kind === "integer") return { kind: "type", sql: "INTEGER" };
  return { kind: "type", sql: kind === "decimal" || kind === "double" ? "REAL" : "TEXT" };
}
