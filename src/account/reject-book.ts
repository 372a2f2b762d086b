/** The rejects of one load: written to their files, counted against the limit. Lives through the tries of a load. */
import { resolve } from "node:path";
import { failPoint } from "../testing/fail-point.ts";
import type { RejectOffsets } from "../model/checkpoint.ts";
import type { Reject, RejectPaths } from "../model/reject.ts";
import { allowsRejects } from "../options/grammar.ts";
import type { RejectLimit } from "../options/grammar.ts";
import type { RejectsOfCode, RejectsOfColumn } from "../model/reject.ts";
import { shardPath } from "../model/shards/shard.ts";
import type { ShardRule } from "../options/shard-rule.ts";
import { RejectFixes } from "./fixes/reject-fixes.ts";
import type { FixOptions, FixTarget } from "./fixes/known-reject.ts";
import { RejectBudget } from "./reject-budget.ts";
import { RejectTally } from "./reject-tally.ts";
import { areAsLeft, removeEmpty } from "./left-rejects.ts";
import { isRejectPathOf, rejectPathAt } from "./reject-path.ts";
import { defaultRejectPath, RejectFiles } from "./reject-file.ts";
import { refuseExisting, RejectLock, stands } from "./reject-lock.ts";
import type { RejectedSource } from "./reject-file.ts";

/** What the flags say of rejects. */
export interface RejectOptions extends FixOptions {
  readonly maxRejects: RejectLimit;
  readonly rejectFile: string | null;
  /** False: there is no file unless `rejectFile` names one. */
  readonly defaultRejectFile?: boolean | undefined;
  readonly dryRun: boolean;
  readonly check: boolean;
  readonly shard?: ShardRule | null;
}

/** What a job has of rejects when a run of it begins. */
export interface JobRejects {
  /** Of the job. */
  readonly name: string;
  /** `null`: no files. */
  readonly offsets: RejectOffsets | null;
  readonly count: number;
}

/** What a job was when this run took it; `reset`: it starts over. */
export type PriorJobState = "running" | "finished" | "reset";

/** Takes the rejects of a load. */
export class RejectBook {
  readonly #options: RejectOptions;
  readonly #fixes: RejectFixes;
  readonly #onReject: (reject: Reject) => void;
  #tally = new RejectTally();
  #keptTally = new RejectTally();
  /** When the run began: the moment that `--reject-file` may name, also in later tries. */
  readonly #began: Date;
  #budget: RejectBudget;
  #files: RejectFiles | null = null;
  #left: RejectPaths | null = null;
  #setAside: readonly string[] = [];
  /** Nothing was written since the files were made durable. */
  #durable = false;

  /** `onReject` is told of every reject. */
  constructor(options: RejectOptions, began: Date, onReject: (reject: Reject) => void = () => {}) {
    this.#options = options;
    this.#began = began;
    this.#onReject = onReject;
    this.#fixes = new RejectFixes(options);
    this.#budget = this.#newBudget();
  }

  #newBudget(before = 0): RejectBudget {
    return new RejectBudget(
      this.#options.maxRejects,
      (reject) => this.#fixes.whereItStops(reject),
      { before, isShard: (this.#options.shard ?? null) !== null },
    );
  }

  /** The load is planned: the fix of a reject may depend on the table. */
  planned(target: FixTarget): void {
    this.#fixes.planned(target);
  }

  /** The rejects of this run by code, committed or not. */
  get byCode(): readonly RejectsOfCode[] {
    return this.#tally.all;
  }

  /** Those that are committed. */
  get keptByCode(): readonly RejectsOfCode[] {
    return this.#keptTally.all;
  }

  /** The same by code and column. */
  get byColumn(): readonly RejectsOfColumn[] {
    return this.#tally.columns;
  }

  /** Those that are committed. */
  get keptByColumn(): readonly RejectsOfColumn[] {
    return this.#keptTally.columns;
  }

  /** What was taken so far is committed. */
  keep(): void {
    this.#keptTally = new RejectTally(this.#tally);
  }

  /** Where the files of a load are to be; `null` when there are to be none. */
  #pathFor(first: RejectedSource): string | null {
    const { rejectFile, maxRejects, dryRun, check, defaultRejectFile = true } = this.#options;
    const byDefault = defaultRejectFile && allowsRejects(maxRejects) && !dryRun && !check;
    if (rejectFile !== null) return rejectPathAt(this.#ofShard(rejectFile), this.#began);
    return byDefault ? this.#ofShard(defaultRejectPath(first)) : null;
  }

  /** Each shard of a load has files of its own. */
  #ofShard(path: string): string {
    const { shard = null } = this.#options;
    return shard?.kind === "fixed" ? shardPath(path, shard) : path;
  }

  /** Makes the files if rejects are allowed or a file is asked for. Throws `REJECT_FILE`. */
  open(first: RejectedSource): void {
    this.#fixes.reads(first);
    const path = this.#pathFor(first);
    if (this.#files !== null) this.#files.register(first);
    else if (path !== null) this.#files = new RejectFiles(path, first);
  }

  /**
   * The files that are a job's from now on: those that it has, else those that this run would make. Throws `REJECT_FILE`
   * when somebody else's file is there.
   */
  claim(
    first: RejectedSource,
    claimed: RejectOffsets | null,
    was: PriorJobState,
  ): RejectOffsets | null {
    const asked = this.#pathFor(first);
    // What a finished job had rejected may have been taken away.
    const isGone = was === "finished" && claimed !== null && !stands(claimed.path);
    if (asked === null) return isGone || was === "reset" ? null : claimed;
    const path = resolve(asked);
    const empty = { path, files: [], report: 0 };
    if (was === "reset") {
      // They will be found again. A file that somebody has changed is not the job's any more.
      if (claimed?.path === path && claimed.report > 0 && areAsLeft(claimed)) return empty;
      if (claimed?.report === 0) removeEmpty(claimed.path, first);
    } else {
      // A file that holds rejects stays the job's; an empty one may be left for another.
      const stays = claimed !== null && (this.#isAsked(claimed.path, path) || claimed.report > 0);
      if (stays && !isGone) return claimed;
    }
    // Also away from a load that is no job.
    const lock = RejectLock.take(path);
    this.#setAside = lock.setAside;
    lock.release();
    refuseExisting([path, `${path}.jsonl`]);
    return empty;
  }

  /** Whether `claimed` is what `--reject-file` asks for, or was when the job began. */
  #isAsked(claimed: string, path: string): boolean {
    const { rejectFile } = this.#options;
    return (
      claimed === path ||
      (rejectFile !== null && isRejectPathOf(this.#ofShard(rejectFile), claimed))
    );
  }

  /** Opens the files of a job as its last commit left them. Throws `REJECT_FILE`. */
  openForJob(first: RejectedSource, { name, offsets, count }: JobRejects): void {
    this.#fixes.reads(first);
    this.#budget = this.#newBudget(count);
    this.#durable = false;
    if (offsets === null) return;
    this.#files = new RejectFiles(offsets.path, first, { name, offsets, before: count });
  }

  /** The files of a job that has nothing left to do: they are named, and stay as they are unless they are empty. */
  closedBefore(first: RejectedSource, { offsets, count }: JobRejects): void {
    if (offsets?.report === 0) removeEmpty(offsets.path, first);
    this.#left =
      offsets === null || count === 0
        ? null
        : { file: offsets.path, report: `${offsets.path}.jsonl`, others: [] };
  }

  /** Where the rejects went of a load that was killed while it committed. */
  get setAside(): readonly string[] {
    return [...this.#setAside, ...(this.#files?.setAside ?? [])];
  }

  /** Prepares for rejects of a further source. */
  register(source: RejectedSource): void {
    this.#fixes.reads(source);
    this.#files?.register(source);
  }

  /** Takes rejects in file order. Throws `REJECT_LIMIT` for the first one too many, once all are written. */
  take(rejects: readonly Reject[]): void {
    if (rejects.length > 0) this.#durable = false;
    if (rejects.length > 0) failPoint("reject-write");
    this.#files?.write(rejects);
    if (rejects.length > 0) failPoint("reject-written");
    for (const reject of rejects) {
      this.#onReject(reject);
      this.#tally.add(reject, (each) => this.#fixes.of(each));
      this.#budget.spend(reject);
    }
  }

  /** The other shards of the job have rejected so many records. Throws `REJECT_LIMIT` where that is too many in all. */
  othersHave(count: number): void {
    this.#budget.othersHave(count);
  }

  /** After the last record: the limit as a share of `read`. Throws `REJECT_LIMIT`. */
  checkShare(read: number): void {
    this.#budget.checkShare(read);
  }

  /** Makes the files durable, before a commit that depends on them; where they stand, `null` when there are none. */
  sync(): RejectOffsets | null {
    if (!this.#durable) {
      failPoint("reject-sync");
      this.#files?.sync();
      failPoint("reject-synced");
      this.#files?.place();
    }
    this.#durable = true;
    return this.#files?.offsets ?? null;
  }

  /** Forgets everything, for a load that starts again. */
  restart(): void {
    this.#files?.reset();
    this.#budget = this.#newBudget();
    this.#tally = new RejectTally();
    this.#keptTally = new RejectTally();
  }

  /** Closes the files of a job that starts again after its last commit, and opens them then. */
  release(): void {
    this.#tally = new RejectTally(this.#keptTally);
    this.#files?.leave();
    this.#files = null;
  }

  /** Closes the files of a job that did not come to its end: they may be another run's by now, and the next one cuts them. */
  leave(): RejectPaths | null {
    const paths = this.#files?.leave() ?? this.#left;
    this.#files = null;
    return paths;
  }

  /** Closes the files. A load that is to be run again as it is (`again`) leaves none in its own way. */
  close(again: boolean): RejectPaths | null {
    const paths = this.#files?.close(!again) ?? this.#left;
    this.#files = null;
    return paths;
  }
}
