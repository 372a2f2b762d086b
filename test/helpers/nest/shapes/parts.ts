/** What the shapes of the law of nested records are put together from. */
import type { Engine } from "../../engines.ts";
import type { Level } from "../levels.ts";
import type { NestColumn, NestTable } from "../schema.ts";

/** Tables, and a load into them whose options vary. */
export interface NestShape {
  readonly title: string;
  /** Parents first. */
  readonly tables: readonly NestTable[];
  readonly root: Level;
  /** What else its loads are told. */
  readonly flags?: readonly string[];
  /** Where it is tried; absent: everywhere. */
  readonly engines?: readonly Engine["name"][];
}

/** A number that the database gives. */
export const ID: NestColumn = { name: "id", type: "int", generated: true };

/** A number of the record's, with a check. */
export const N: NestColumn = { name: "n", type: "int", below: 8 };

/** Children of a row. */
export const ARRAY = { relation: "array", mode: "upsert", nests: [] } as const;

/** What a row refers to. */
export const OBJECT = { relation: "object", mode: "upsert", nests: [] } as const;

/** A text that must be there. */
export function text(name: string): NestColumn {
  return { name, type: "text", required: true };
}

/** A number that must be there. */
export function int(name: string): NestColumn {
  return { name, type: "int", required: true };
}
