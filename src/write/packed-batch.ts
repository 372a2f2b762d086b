/** Batches of ordinary records: places in bytes, of which rows are made only where somebody needs them. */
import type { Batch, Row } from "../model/batch.ts";

/** What a batch is beside its rows. */
type BatchParts = Pick<Batch, "number" | "size"> & Partial<Pick<Batch, "packed" | "mixed">>;

/** How the rows of a batch are made. */
export interface RowReader {
  readonly all: () => readonly Row[];
  /** Those at these places, which ascend, each time anew; absent: all are made. */
  readonly at?: (places: Uint32Array) => readonly Row[];
}

/** A batch whose rows are made when somebody asks for them. */
class UnreadBatch implements Batch {
  readonly number: number;
  readonly size: number;
  readonly packed: Batch["packed"];
  readonly mixed?: NonNullable<Batch["mixed"]>;
  readonly #read: RowReader;
  #rows: readonly Row[] | null = null;

  constructor({ number, size, packed = null, mixed }: BatchParts, read: RowReader) {
    this.number = number;
    this.size = size;
    this.packed = packed;
    if (mixed !== undefined) this.mixed = mixed;
    this.#read = read;
  }

  get rows(): readonly Row[] {
    this.#rows ??= this.#read.all();
    return this.#rows;
  }

  rowsAt(places: Uint32Array): readonly Row[] {
    const { at } = this.#read;
    if (this.#rows === null && at !== undefined) return at(places);
    const { rows } = this;
    return Array.from(places, (place) => rows[place] as Row);
  }
}

/** A batch whose rows have one shape. */
export function packedBatch(
  { number, size }: Pick<Batch, "number" | "size">,
  packed: NonNullable<Batch["packed"]>,
  read: RowReader | RowReader["all"],
): Batch {
  return new UnreadBatch({ number, size, packed }, readerOf(read));
}

/** A batch whose rows have several. */
export function mixedBatch(
  { number, size }: Pick<Batch, "number" | "size">,
  mixed: NonNullable<Batch["mixed"]>,
  read: RowReader,
): Batch {
  return new UnreadBatch({ number, size, mixed }, read);
}

function readerOf(read: RowReader | RowReader["all"]): RowReader {
  return typeof read === "function" ? { all: read } : read;
}
