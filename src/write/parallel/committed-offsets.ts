/** What several writers need to know of the offsets of a remembered load: how far it has come, and what may be shared out. */
import { leastFar } from "../../model/source-offset.ts";
import type { ReadBatch } from "../batches.ts";
import { beginningOf } from "../../checkpoint/cursor.ts";
import type { CheckpointCursor } from "../../checkpoint/cursor.ts";
import { rangeBetween } from "./serial-ranges.ts";
import type { SerialRanges } from "./serial-ranges.ts";
import type { CommittedOffset } from "../../model/source-offset.ts";

/** The offsets of one try, in the order of the source. */
export class CommittedOffsets {
  readonly #cursor: CheckpointCursor;
  readonly #serialRanges: SerialRanges;
  #last: CommittedOffset;
  #ended = false;

  constructor({
    cursor,
    serialRanges,
  }: {
    readonly cursor: CheckpointCursor;
    readonly serialRanges: SerialRanges;
  }) {
    this.#cursor = cursor;
    this.#serialRanges = serialRanges;
    this.#last = leastOf(cursor);
  }

  /** Where everything that was handed out ends. */
  get last(): CommittedOffset {
    return this.#last;
  }

  /** The source at work has ended; what comes next is of another. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The end of the source is in the checkpoint. */
  sealed(): void {
    this.#ended = false;
  }

  /** A batch is about to be shared out: notes its source. */
  begin({ end }: ReadBatch): void {
    if (end === null || end.source.number === this.#last.source.number) return;
    this.#last = beginningOf(end.source);
  }

  /** A batch is handed out. */
  pass({ end }: ReadBatch): void {
    if (end === null) return;
    this.#last = end.committedOffset();
    this.#ended = end.isLast;
  }

  /** Whether an earlier try has met a reject among the records of a batch. */
  mustGoSerially({ end }: ReadBatch): boolean {
    return (
      end === null || this.#serialRanges.covers(rangeBetween(this.#last, end.committedOffset()))
    );
  }

  /** The numbers of a packed batch's records, which follow each other; the last one is known. */
  recordNumbers({ batch, end }: ReadBatch): Uint32Array | null {
    if (end === null) return null;
    const first = end.committedOffset().offset.record - batch.size + 1;
    return Uint32Array.from({ length: batch.size }, (_, at) => first + at);
  }

  /** Whether the rows of the checkpoint are not those of so many writers in this source. */
  mustShare(writers: number): boolean {
    const [row] = this.#cursor.rows;
    return this.#cursor.rows.length !== writers || row?.source !== this.#last.source.number;
  }
}

/** The offset of the partition that came least far. */
function leastOf({ rows }: CheckpointCursor): CommittedOffset {
  const { source: number, name, offset, prefix, total } = leastFar(rows);
  return { source: { number, name }, offset, prefix, total };
}
