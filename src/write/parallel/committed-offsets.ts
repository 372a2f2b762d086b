/** What several writers need to know of the places of a remembered load: where it stands, and what may be shared out. */
import type { Gathered } from "../batches.ts";
import type { Mark } from "../batch-end.ts";
import { beginningOf } from "../../checkpoint/cursor.ts";
import type { Bookmark } from "../../checkpoint/cursor.ts";
import { stretchBetween } from "./serial-ranges.ts";
import type { Solo } from "./serial-ranges.ts";

/** The places of one try, in the order of the source. */
export class JobMarks {
  readonly #bookmark: Bookmark;
  readonly #solo: Solo;
  #last: Mark;
  #ended = false;

  constructor({ bookmark, solo }: { readonly bookmark: Bookmark; readonly solo: Solo }) {
    this.#bookmark = bookmark;
    this.#solo = solo;
    this.#last = leastOf(bookmark);
  }

  /** Where everything that was handed out ends. */
  get last(): Mark {
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

  /** A batch of it is about to be shared out: where the source stands. */
  begin({ end }: Gathered): void {
    if (end === null || end.source.number === this.#last.source.number) return;
    this.#last = beginningOf(end.source);
  }

  /** A batch is handed out. */
  pass({ end }: Gathered): void {
    if (end === null) return;
    this.#last = end.mark;
    this.#ended = end.isLast;
  }

  /** Whether an earlier try has met a reject among the records of a batch. */
  mustGoAlone({ end }: Gathered): boolean {
    return end === null || this.#solo.covers(stretchBetween(this.#last, end.mark));
  }

  /** The numbers of a packed batch's records, which follow each other; the last one is known. */
  recordNumbers({ batch, end }: Gathered): Uint32Array | null {
    if (end === null) return null;
    const first = end.mark.place.record - batch.size + 1;
    return Uint32Array.from({ length: batch.size }, (_, at) => first + at);
  }

  /** Whether the rows of the checkpoint are not those of so many writers in this source. */
  mustShare(writers: number): boolean {
    const [row] = this.#bookmark.rows;
    return this.#bookmark.rows.length !== writers || row?.source !== this.#last.source.number;
  }
}

/** Where the part stands that came least far. */
function leastOf({ rows }: Bookmark): Mark {
  const least = rows.reduce((a, b) => (b.place.byte < a.place.byte ? b : a));
  const { source: number, name, place, prefix, total } = least;
  return { source: { number, name }, place, prefix, total };
}
