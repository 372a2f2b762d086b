/**
 * One of several writers at work at once: its partitions wait in a queue and are written one after another, in transactions of
 * about as many records as the plan says. What goes wrong is told to `fail`, and nothing is written after it.
 */
import type { ReadBatch } from "../batches.ts";
import type { CursorScope } from "../../checkpoint/cursor.ts";
import { RetrySerially } from "./serial-ranges.ts";
import type { RecordRange } from "./serial-ranges.ts";
import type { PendingBatch } from "./file-order.ts";
import type { SessionWriter } from "../session-writer.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { sizeOf } from "../writers.ts";
import type { Account } from "../writers.ts";
import type { CommittedOffset } from "../../model/source-offset.ts";

/** What the queues of a load share. */
export interface QueueContext {
  readonly account: Pick<Account, "beforeCommit" | "keep">;
  /** The most records of a transaction. */
  readonly most: number;
  /** Aborted as soon as anything has failed. */
  readonly failed: AbortSignal;
  readonly fail: (error: unknown) => void;
  /** Told whenever a partition or a commit is done. */
  readonly moved: () => void;
}

/** One writer's partition of a batch, and what is to be remembered of it. */
export interface QueuedPartition {
  readonly readBatch: ReadBatch;
  readonly expected: PendingBatch;
  /** The rows of the checkpoint that its transaction moves. */
  readonly scope: CursorScope;
  /** The records of the whole batch, where a reject among them must not be written by several writers. */
  readonly range: RecordRange | null;
}

/** The partitions that wait for one session. */
export class Queue {
  readonly #writer: SessionWriter;
  readonly #context: QueueContext;
  /** Never rejected. */
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Records of the transaction that the last partition in the queue belongs to. */
  #begun: number;
  #last: PendingBatch | null = null;
  /** The end of everything that was queued here or for another writer. */
  #passed: CommittedOffset | null = null;

  /** `begun`: so many records fewer go into the first transaction, that writers do not all commit at once. */
  constructor(writer: SessionWriter, context: QueueContext, begun: number) {
    this.#writer = writer;
    this.#context = context;
    this.#begun = begun;
  }

  /** Partitions that are not written yet, the one at work included. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Settled when everything that is queued now is done, or passed over after a failure. */
  get idle(): Promise<void> {
    return this.#tail;
  }

  /** Adds a partition. */
  push({ readBatch, expected, scope, range }: QueuedPartition): void {
    if (this.#begun + sizeOf(readBatch) > this.#context.most) this.commit();
    this.#writer.prepare(readBatch.batch);
    this.#begun += sizeOf(readBatch);
    this.#waiting += 1;
    this.#then(async () => {
      const written = await this.#writer.write(readBatch, scope);
      if (range !== null && written.rejects.length > 0) throw new RetrySerially(range);
      this.#waiting -= 1;
      this.#last = expected;
      expected.add(written);
    });
  }

  /** A batch has gone to its writers, this one perhaps among them: nothing of this one is left before its end. */
  passed(end: CommittedOffset | null): void {
    this.#passed = end;
  }

  /** Commits, when it is its turn, what was pushed since the last commit. */
  commit(): void {
    if (this.#begun === 0) return;
    this.#begun = 0;
    const offsets = this.#passed === null ? [] : [this.#passed];
    this.#then(async () => {
      const { account, failed } = this.#context;
      // What is committed must be accounted for first, and the account is kept in the order of the source.
      if (this.#last !== null) await unlessAborted(this.#last.taken, failed);
      const rejects = account.beforeCommit();
      account.keep(await this.#writer.commit({ offsets, rejects }));
    });
  }

  #then(work: () => Promise<void>): void {
    const { failed, fail, moved } = this.#context;
    this.#tail = this.#tail.then(async () => {
      try {
        if (!failed.aborted) await work();
      } catch (error) {
        fail(error);
      }
      moved();
    });
  }
}
