/**
 * The books of one try of a load: what was read and what became of it, what of it is committed, and the rejects.
 * Written in the order of the source, whatever the order in which the database answers.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { BatchOutcome } from "../model/batch.ts";
import type { RejectOffsets } from "../model/checkpoint.ts";
import {
  accountedFor,
  addCounts,
  addLevels,
  asLoadCounts,
  noCounts,
  noLevelCounts,
} from "../model/counts.ts";
import type { Counts, LevelCounts, LoadCounts } from "../model/counts.ts";
import type { Reject } from "../model/reject.ts";
import { checkRows } from "./expected-rows.ts";
import { MisfitTally } from "./misfit-tally.ts";
import type { RejectBook } from "./reject-book.ts";
import { SourceTally } from "./source-tally.ts";

/** Counts what was written, and what was kept. */
export class Ledger {
  readonly rejects: RejectBook;
  readonly #paths: readonly string[];
  readonly #expectRows: number | null;
  readonly #onKept: (kept: Counts) => void;
  readonly #seen = noCounts();
  readonly #kept = noCounts();
  readonly #misfits: MisfitTally;
  #keptMisfits: MisfitTally;
  readonly #levels: readonly LevelCounts[];
  readonly #keptLevels: readonly LevelCounts[];
  readonly #sources = new SourceTally();
  #keptSources = new SourceTally();

  /**
   * `paths` are those of the sources, in their order; `before`: what earlier runs of the job have counted; `expectRows`:
   * how many records there must be in all; `levels`: how many levels of records are in them; `misfits`: of what earlier tries have committed; `onKept` hears what is committed by now.
   */
  constructor(
    rejects: RejectBook,
    paths: readonly string[],
    {
      before = noCounts(),
      expectRows = null,
      misfits = new MisfitTally(),
      levels = 0,
      onKept = () => {},
    }: {
      readonly before?: LoadCounts | undefined;
      readonly expectRows?: number | null;
      readonly misfits?: MisfitTally;
      readonly levels?: number;
      readonly onKept?: (kept: Counts) => void;
    } = {},
  ) {
    this.rejects = rejects;
    this.#paths = paths;
    this.#expectRows = expectRows;
    this.#onKept = onKept;
    this.#levels = Array.from({ length: levels }, () => noLevelCounts());
    this.#keptLevels = Array.from({ length: levels }, () => noLevelCounts());
    this.#misfits = new MisfitTally(misfits);
    this.#keptMisfits = misfits;
    addCounts(this.#seen, before);
    addCounts(this.#kept, before);
    addLevels(this.#levels, before.levels);
    addLevels(this.#keptLevels, before.levels);
  }

  /** Everything that was written, committed or not. */
  get seen(): Counts {
    return { ...this.#seen };
  }

  /** The same of the rows in them, by level. */
  get levels(): readonly LevelCounts[] {
    return this.#levels.map((counts) => ({ ...counts }));
  }

  /** Both. */
  get all(): LoadCounts {
    return asLoadCounts(this.seen, this.#levels.length === 0 ? undefined : this.levels);
  }

  /** What is committed. */
  get kept(): LoadCounts {
    const levels = this.#keptLevels.map((counts) => ({ ...counts }));
    return asLoadCounts({ ...this.#kept }, levels.length === 0 ? undefined : levels);
  }

  /** Values that were kept as text, committed or not. */
  get misfits(): MisfitTally {
    return this.#misfits;
  }

  /** Those that are committed. */
  get keptMisfits(): MisfitTally {
    return this.#keptMisfits;
  }

  /** Rejects by source, committed or not. */
  get sources(): SourceTally {
    return this.#sources;
  }

  /** Those that are committed. */
  get keptSources(): SourceTally {
    return this.#keptSources;
  }

  /**
   * Takes what was written after everything that was taken before. Throws `REJECT_LIMIT`, and `SOURCE_ROWS` for more than
   * were expected.
   */
  take({ counts, rejects, misfits = [], levels }: BatchOutcome): void {
    addCounts(this.#seen, counts);
    addLevels(this.#levels, levels);
    this.#misfits.add(misfits);
    const inOrder = rejects.toSorted(inFileOrder(this.#paths));
    this.#sources.add(inOrder);
    this.rejects.take(inOrder);
    checkRows(this.#expectRows, this.#seen.read, false);
  }

  /** After the last record: throws when one is not accounted for, or the share of rejects is too large. */
  check(): void {
    const seen = this.#seen;
    if (accountedFor(seen) !== seen.read) {
      const message = `${seen.read} records were read but ${accountedFor(seen)} counted`;
      throw upsurgeError("INTERNAL", { message });
    }
    const odd = this.#levels.find((level) => accountedFor(level) + level.dropped !== level.read);
    if (odd !== undefined) {
      const message = `a level has ${odd.read} rows but ${accountedFor(odd) + odd.dropped} were counted`;
      throw upsurgeError("INTERNAL", { message });
    }
    checkRows(this.#expectRows, seen.read, true);
    this.rejects.checkShare(seen.read);
  }

  /** Makes the rejects durable, and tells where their files stand. */
  beforeCommit(): RejectOffsets | null {
    return this.rejects.sync();
  }

  /** These records are committed. */
  keep(counts: LoadCounts): void {
    addCounts(this.#kept, counts);
    addLevels(this.#keptLevels, counts.levels);
    this.#keptMisfits = new MisfitTally(this.#misfits);
    this.rejects.keep();
    this.#keptSources = new SourceTally(this.#sources);
    this.#onKept(this.kept);
  }
}

function inFileOrder(paths: readonly string[]): (a: Reject, b: Reject) => number {
  return ({ position: a }, { position: b }) =>
    a.source === b.source ? a.record - b.record : paths.indexOf(a.source) - paths.indexOf(b.source);
}
