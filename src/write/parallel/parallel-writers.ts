/**
 * The writers of a load over several sessions at once. Rows with the same key go to the same one, in the order of the
 * source. A batch whose keys cannot be told apart beforehand is written serially: all writers commit first, so that no
 * writer ever waits for a row that another one has locked.
 */
import { setMaxListeners } from "node:events";
import type { DifferencesByTable } from "../../model/differences.ts";
import type { LoadPlan, TablePlan } from "../../model/load-plan.ts";
import { CheckpointTable } from "../../checkpoint/checkpoint-table.ts";
import type { Lock, Session } from "../../targets/target.ts";
import type { ReadBatch } from "../batches.ts";
import type { CheckpointCursor } from "../../checkpoint/cursor.ts";
import { CommittedOffsets } from "./committed-offsets.ts";
import { DeadlockWatch } from "./deadlock-watch.ts";
import { rangeBetween, RetrySerially } from "./serial-ranges.ts";
import type { SerialRanges } from "./serial-ranges.ts";
import { FileOrder } from "./file-order.ts";
import { Queue } from "./queue.ts";
import type { QueueContext } from "./queue.ts";
import type { Quarantine } from "../quarantine.ts";
import { packedRow } from "../packed-row.ts";
import { rowsByHash, splitByHash } from "./route.ts";
import { SessionWriter } from "../session-writer.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { sizeOf } from "../writers.ts";
import type { Account, Writers } from "../writers.ts";

/** Partitions that a writer may have before it: the one at work, and the next. */
const MOST_WAITING = 2;

/** What the writers of a load work with. */
export interface ParallelWritersContext {
  readonly plan: LoadPlan;
  /** The session that planned the load; it keeps other loads away while the others write. */
  readonly leader: Session;
  readonly connect: () => Promise<Session>;
  readonly account: Account;
  readonly quarantine: Quarantine;
  /** Where the load is remembered: how far it has come, and what earlier tries have learned. */
  readonly job: { readonly cursor: CheckpointCursor; readonly serialRanges: SerialRanges } | null;
}

interface WriterSlot {
  readonly session: Session;
  readonly writer: SessionWriter;
  readonly queue: Queue;
}

/** Writes batches over several sessions. */
export class ParallelWriters implements Writers {
  readonly #context: ParallelWritersContext;
  readonly #failure = new AbortController();
  readonly #fileOrder: FileOrder;
  readonly #offsets: CommittedOffsets | null;
  #opened: WriterSlot[] = [];
  #tableLocks: Lock | null = null;
  #hasCommitted = false;
  #stopped = false;
  /** Batches are written serially for now. */
  #serial = false;
  #turn = 0;
  #wake: () => void = () => {};
  #watch: DeadlockWatch | null = null;

  constructor(context: ParallelWritersContext) {
    this.#context = context;
    this.#fileOrder = new FileOrder((written) => context.account.take(written));
    this.#offsets = context.job === null ? null : new CommittedOffsets(context.job);
    // Every writer waits for it, and the reading.
    setMaxListeners(0, this.#failure.signal);
  }

  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  /** What no record has is known at the end of one transaction. */
  readonly removed = null;
  readonly differences: DifferencesByTable = new Map();
  readonly late = null;

  /** What is run before or after the rows takes a single writer. */
  get ranSteps(): readonly [] {
    return [];
  }

  async open(): Promise<void> {
    const { leader, plan } = this.#context;
    this.#tableLocks =
      (await leader.lockTables?.(plan.tables, (error) => this.#fail(error))) ?? null;
    this.#watch = new DeadlockWatch({
      leader,
      writers: () => this.#opened.map(({ session }) => session),
      isBusy: () => this.#queues.some(({ waiting }) => waiting > 0),
      fail: (error) => this.#fail(error),
    });
    const count = plan.partitioning.writers;
    const opening = Array.from({ length: count }, async () => await this.#open());
    for (const result of await Promise.allSettled(opening)) {
      if (result.status === "rejected") throw result.reason;
    }
  }

  async #open(): Promise<void> {
    const { connect, plan, quarantine, job } = this.#context;
    const session = await connect();
    const checkpointing =
      job === null || plan.job === null
        ? null
        : { cursor: job.cursor, table: new CheckpointTable(plan.job.table, session.execute) };
    const writer = new SessionWriter(session, plan, { quarantine, locked: true, checkpointing });
    this.#opened.push({ session, writer, queue: this.#queueOf(writer) });
    if (this.#stopped) return await session.close();
    // Which rows of a checkpoint a transaction moves is known with its first batch.
    if (job === null) await writer.begin();
  }

  #queueOf(writer: SessionWriter): Queue {
    const { account, plan } = this.#context;
    const most = plan.commitRows ?? Infinity;
    const context: QueueContext = {
      account: {
        beforeCommit: () => {
          const rejects = account.beforeCommit();
          this.#hasCommitted = true;
          return rejects;
        },
        keep: (counts) => account.keep(counts),
      },
      most,
      failed: this.failed,
      fail: (error) => this.#fail(error),
      moved: () => this.#moved(),
    };
    const begun = (this.#opened.length * most) / plan.partitioning.writers;
    return new Queue(writer, context, Number.isFinite(begun) ? Math.floor(begun) : 0);
  }

  get #queues(): readonly Queue[] {
    return this.#opened.map(({ queue }) => queue);
  }

  /** A partition or a commit is done. */
  #moved(): void {
    this.#watch?.moved();
    this.#wake();
  }

  #fail(error: unknown): void {
    if (error instanceof RetrySerially) this.#context.job?.serialRanges.add(error);
    this.#failure.abort(error);
    this.#moved();
  }

  prepare(): void {
    // A partition is made ready when it joins its queue.
  }

  async write(readBatch: ReadBatch): Promise<void> {
    if (this.#offsets?.ended === true) await this.#seal();
    this.#offsets?.begin(readBatch);
    if (sizeOf(readBatch) === 0) return this.#pass(readBatch);
    const partitions = this.#partition(readBatch);
    const serial = partitions === null;
    if (serial !== this.#serial) await this.#commitAll();
    this.#serial = serial;
    if (!serial) await this.#share();
    this.#push(readBatch, partitions ?? [readBatch]);
    await this.#untilRoom();
  }

  /** What each writer gets; `null` for a batch that must be written serially. */
  #partition(readBatch: ReadBatch): readonly (ReadBatch | null)[] | null {
    const { plan, leader } = this.#context;
    const { key, writers } = plan.partitioning;
    const { batch, rejects, end } = readBatch;
    if (readBatch.serial === true || this.#offsets?.mustGoSerially(readBatch) === true) return null;
    if (key === null && this.#offsets === null) {
      this.#turn = (this.#turn + 1) % writers;
      return Array.from({ length: writers }, (_, writer) =>
        writer === this.#turn ? readBatch : null,
      );
    }
    if (rejects.length > 0) return null;
    if (batch.packed === null)
      return plan.nest === undefined ? null : this.#partitionRows(readBatch);
    const hashes =
      key === null
        ? this.#offsets?.recordNumbers(readBatch)
        : leader.keyHashes?.(keyedTable(plan), batch.packed);
    if (hashes === null || hashes === undefined) return null;
    const by = { writers, key: key?.columns ?? null };
    return splitByHash(batch, batch.packed, hashes, by).map((partition) =>
      partition === null ? null : { batch: partition, rejects, end },
    );
  }

  /** The same of records that hold others, and are not packed: each writer gets rows. */
  #partitionRows({ batch, rejects, end }: ReadBatch): readonly (ReadBatch | null)[] | null {
    const { plan, leader } = this.#context;
    const { key, writers } = plan.partitioning;
    const hashes: number[] = [];
    for (const row of batch.rows) {
      const hash =
        key === null
          ? row.record.position.record
          : leader.keyHashes?.(keyedTable(plan), packedRow(row))?.[0];
      if (hash === undefined) return null;
      hashes.push(hash);
    }
    return rowsByHash(batch, hashes, writers).map((partition) =>
      partition === null ? null : { batch: partition, rejects, end },
    );
  }

  /** Gives each writer a row of its own in the checkpoint, where the next batches are for all of them. */
  async #share(): Promise<void> {
    const offsets = this.#offsets;
    const { writers } = this.#context.plan.partitioning;
    if (offsets?.mustShare(writers) !== true) return;
    await this.#untilIdle();
    await this.#remember((cursor, table) => cursor.share(table, writers, offsets.last));
  }

  /** Changes the rows of the checkpoint, over the first session; its errors are ours. */
  async #remember(
    change: (cursor: CheckpointCursor, table: CheckpointTable) => Promise<void>,
  ): Promise<void> {
    const [first] = this.#opened;
    const { plan, job } = this.#context;
    if (first === undefined || job === null || plan.job === null) return;
    try {
      await change(job.cursor, new CheckpointTable(plan.job.table, first.session.execute));
    } catch (error) {
      throw first.session.translate(error);
    }
  }

  /** Nothing of it is to be written, but its end counts. */
  #pass(readBatch: ReadBatch): void {
    this.#offsets?.pass(readBatch);
    for (const queue of this.#queues) queue.passed(this.#offsets?.last ?? null);
  }

  #push(readBatch: ReadBatch, partitions: readonly (ReadBatch | null)[]): void {
    const expected = this.#fileOrder.expect(partitions.filter((each) => each !== null).length);
    const before = this.#offsets?.last ?? null;
    const end = readBatch.end?.committedOffset() ?? null;
    const range = end === null || this.#serial ? null : rangeBetween(before, end);
    for (const [writer, partition] of partitions.entries()) {
      if (partition === null) continue;
      const scope = this.#serial ? "all" : writer;
      this.#queues[writer]?.push({ readBatch: partition, expected, scope, range });
    }
    this.#pass(readBatch);
  }

  async #untilRoom(): Promise<void> {
    for (;;) {
      this.failed.throwIfAborted();
      if (this.#queues.every(({ waiting }) => waiting < MOST_WAITING)) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Writes what is queued and commits it, all writers at once. */
  async #commitAll(): Promise<void> {
    await this.#untilIdle();
    for (const queue of this.#queues) queue.commit();
    await this.#untilIdle();
  }

  async #untilIdle(): Promise<void> {
    await unlessAborted(Promise.all(this.#queues.map(({ idle }) => idle)), this.failed);
    this.failed.throwIfAborted();
  }

  /** The end of a source: everything of it is committed, and its partitions are one again. */
  async #seal(): Promise<void> {
    await this.#commitAll();
    const offsets = this.#offsets;
    if (offsets === null) return;
    await this.#remember((cursor, table) => cursor.seal(table, offsets.last));
    offsets.sealed();
  }

  async finish(): Promise<void> {
    await this.#untilIdle();
    this.#context.account.check();
    if (this.#offsets === null) await this.#commitAll();
    else await this.#seal();
    await this.#close();
  }

  async settle(): Promise<void> {
    await this.#commitAll();
    await this.#close();
  }

  async rollback(): Promise<void> {
    this.#fail(new Error("the load is undone"));
    // What one of them still waits for, another may have.
    await Promise.all(
      this.#opened.map(async ({ queue, writer }) => {
        await queue.idle;
        await writer.rollback();
      }),
    );
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#watch?.close();
    await Promise.all(this.#opened.map(({ session }) => session.close()));
    await this.#tableLocks?.release();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#opened.map(({ writer }) => writer.stop()));
  }
}

/** The plan of the table as a target hashes keys for it: with the arbiter that keeps rows together. */
export function keyedTable({ tables, partitioning }: LoadPlan): TablePlan {
  return { ...tables[0], arbiter: partitioning.key };
}
