/** The batch that a set writer has at hand: how it was brought to the server, and what is known of it. */
import type { Batch } from "../../../model/batch.ts";
import type { KeyRange } from "./key-hash.ts";
import type { CopyData } from "./packed-copy.ts";
import type { EncodedBatch } from "./set-memory.ts";

/** A batch at hand. */
export type CurrentBatch = DirectBatch | StagedBatch;

interface OpenedBatch {
  /** As it was given, its rows at fault included. */
  readonly batch: Batch;
  /** On its way to the server; `null` before, and for rows that are sent one by one. */
  data: CopyData | null;
}

/** Copied into the table itself. */
interface DirectBatch extends OpenedBatch {
  readonly kind: "direct";
  /** Rows that were copied. */
  inserted: number;
}

/** Brought into the stage. */
export interface StagedBatch extends OpenedBatch {
  readonly kind: "staged";
  /** No key is there twice; false when that is not known. */
  distinct: boolean;
  /** It was given to a merge. */
  merged: boolean;
  range: KeyRange | null;
}

/** A batch of which nothing was sent yet; `encoded`: `null` where its rows are sent one by one. */
export function currentBatch(batch: Batch, encoded: EncodedBatch | null): CurrentBatch {
  if (encoded?.direct === true) return { kind: "direct", batch, data: null, inserted: 0 };
  const { distinct = false, range = null } = encoded ?? {};
  return { kind: "staged", batch, data: null, distinct, merged: false, range };
}
