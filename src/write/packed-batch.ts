/** Batches of ordinary records: places in bytes, of which rows are made only where somebody needs them. */
import type { Batch, Row } from "../model/batch.ts";

/** A batch whose rows are made when somebody asks for them. */
abstract class UnreadBatch implements Batch {
  readonly number: number;
  readonly size: number;
  readonly #read: () => readonly Row[];
  #rows: readonly Row[] | null = null;

  constructor({ number, size }: Pick<Batch, "number" | "size">, read: () => readonly Row[]) {
    this.number = number;
    this.size = size;
    this.#read = read;
  }

  abstract readonly packed: Batch["packed"];

  get rows(): readonly Row[] {
    this.#rows ??= this.#read();
    return this.#rows;
  }
}

/** Its rows have one shape. */
export class PackedBatch extends UnreadBatch {
  readonly packed: NonNullable<Batch["packed"]>;

  constructor(
    of: Pick<Batch, "number" | "size">,
    packed: NonNullable<Batch["packed"]>,
    read: () => readonly Row[],
  ) {
    super(of, read);
    this.packed = packed;
  }
}

/** They have several. */
export class MixedBatch extends UnreadBatch {
  readonly packed = null;
  readonly mixed: NonNullable<Batch["mixed"]>;

  constructor(
    of: Pick<Batch, "number" | "size">,
    mixed: NonNullable<Batch["mixed"]>,
    read: () => readonly Row[],
  ) {
    super(of, read);
    this.mixed = mixed;
  }
}
