/**
 * One of several writers at work at once: its parts wait in line and are written one after another, in transactions of
 * about as many records as the plan says. What goes wrong is told to `fail`, and nothing is written after it.
 */
import type { Gathered } from "../batches.ts";
import type { Mark } from "../batch-end.ts";
import type { Part } from "../../checkpoint/cursor.ts";
import { MustGoAlone } from "./serial-ranges.ts";
import type { Stretch } from "./serial-ranges.ts";
import type { Expected } from "./file-order.ts";
import type { SessionWriter } from "../session-writer.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { sizeOf } from "../writers.ts";
import type { Account } from "../writers.ts";

/** What the queues of a load share. */
export interface QueueContext {
  readonly account: Pick<Account, "beforeCommit" | "keep">;
  /** The most records of a transaction. */
  readonly most: number;
  /** Aborted as soon as anything has failed. */
  readonly failed: AbortSignal;
  readonly fail: (error: unknown) => void;
  /** Told of every end of a piece of work. */
  readonly moved: () => void;
}

/** A part of a batch, and what is to be remembered of it. */
export interface QueuedPart {
  readonly gathered: Gathered;
  readonly expected: Expected;
  /** The rows of the checkpoint that its transaction moves. */
  readonly part: Part;
  /** The records of the whole batch, where a reject among them must not be written by several writers. */
  readonly stretch: Stretch | null;
}

/** A line of parts before one session. */
export class Queue {
  readonly #writer: SessionWriter;
  readonly #context: QueueContext;
  /** Never rejected. */
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Records of the transaction that the last part in line belongs to. */
  #begun: number;
  #last: Expected | null = null;
  /** Where the source stands after everything that is in line or was passed by. */
  #mark: Mark | null = null;

  /** `begun`: so many records fewer go into the first transaction, that writers do not all commit at once. */
  constructor(writer: SessionWriter, context: QueueContext, begun: number) {
    this.#writer = writer;
    this.#context = context;
    this.#begun = begun;
  }

  /** Parts that are not written yet, the one at work included. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Settled when everything that is in line now is done, or passed over after a failure. */
  get idle(): Promise<void> {
    return this.#tail;
  }

  /** Puts a part at the end of the line. */
  push({ gathered, expected, part, stretch }: QueuedPart): void {
    if (this.#begun + sizeOf(gathered) > this.#context.most) this.commit();
    this.#writer.prepare(gathered.batch);
    this.#begun += sizeOf(gathered);
    this.#waiting += 1;
    this.#then(async () => {
      const written = await this.#writer.write(gathered, part);
      if (stretch !== null && written.rejects.length > 0) throw new MustGoAlone(stretch);
      this.#waiting -= 1;
      this.#last = expected;
      expected.add(written);
    });
  }

  /** A batch has gone to its writers, this one perhaps among them: nothing of this one is left before its end. */
  passed(mark: Mark | null): void {
    this.#mark = mark;
  }

  /** Commits, when it is its turn, what was pushed since the last commit. */
  commit(): void {
    if (this.#begun === 0) return;
    this.#begun = 0;
    const marks = this.#mark === null ? [] : [this.#mark];
    this.#then(async () => {
      const { account, failed } = this.#context;
      // What is committed must be in the books, and these are kept in the order of the source.
      if (this.#last !== null) await unlessAborted(this.#last.taken, failed);
      const rejects = account.beforeCommit();
      account.keep(await this.#writer.commit({ marks, rejects }));
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
