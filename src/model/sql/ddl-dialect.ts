/** How a target creates tables and columns: texts alone, no server is asked. */
import type { NewTable, SpelledType, TypeRules, ValueType } from "../new-table.ts";
import type { TableName } from "../table-shape.ts";

/** The kinds of values of a database that has a type for each. */
export const ALL_KINDS: TypeRules["kinds"] = new Set([
  "double",
  "boolean",
  "date",
  "timestamp",
  "timestamptz",
  "uuid",
  "json",
]);

/** The texts of one database. */
export interface DdlDialect {
  /** What its types keep without a change. */
  readonly rules: TypeRules;
  /** A type as SQL. `key`: those of all columns of the key that the column is in; `null` for other columns. */
  readonly spellType: (type: ValueType, key: readonly ValueType[] | null) => SpelledType;
  /** What to know of a key with texts of this database. */
  readonly textKeyWarning: string | null;
  /** The longest name; `null`: any. */
  readonly longestName: { readonly most: number; readonly unit: "bytes" | "characters" } | null;
  /** What names are compared by where they differ in case; `null`: such names are two. */
  readonly foldName: ((name: string) => string) | null;
  /** Names that no column may have. */
  readonly reservedColumns: ReadonlySet<string>;
  /** Whether the database keeps the name of a table for itself. */
  readonly isReservedTable: (name: string) => boolean;
  /** So many columns a table may have. */
  readonly mostColumns: number;
  /** The name that a text means where no server can be asked. */
  readonly nameOf: (table: string) => TableName;
  readonly createTable: (table: NewTable) => string;
  /** A statement a column. */
  readonly addColumns: (table: NewTable) => readonly string[];
}
