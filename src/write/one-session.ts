/**
 * The writers of a load over one session: one transaction for everything or, where the plan commits every so many records, one
 * after another.
 */
import { setImmediate } from "node:timers/promises";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import { noCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { DifferencesByTable } from "../model/differences.ts";
import type { LateRows } from "../model/late-rows.ts";
import type { RemovedRows } from "../model/removal.ts";
import type { LoadPlan, Step } from "../model/load-plan.ts";
import type { ReadBatch } from "./batches.ts";
import type { BatchEnd } from "./batch-end.ts";
import type { LoadComparison } from "./compare-table.ts";
import type { RemovalHow } from "./remove-missing.ts";
import type { SessionWriter } from "./session-writer.ts";
import { sizeOf } from "./writers.ts";
import type { Account, LoadEnding, Writers } from "./writers.ts";
import type { CommittedOffset } from "../model/source-offset.ts";

const NO_RECORD = "the source holds no record";
const ALL_REJECTED = "every record was rejected";
const ALL_REJECTED_YET = "every record up to the first commit was rejected";

/** What of a plan is carried out here. */
type WrittenPlan = Pick<LoadPlan, "commitRows" | "before" | "after" | "tables" | "removalSql"> & {
  /** What a rehearsal tells of the table; absent: nothing. */
  readonly comparison?: LoadComparison | null;
};

/** Writes every batch in turn. */
export class OneSession implements Writers {
  readonly failed: AbortSignal = new AbortController().signal;
  readonly #writer: SessionWriter;
  readonly #account: Account;
  readonly #most: number;
  readonly #before: readonly Step[];
  readonly #after: readonly Step[];
  readonly #ending: LoadEnding;
  readonly #table: string;
  /** Rows that no record has are taken away. */
  readonly #removes: boolean;
  /** Columns are set after the last record. */
  readonly #setsLate: boolean;
  /** No step needs a record after it, or one was written. */
  #mayBeEmpty: boolean;
  #read = 0;
  #removed: RemovedRows | null = null;
  #late: LateRows | null = null;
  readonly #comparison: LoadComparison | null;
  #differences: DifferencesByTable = new Map();
  #ran: readonly Step[] = [];
  #hasCommitted = false;
  /** Records of the transaction at hand, with those that are being written. */
  #begun = 0;
  /** Sources that ended in the transaction at hand. */
  #offsets: CommittedOffset[] = [];
  /** The end of the last batch that was written, in a source that goes on. */
  #end: BatchEnd | null = null;

  constructor(
    writer: SessionWriter,
    account: Account,
    { commitRows, before, after, tables, removalSql, comparison = null }: WrittenPlan,
    ending: LoadEnding,
  ) {
    this.#writer = writer;
    this.#account = account;
    this.#most = commitRows ?? Infinity;
    this.#before = before;
    this.#after = after;
    this.#ending = ending;
    this.#table = tables[0].table.name.name;
    this.#comparison = comparison;
    this.#removes = removalSql !== undefined;
    this.#setsLate = tables[0].late !== undefined;
    this.#mayBeEmpty = !before.some(({ needsRecords }) => needsRecords === true);
  }

  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  /** Records that were rejected since the last commit. */
  get rejected(): number {
    return this.#writer.counts.rejected;
  }

  async open(): Promise<void> {
    await this.#writer.begin();
    await this.#comparison?.begin();
    await this.#run(this.#before);
    await this.#writer.beginRemoval();
  }

  async #run(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    await this.#writer.begin();
    this.#account.take({ counts: await this.#writer.runSteps(steps), rejects: [] });
    this.#ran = [...this.#ran, ...steps];
  }

  get ranSteps(): readonly Step[] {
    return this.#ran;
  }

  get removed(): RemovedRows | null {
    return this.#removed;
  }

  get late(): LateRows | null {
    return this.#late;
  }

  get differences(): DifferencesByTable {
    return this.#differences;
  }

  /** The key of every record so far was kept, where the plan keeps keys. */
  get knowsKeys(): boolean {
    return this.#writer.knowsKeys;
  }

  prepare(readBatch: ReadBatch): void {
    this.#writer.prepare(readBatch.batch);
  }

  async write(readBatch: ReadBatch): Promise<void> {
    if (this.#begun > 0 && !this.#fits(readBatch)) await this.#commit();
    this.#begun += sizeOf(readBatch);
    const [written] = await Promise.all([
      this.#writer.write(readBatch),
      this.#hashMeanwhile(readBatch.end),
    ]);
    this.#account.take(written);
    this.#sees(written.counts);
    this.#pass(readBatch.end);
  }

  #sees({ read, rejected }: Counts): void {
    this.#read += read;
    if (read > rejected) this.#mayBeEmpty = true;
  }

  /** A table that was emptied for records must get one, or a source that came empty would cost all of its rows. */
  #refuseEmpty(): void {
    if (this.#mayBeEmpty) return;
    const rejected = this.#most === Infinity ? ALL_REJECTED : ALL_REJECTED_YET;
    throw upsurgeError(
      "STEP_NO_RECORD",
      { flag: "--truncate", table: this.#table, reason: this.#read === 0 ? NO_RECORD : rejected },
      { where: "--truncate" },
    );
  }

  /** Hashes of the source what the next commit needs, while the database works on a batch that ends there. */
  async #hashMeanwhile(end: BatchEnd | null): Promise<void> {
    if (end === null) return;
    // What the batch takes is sent first.
    await setImmediate();
    if (this.#begun < this.#most && !end.isLast) {
      this.#end?.release();
      return;
    }
    // The commit comes after this batch or, where that fails, after the one before.
    this.#end?.committedOffset();
    end.committedOffset();
  }

  #pass(end: BatchEnd | null): void {
    if (end?.isLast === true) this.#offsets.push(end.committedOffset());
    this.#end = end?.isLast === true ? null : end;
  }

  #fits(readBatch: ReadBatch): boolean {
    return this.#begun + sizeOf(readBatch) <= this.#most;
  }

  async #commit(): Promise<void> {
    this.#refuseEmpty();
    const offsets =
      this.#end === null ? this.#offsets : [...this.#offsets, this.#end.committedOffset()];
    this.#begun = 0;
    this.#offsets = [];
    const rejects = this.#account.beforeCommit();
    await OneSession.commit([this], async () => {
      this.#account.keep(await this.#writer.commit({ offsets, rejects }));
    });
  }

  /**
   * Commits what these have written by `work`, whose errors are ours: from now on it may be committed, whatever becomes of
   * the answer.
   */
  static async commit(all: readonly OneSession[], work: () => Promise<void>): Promise<void> {
    const before = all.map((each) => each.#hasCommitted);
    for (const each of all) each.#hasCommitted = true;
    try {
      await work();
    } catch (error) {
      // The server has answered that it undid the transaction, which another one had met.
      if (error instanceof UpsurgeError && error.code === "TARGET_BUSY")
        for (const [at, each] of all.entries()) each.#hasCommitted = before[at] ?? false;
      throw error;
    }
  }

  async finish(): Promise<void> {
    this.endRecords();
    await this.applyLate();
    const counts = this.#ending === "rehearsal";
    await this.removeMissing({ isWithheld: false, counts, waiting: [] });
    await this.runAfter();
    if (this.#ending === "commit") return await this.#commit();
    await this.#writer.rehearse();
    if (this.#comparison !== null) this.#differences = await this.#comparison.find(this.knowsKeys);
    await this.#writer.rollback();
  }

  /** The last record was written. */
  endRecords(): void {
    this.#refuseEmpty();
    // A source that is not what it should be is told of before its rows are looked for.
    if (this.#removes || this.#ending === "joined") this.#account.check();
  }

  /** Takes the rows away that no record has. */
  async removeMissing(how: RemovalHow): Promise<void> {
    if (!this.#removes) return;
    const result = await this.#writer.removeMissing(how);
    if (result === null) return;
    this.#ran = [...this.#ran, ...this.#writer.ranRemoval];
    this.#account.take({ counts: { ...noCounts(), removed: result.removed }, rejects: [] });
    this.#removed = result.rows;
  }

  /** Runs what comes after everything else. */
  async runAfter(): Promise<void> {
    await this.#run(this.#after);
    this.#account.check();
  }

  /** The transaction that the load has joined is about to be committed: what depends on it is made durable. */
  beforeCommit(): void {
    this.#account.beforeCommit();
  }

  /** That transaction is committed. */
  committed(): void {
    this.#account.keep(this.#writer.counts);
  }

  /** Sets what comes after the last record: of this load, or of all that share its transaction. Throws `LATE_VALUE`. */
  async applyLate(): Promise<void> {
    if (!this.#setsLate) return;
    this.#account.check();
    const result = await this.#writer.applyLate();
    if (result === null) return;
    const { correction, misfits, rows } = result;
    this.#account.take({ counts: correction, rejects: [], misfits });
    this.#late = rows;
  }

  async settle(): Promise<void> {
    if (this.#begun > 0) await this.#commit();
    else await this.#writer.rollback();
  }

  async rollback(): Promise<void> {
    await this.#writer.rollback();
  }

  async stop(): Promise<void> {
    await this.#writer.stop();
  }
}
