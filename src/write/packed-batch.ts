/** A batch of ordinary records: places in bytes, of which rows are made only where somebody needs them. */
import type { Batch, Row } from "../model/batch.ts";

/** A batch whose rows are made when somebody asks for them. */
export class PackedBatch implements Batch {
  readonly number: number;
  readonly size: number;
  readonly packed: NonNullable<Batch["packed"]>;
  readonly #read: () => readonly Row[];
  #rows: readonly Row[] | null = null;

  constructor(
    { number, size }: Pick<Batch, "number" | "size">,
    packed: NonNullable<Batch["packed"]>,
    read: () => readonly Row[],
  ) {
    this.number = number;
    this.size = size;
    this.packed = packed;
    this.#read = read;
  }

  get rows(): readonly Row[] {
    this.#rows ??= this.#read();
    return this.#rows;
  }
}
