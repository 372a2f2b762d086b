/** What `upsurge inspect` found. */
import type { HeaderUse } from "../header.ts";
import type { TableName, TableShape } from "../table-shape.ts";

/** One field of a file, as far as it was looked at. */
export interface InspectedField {
  /** Empty where a CSV header has no name for it. */
  readonly name: string;
  /** What `--map` calls it, where its name does not tell it from others: its number, counted from 1. */
  readonly number?: number;
  /** `integer`, `decimal`, `boolean`, `date`, `timestamp`, `uuid`, `json`, `text`; `null` when every value is NULL. */
  readonly type: string | null;
  readonly nulls: number;
  /** Records that lack the field. */
  readonly absent: number;
  readonly example: string | null;
  /** The example as the flags read it, where that is another text. */
  readonly readAs?: string;
}

/** What a file is. */
export interface InspectedSource {
  readonly kind: "source";
  readonly name: string;
  readonly format: string;
  readonly compression: string | null;
  readonly sizeBytes: number | null;
  /** What the first line of a CSV is taken for; `null` for JSON. */
  readonly header: HeaderUse | null;
  readonly sampled: number;
  /** True when the sample is the whole file. */
  readonly complete: boolean;
  readonly fields: readonly InspectedField[];
  /** What is wrong with the header, and the flags that help. */
  readonly notes: readonly string[];
  readonly rejects: readonly { code: string; line: number; message: string }[];
}

/** A unique key of a table, and the flag that makes a load use it. */
export interface InspectedKey {
  readonly name: string | null;
  readonly parts: readonly string[];
  readonly predicate: string | null;
  /** `null` when no load can use it. */
  readonly flag: string | null;
  readonly note: string | null;
}

/** What a table is. */
export interface InspectedTable {
  readonly kind: "table";
  readonly target: string;
  readonly server: string;
  readonly table: TableShape;
  readonly keys: readonly InspectedKey[];
}

/** What a database holds. */
export interface InspectedDatabase {
  readonly kind: "database";
  readonly target: string;
  readonly server: string;
  readonly tables: readonly TableName[];
}

/** What would create a table for a file. */
export interface InspectedDdl {
  readonly kind: "ddl";
  /** Of the file. */
  readonly name: string;
  /** Those that were read for the types. */
  readonly records: number;
  readonly statements: readonly string[];
  readonly warnings: readonly string[];
}

/** What `upsurge inspect` found. */
export type Inspection = InspectedDdl | InspectedSource | InspectedTable | InspectedDatabase;
