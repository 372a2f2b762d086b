/** Batches of ordinary records: places in bytes, of which rows are made only where somebody needs them. */
import type { Batch, Row } from "../model/batch.ts";

/** What a batch is beside its rows. */
type BatchParts = Pick<Batch, "number" | "size"> & Partial<Pick<Batch, "packed" | "mixed">>;

/** A batch whose rows are made when somebody asks for them. */
class UnreadBatch implements Batch {
  readonly number: number;
  readonly size: number;
  readonly packed: Batch["packed"];
  readonly mixed?: NonNullable<Batch["mixed"]>;
  readonly #read: () => readonly Row[];
  #rows: readonly Row[] | null = null;

  constructor({ number, size, packed = null, mixed }: BatchParts, read: () => readonly Row[]) {
    this.number = number;
    this.size = size;
    this.packed = packed;
    if (mixed !== undefined) this.mixed = mixed;
    this.#read = read;
  }

  get rows(): readonly Row[] {
    this.#rows ??= this.#read();
    return this.#rows;
  }
}

/** A batch whose rows have one shape. */
export function packedBatch(
  { number, size }: Pick<Batch, "number" | "size">,
  packed: NonNullable<Batch["packed"]>,
  read: () => readonly Row[],
): Batch {
  return new UnreadBatch({ number, size, packed }, read);
}

/** A batch whose rows have several. */
export function mixedBatch(
  { number, size }: Pick<Batch, "number" | "size">,
  mixed: NonNullable<Batch["mixed"]>,
  read: () => readonly Row[],
): Batch {
  return new UnreadBatch({ number, size, mixed }, read);
}
