/**
 * One session at work: batch after batch, in one transaction after another, each begun when there is something to
 * write. It counts what is in the transaction at hand; when to commit is its owner's decision.
 */
import { failPoint } from "../testing/fail-point.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { Batch, BatchOutcome, BatchResult } from "../model/batch.ts";
import type { RejectOffsets } from "../model/checkpoint.ts";
import { accountedFor, addCounts, asLoadCounts, noCounts, sumOfLoads } from "../model/counts.ts";
import type { Counts, LoadCounts } from "../model/counts.ts";
import type { LoadPlan, Step, TablePlan } from "../model/load-plan.ts";
import { TransactionAborted } from "../targets/target.ts";
import type { Session, Transaction, Writer } from "../targets/target.ts";
import type { ReadBatch } from "./batches.ts";
import type { CursorMove, CursorScope } from "../checkpoint/cursor.ts";
import type { Quarantine } from "./quarantine.ts";
import { commitJob } from "../checkpoint/commit-job.ts";
import type { CheckpointAccess } from "../checkpoint/commit-job.ts";
import { foundUnchanged } from "./found-rows.ts";
import { LateValues } from "./late/late-values.ts";
import type { LateResult } from "./late/late-values.ts";
import { MissingRows } from "./remove-missing.ts";
import type { RemovalHow, RemovalResult } from "./remove-missing.ts";
import { NamedRows } from "./lookups/named-rows.ts";
import { KeptKeys } from "./keys/kept-keys.ts";
import { markMade } from "./lookups/undone-rows.ts";
import { MissingGuard } from "./nest/missing-guard.ts";
import { named } from "./nest/named-levels.ts";
import { NestWriter } from "./nest/nest-writer.ts";
import { outcomesTold } from "./nest/outcomes-told.ts";
import { tableWriter } from "./table-writer.ts";
import type { PreparedTable, WriteTable } from "./table-writer.ts";
import { BatchWriter } from "./write-batch.ts";
import type { BatchApplier, BatchWriterContext } from "./write-batch.ts";
import { runSteps } from "./steps.ts";
import { tablesWritten } from "./tables-written.ts";
import type { WrittenTable } from "./tables-written.ts";
import { writtenOf } from "./writers.ts";
import type { CommittedOffset } from "../model/source-offset.ts";

/** The transaction of several loads, of which this writer has a part; whoever began it ends it. */
export interface JoinedTransaction extends WrittenTable {
  readonly transaction: Transaction;
  /** Rows that look-ups of any load name. */
  readonly named: NamedRows;
}

/** What a session writer needs besides its session and plan. */
export interface SessionWriterContext {
  readonly quarantine: Quarantine;
  /** Another session of this load has locked the tables. */
  readonly locked: boolean;
  /** `null` where nothing is remembered of the load. */
  readonly checkpointing: CheckpointAccess | null;
  /** Absent: the writer's transactions are its own. */
  readonly joined?: JoinedTransaction | undefined;
}

/** What a commit records with the rows, where the load is remembered. */
export interface CommitEntry {
  readonly offsets: readonly CommittedOffset[];
  /** Recorded by transactions that move all rows of the checkpoint: the others commit none. */
  readonly rejects: RejectOffsets | null;
}

/** A transaction at work. */
interface OpenTransaction {
  readonly transaction: Transaction;
  /** `null` where no keys are kept. */
  readonly keys: KeptKeys | null;
  /** `null` where nothing is set after the last record. */
  readonly late: LateValues | null;
  /** Applies a batch with all that its records ask for. */
  readonly write: WriteTable;
  /** Makes a batch ready before its turn; `null` where nothing of it is known then. */
  readonly prepare: ((batch: Batch) => void) | null;
  /** The rows of the checkpoint that it moves. */
  readonly scope: CursorScope;
}

/** Writes over one session; calls come one at a time, save `prepare` and `stop`. Its errors are ours. */
export class SessionWriter {
  readonly #session: Session;
  readonly #plan: LoadPlan;
  readonly #context: SessionWriterContext;
  #open: OpenTransaction | null = null;
  #counts: LoadCounts = noCounts();
  /** A record came without the part of its key that the database makes. */
  #keyless = false;
  readonly #missing: MissingRows | null;
  readonly #guard: MissingGuard;
  #committing = false;
  #stopped = false;
  /** What the plan makes is made, and committed. */
  #made = false;

  constructor(session: Session, plan: LoadPlan, context: SessionWriterContext) {
    this.#session = session;
    this.#plan = plan;
    this.#context = context;
    this.#missing = MissingRows.of(session, plan);
    this.#guard = new MissingGuard(
      plan.tables,
      plan.nest?.levels,
      context.checkpointing?.cursor.counts,
    );
  }

  /** Begins a transaction, unless there is one. */
  async begin(scope: CursorScope = "all"): Promise<OpenTransaction> {
    if (this.#open !== null) return this.#open;
    return await this.#asOurs(async () => {
      const { quarantine } = this.#context;
      failPoint("begin");
      const { tables } = this.#plan;
      const joined = this.#context.joined ?? (await this.#beginOwn(scope));
      const writer = writerAt(joined, joined.at);
      const batches = new BatchWriter(tables[0], {
        writer,
        capabilities: this.#session.capabilities,
        classify: (error) => this.#session.classify(error),
        quarantine,
        ...this.#told(0),
      });
      const late = await this.#beginLate(joined);
      const applying = this.#applying(joined, this.#noting(batches, late), late);
      const keys = writer.keys === undefined ? null : new KeptKeys(tables[0], writer.keys);
      if (keys !== null && tables[0].removal !== undefined) joined.named.add(tables[0], keys);
      const open = { transaction: joined.transaction, keys, late, ...applying, scope };
      this.#open = open;
      return open;
    });
  }

  /** What is done with a batch before its rows are written: expressions, look-ups, levels. */
  #applying(
    joined: JoinedTransaction,
    rows: BatchApplier,
    late: LateValues | null,
  ): Pick<OpenTransaction, "write" | "prepare"> {
    const root = this.#tableWriter(this.#plan.tables[0], rows, joined.named);
    const nest = this.#nestWriter(joined, root, late);
    if (nest === null) return root;
    return {
      write: async (batch) => await nest.write(batch),
      prepare: root.prepare === null ? null : (batch) => nest.prepare(batch),
    };
  }

  #tableWriter(plan: TablePlan, batches: BatchApplier, named: NamedRows): PreparedTable {
    const { quarantine } = this.#context;
    return tableWriter(plan, batches, { session: this.#session, quarantine, named });
  }

  /** What writes the levels of records besides their own rows, which `root` writes; `null`: there are none. */
  #nestWriter(
    joined: JoinedTransaction,
    root: PreparedTable,
    late: LateValues | null,
  ): NestWriter | null {
    const { tables, nest } = this.#plan;
    if (nest === undefined) return null;
    const { quarantine } = this.#context;
    const { capabilities } = this.#session;
    const levels = tables.slice(1).map((plan, place) => {
      const at = joined.levelsAt?.[place];
      if (at === null) return null;
      const batches = new BatchWriter(plan, {
        writer: writerAt(joined, at),
        capabilities,
        classify: (error) => this.#session.classify(error),
        quarantine,
        ...this.#told(place + 1),
      });
      const applier: BatchApplier = {
        prepare: (batch) => batches.prepare(batch),
        write: async (batch) => this.#asCounted(plan, await batches.write(batch)),
      };
      return this.#tableWriter(plan, applier, joined.named);
    });
    const writers = [root, ...levels];
    const lookups = writers.flatMap((writer) => writer?.lookups ?? []);
    return new NestWriter(tables, nest, {
      session: this.#session,
      quarantine,
      writers,
      guard: this.#guard,
      marks: [() => markMade(lookups), ...(late === null ? [] : [() => late.mark()])],
      asCounted: (plan, result) => this.#asCounted(plan, result),
    });
  }

  /** What is told of each row: for columns that are set late, and for what is in it. */
  #told(at: number): Pick<BatchWriterContext, "tellsOutcomes" | "alike"> {
    const { tables, nest } = this.#plan;
    if (tables[at]?.late !== undefined) return { tellsOutcomes: true };
    const alike = outcomesTold(at, tables, nest);
    return alike === null ? {} : { tellsOutcomes: true, alike };
  }

  async #beginOwn(scope: CursorScope): Promise<JoinedTransaction> {
    const { tables, ddl } = this.#plan;
    const { locked, checkpointing } = this.#context;
    const alongside = async (): Promise<void> => {
      failPoint("row-lock");
      await checkpointing?.cursor.lock(checkpointing.table, scope);
      failPoint("row-locked");
    };
    const how = { locked, ddl: this.#made ? null : ddl, alongside };
    const { tables: all, places } = tablesWritten([tables]);
    const transaction = await this.#session.begin(all, how);
    return { transaction, named: new NamedRows(), at: 0, ...places[0] };
  }

  async #beginLate(joined: JoinedTransaction): Promise<LateValues | null> {
    const [plan] = this.#plan.tables;
    if (plan.late === undefined) return null;
    return await LateValues.begin(plan, plan.late, {
      session: this.#session,
      writer: writerAt(joined, joined.lateAt),
      named: joined.named,
      quarantine: this.#context.quarantine,
    });
  }

  /** Makes a batch ready while an earlier one is being written. */
  prepare(batch: Batch): void {
    this.#open?.prepare?.(batch);
  }

  /** Writes a batch; nothing of it is committed. */
  async write(readBatch: ReadBatch, scope: CursorScope = "all"): Promise<BatchOutcome> {
    const { write } = await this.begin(scope);
    return await this.#asOurs(async () => {
      failPoint("apply");
      const { batch } = readBatch;
      const applied = await write(batch);
      const outcome = writtenOf(readBatch, applied.result, this.#plan.nest?.levels);
      failPoint("applied");
      const { counts, levels } = outcome;
      this.#counts = sumOfLoads([this.#counts, asLoadCounts(counts, levels)]);
      await this.#noteKeys(applied.batch);
      return outcome;
    });
  }

  /** Writes batches whose look-ups are done: what is set late is left out, and kept for later. */
  #noting(batches: BatchWriter, late: LateValues | null): BatchApplier {
    const [plan] = this.#plan.tables;
    return {
      prepare: (batch) => batches.prepare(late?.firstPass(batch) ?? batch),
      write: async (batch) => {
        const result =
          late === null
            ? await batches.write(batch)
            : await late.note(batch, await batches.write(late.firstPass(batch)));
        return this.#asCounted(plan, result);
      },
    };
  }

  #asCounted(plan: TablePlan, result: BatchResult): BatchResult {
    return this.#plan.ofRun === true ? foundUnchanged(plan, result) : result;
  }

  /** Sets the columns that come after the last record; `null`: there are none. */
  async applyLate(): Promise<LateResult | null> {
    const late = this.#open?.late ?? null;
    if (late === null) return null;
    return await this.#asOurs(async () => {
      const result = await late.apply();
      addCounts(this.#counts, result.correction);
      return result;
    });
  }

  /** Of a load with a reject no row is missing, so that its keys need not be known. */
  async #noteKeys(batch: Batch): Promise<void> {
    if (this.#counts.rejected > 0 || batch.size === 0) return;
    const keys = this.#open?.keys ?? null;
    if (keys === null || this.#keyless) return;
    try {
      await keys.note(batch);
    } catch (error) {
      // Of rows that are only told of, it is enough not to know.
      const isUnknown = error instanceof UpsurgeError && error.code === "DELETE_KEY_UNKNOWN";
      if (this.#missing !== null || !isUnknown) throw error;
      this.#keyless = true;
    }
  }

  /** The key of every record so far was kept, where the plan keeps keys. */
  get knowsKeys(): boolean {
    return this.#counts.rejected === 0 && !this.#keyless;
  }

  /** Begins to look for rows that no record has, where the plan says so; to be called before the first record. */
  async beginRemoval(): Promise<void> {
    await this.#asOurs(async () => await this.#missing?.begin());
  }

  /** Takes the rows away that no record has, after the last; `null`: they stay, as the plan has it. */
  async removeMissing(how: RemovalHow): Promise<RemovalResult | null> {
    const missing = this.#missing;
    if (missing === null) return null;
    return await this.#asOurs(async () => {
      const { read, rejected } = this.#counts;
      const result =
        how.isWithheld || rejected > 0 ? missing.withhold() : await missing.remove(read, how);
      addCounts(this.#counts, { removed: result.removed });
      return result;
    });
  }

  /** The statements by which rows were looked for and taken away. */
  get ranRemoval(): readonly Step[] {
    return this.#missing?.ran ?? [];
  }

  /** Runs steps of the load in the transaction at hand; what they count is committed with it. */
  async runSteps(steps: readonly Step[]): Promise<Counts> {
    return await this.#asOurs(async () => {
      const { checkpointing } = this.#context;
      if (steps.some(({ kind }) => kind === "script"))
        await checkpointing?.cursor.beforeScript(checkpointing.table);
      const counts = await runSteps(steps, this.#session);
      addCounts(this.#counts, counts);
      return counts;
    });
  }

  /** What was written since the last commit, every record accounted for. */
  get counts(): LoadCounts {
    const counts = this.#counts;
    if (accountedFor(counts) === counts.read) return counts;
    const message = `${counts.read} records were read but ${accountedFor(counts)} counted`;
    throw upsurgeError("INTERNAL", { message });
  }

  /** Commits what was written since the last commit, and tells its counts. */
  async commit({ offsets, rejects }: CommitEntry): Promise<LoadCounts> {
    const counts = named(this.#guard.scoped(this.counts), this.#plan);
    this.#committing = true;
    await this.#asOurs(async () => {
      if (this.#open === null) return;
      const { transaction, scope } = this.#open;
      const moved = scope === "all" ? { scope, rejects } : { scope };
      await this.#commit(transaction, { ...moved, offsets, counts });
    });
    this.#committing = false;
    this.#made = true;
    this.#open = null;
    this.#counts = noCounts();
    return counts;
  }

  async #commit(transaction: Transaction, moved: CursorMove): Promise<void> {
    const { checkpointing } = this.#context;
    if (checkpointing === null) {
      failPoint("commit");
      await transaction.commit();
    } else await commitJob(transaction, moved, checkpointing);
    failPoint("committed");
  }

  /** Checks what a commit would check. */
  async rehearse(): Promise<void> {
    await this.#asOurs(async () => await this.#open?.transaction.rehearse?.());
  }

  /** Undoes what is not committed. Never throws. */
  async rollback(): Promise<void> {
    if (this.#context.joined === undefined) await this.#open?.transaction.rollback();
    this.#open = null;
  }

  /** Closes the session, but for one in the middle of a commit. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#committing) await this.#session.close();
  }

  async #asOurs<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TransactionAborted) this.#context.quarantine.learn(error);
      throw this.#stopped ? error : this.#session.translate(error);
    }
  }
}

function writerAt({ transaction }: JoinedTransaction, at: number | undefined): Writer {
  const writer = at === undefined ? undefined : transaction.writers[at];
  if (writer === undefined) throw upsurgeError("INTERNAL", { message: "no table to write" });
  return writer;
}
