/**
 * The parts in which a batch is written as sets: the whole of it, as long as that goes well. A part that fails is halved, or cut
 * where the database stopped, until its rows cost less one at a time; each that goes well makes the next one larger. Rows that
 * have a fault among them for certain are not tried together again.
 */

/** Rows that are tried next, for each that came before one that the database stopped at. */
const NEXT_GAP = 4;

/** So many rows at most go one at a time together, where faults are so many that nothing else is worthwhile. */
const MOST_EACH = 1024;

/** How many rows are tried together, from one batch of a load to the next. */
export interface PartSize {
  most: number;
}

/** Why a part could not be written as a set. */
export interface FailedPart {
  /** A row is at fault; false: the rows cannot go together for another reason. */
  readonly isFault: boolean;
  /** The place in the part at which the database stopped; `null` where it does not tell. */
  readonly place: number | null;
  /** So few rows go one at a time. */
  readonly few: number;
}

/** Some of the rows of a batch: from a place on to before another. */
export interface BatchRange {
  readonly from: number;
  readonly to: number;
  /** They go one at a time. */
  readonly each: boolean;
  /** One of them is at fault for certain. */
  readonly isFault: boolean;
}

/** The parts of one batch, in order. */
export class Parts {
  readonly #size: number;
  readonly #tried: PartSize;
  #from = 0;
  /** Where the next part ends that is tried. */
  #to: number;
  /** Where the shortest range ends that begins with `#from` and has a fault for certain; none where that is not after it. */
  #faulty = 0;
  #few = 0;
  #isFault = false;
  /** Rows that go one at a time together though it is not known where among them a fault is; 0: a part has gone well since the last fault. */
  #each = 0;

  constructor(size: number, tried: PartSize) {
    this.#size = size;
    this.#tried = tried;
    this.#to = Math.min(size, tried.most);
  }

  /** The part that is to be written next, after `written` or `failed` was told of the one before; `null`: all are written. */
  get next(): BatchRange | null {
    const from = this.#from;
    if (from >= this.#size) return null;
    const few = Math.max(this.#few, this.#each);
    const isFew = this.#faulty > from && this.#faulty - from <= few;
    if (!isFew) return { from, to: this.#to, each: false, isFault: false };
    const to = Math.max(this.#faulty, from + this.#each);
    return { from, to: Math.min(this.#size, to), each: true, isFault: this.#isFault };
  }

  /** A part was written. */
  written({ from, to, each }: BatchRange): void {
    if (each) this.#each = Math.min(MOST_EACH, 2 * this.#each);
    else {
      const isFree = this.#faulty <= from;
      this.#tried.most = Math.max(this.#tried.most, 2 * (isFree ? this.#tried.most : to - from));
      this.#each = 0;
    }
    this.#from = to;
    const left = this.#faulty - to;
    this.#to = left > 0 ? to + Math.ceil(left / 2) : Math.min(this.#size, to + this.#tried.most);
  }

  /** A part failed, and has left nothing behind. */
  failed({ from, to }: BatchRange, { isFault, place, few }: FailedPart): void {
    const size = to - from;
    const half = Math.ceil(size / 2);
    const known = place !== null && place < size ? place : null;
    this.#few = few;
    this.#isFault = isFault;
    this.#faulty = known === null ? to : from + known + 1;
    this.#to = from + (known ?? half);
    if (!isFault) return;
    this.#tried.most = known === null ? Math.max(half, 2 * few) : NEXT_GAP * Math.max(few, known);
    this.#each = Math.max(this.#each, few);
  }
}
