/** `--max-rejects`: how many records may be rejected before the load stops. */
import { flagsIn } from "../errors/flags-in.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { JobFix } from "../errors/upsurge-error.ts";
import type { Reject } from "../model/reject.ts";
import { shareOf } from "../model/share.ts";
import { OPTION_NAMES, spellingsOf } from "../options/flag.ts";
import type { RejectLimit } from "../options/grammar.ts";
import { sourceLabel } from "../errors/source-label.ts";

const OTHERWISE =
  "or allow some with --max-rejects N and find them in the reject file; nothing was kept";

/** Counts rejects against the limit. */
export class RejectBudget {
  readonly #limit: RejectLimit;
  readonly #most: number;
  readonly #fixOf: (reject: Reject) => string;
  #count: number;
  #last: Reject | null = null;
  /** Rejects of the other shards of the load. */
  #others = 0;
  /** The limit, and of what it is a share. */
  readonly #text: string;

  /** `fixOf` tells the fix of a reject; `before`: rejects of earlier runs; `isShard`: the load is one of several shards. */
  constructor(
    limit: RejectLimit,
    fixOf: (reject: Reject) => string,
    { before = 0, isShard = false }: { readonly before?: number; readonly isShard?: boolean } = {},
  ) {
    this.#fixOf = fixOf;
    this.#text =
      isShard && limit.kind === "share" ? `${limit.text} of the records of this shard` : limit.text;
    this.#count = before;
    this.#limit = limit;
    this.#most = limit.kind === "share" ? Number.POSITIVE_INFINITY : limit.count;
  }

  /** Takes the next reject in file order. Throws `REJECT_LIMIT` for the first one too many. */
  spend(reject: Reject): void {
    this.#count += 1;
    this.#last = reject;
    if (this.#count + this.#others > this.#most) throw this.#exceeded(reject);
  }

  /** So many are the rejects of the other shards. Throws `REJECT_LIMIT`. */
  othersHave(count: number): void {
    this.#others = count;
    const all = count + this.#count;
    if (all <= this.#most) return;
    throw this.#exceededElsewhere("the shards of the job have rejected too many records together");
  }

  /** At the end of the load: throws `REJECT_LIMIT` when more than the allowed share of `read` was rejected. */
  checkShare(read: number): void {
    const limit = this.#limit;
    if (limit.kind !== "share" || this.#count <= shareOf(limit.percent, read)) return;
    if (this.#last !== null) throw this.#exceeded(this.#last);
    throw this.#exceededElsewhere("earlier runs of the job have rejected too many records");
  }

  /** By rejects that are not of this run. */
  #exceededElsewhere(message: string): Error {
    const details = { message, count: this.#rejectedText, limit: this.#text };
    return upsurgeError("REJECT_LIMIT", details);
  }

  get #rejectedText(): string {
    const all = this.#count + this.#others;
    return all === 1 ? "1 record was" : `${all} records were`;
  }

  #exceeded(reject: Reject): Error {
    const correction = this.#fixOf(reject);
    return upsurgeError(
      "REJECT_LIMIT",
      {
        message: `${reject.message} (${reject.code}${reject.dbCode === null ? "" : `, ${reject.dbCode}`})`,
        count: this.#rejectedText,
        limit: this.#text,
      },
      {
        where: placeOf(reject),
        fix: `${correction}; ${OTHERWISE}`,
        fixOfJob: fixOfJob(correction),
      },
    );
  }
}

/** Every way to write a flag of ours: a name or a value in a fix may look like one. */
const FLAGS = new Set(OPTION_NAMES.flatMap(spellingsOf));

/** A flag that corrects records changes what the source means, which a job that has begun refuses. */
function fixOfJob(correction: string): JobFix | undefined {
  if (!flagsIn(correction).some((flag) => FLAGS.has(flag))) return undefined;
  const added = `${correction} (add --reset-job: the job begins with another flag)`;
  return { begun: `${added}; ${OTHERWISE}`, unknown: `${correction}; ${OTHERWISE}` };
}

/** Where a reject is: `orders.csv, record 3, line 4, column "amount"`. */
function placeOf({ position, column }: Reject): string {
  const [first, last] = position.line;
  const lines = first === last ? `line ${first}` : `lines ${first}-${last}`;
  const source = sourceLabel(position.source);
  return `${source}, record ${position.record}, ${lines}${column === null ? "" : `, column "${column}"`}`;
}
