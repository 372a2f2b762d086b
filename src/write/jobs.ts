/**
 * The writers of a load over several sessions at once. Rows with the same key go to the same one, in the order of the
 * source. A batch whose keys cannot be told apart beforehand goes by itself: all others commit first, so that no writer
 * ever waits for a row that another one holds.
 */
import { setMaxListeners } from "node:events";
import type { LoadPlan } from "../model/load-plan.ts";
import type { Hold, Session } from "../targets/target.ts";
import type { Gathered } from "./batches.ts";
import { InOrder } from "./in-order.ts";
import { Queue } from "./queue.ts";
import type { QueueContext } from "./queue.ts";
import type { Quarantine } from "./quarantine.ts";
import { splitByHash } from "./route.ts";
import { SessionWriter } from "./session-writer.ts";
import { unlessAborted } from "./unless-aborted.ts";
import type { Account, Writers } from "./writers.ts";

/** Parts that a writer may have before it: the one at work, and the next. */
const MOST_WAITING = 2;

/** What the writers of a load work with. */
export interface JobsContext {
  readonly plan: LoadPlan;
  /** The session that planned the load; it keeps other loads away while the others write. */
  readonly leader: Session;
  readonly connect: () => Promise<Session>;
  readonly account: Account;
  readonly quarantine: Quarantine;
}

interface Opened {
  readonly session: Session;
  readonly writer: SessionWriter;
  readonly queue: Queue;
}

/** Writes batches over several sessions. */
export class Jobs implements Writers {
  readonly #context: JobsContext;
  readonly #failure = new AbortController();
  readonly #books: InOrder;
  #opened: Opened[] = [];
  #hold: Hold | null = null;
  #hasCommitted = false;
  #stopped = false;
  /** Batches go by themselves for now. */
  #alone = false;
  #turn = 0;
  #moved: () => void = () => {};

  constructor(context: JobsContext) {
    this.#context = context;
    this.#books = new InOrder((written) => context.account.take(written));
    // Every writer waits for it, and the reading.
    setMaxListeners(0, this.#failure.signal);
  }

  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  async open(): Promise<void> {
    const { leader, plan } = this.#context;
    this.#hold = (await leader.hold?.(plan, (error) => this.#fail(error))) ?? null;
    const count = plan.sharing.writers;
    const opening = Array.from({ length: count }, async () => await this.#open());
    for (const result of await Promise.allSettled(opening)) {
      if (result.status === "rejected") throw result.reason;
    }
  }

  async #open(): Promise<void> {
    const { connect, plan, quarantine } = this.#context;
    const session = await connect();
    const writer = new SessionWriter(session, plan, { quarantine, held: true });
    this.#opened.push({ session, writer, queue: this.#queueOf(writer) });
    if (this.#stopped) return await session.close();
    await writer.begin();
  }

  #queueOf(writer: SessionWriter): Queue {
    const { account, plan } = this.#context;
    const most = plan.commitRows ?? Infinity;
    const context: QueueContext = {
      account: {
        beforeCommit: () => {
          account.beforeCommit();
          this.#hasCommitted = true;
        },
        keep: (counts) => account.keep(counts),
      },
      most,
      failed: this.failed,
      fail: (error) => this.#fail(error),
      moved: () => this.#moved(),
    };
    const begun = (this.#opened.length * most) / plan.sharing.writers;
    return new Queue(writer, context, Number.isFinite(begun) ? Math.floor(begun) : 0);
  }

  get #queues(): readonly Queue[] {
    return this.#opened.map(({ queue }) => queue);
  }

  #fail(error: unknown): void {
    this.#failure.abort(error);
    this.#moved();
  }

  prepare(): void {
    // A part is made ready when it joins its line.
  }

  async write(gathered: Gathered): Promise<void> {
    const parts = this.#partsOf(gathered);
    const alone = parts === null;
    if (alone !== this.#alone) await this.#commitAll();
    this.#alone = alone;
    this.#push(parts ?? [gathered]);
    await this.#untilRoom();
  }

  /** What each writer gets; `null` for a batch that must go by itself. */
  #partsOf(gathered: Gathered): readonly (Gathered | null)[] | null {
    const { plan, leader } = this.#context;
    const { by, writers } = plan.sharing;
    if (by === null) {
      this.#turn = (this.#turn + 1) % writers;
      return Array.from({ length: writers }, (_, way) => (way === this.#turn ? gathered : null));
    }
    const { batch, rejects } = gathered;
    if (batch.packed === null || rejects.length > 0) return null;
    const hashes = leader.keyHashes?.(keyedPlan(plan), batch.packed) ?? null;
    if (hashes === null) return null;
    return splitByHash(batch, batch.packed, hashes, writers).map((part) =>
      part === null ? null : { batch: part, rejects },
    );
  }

  #push(parts: readonly (Gathered | null)[]): void {
    const expected = this.#books.expect(parts.filter((part) => part !== null).length);
    for (const [way, part] of parts.entries()) {
      if (part !== null) this.#queues[way]?.push(part, expected);
    }
  }

  async #untilRoom(): Promise<void> {
    for (;;) {
      this.failed.throwIfAborted();
      if (this.#queues.every(({ waiting }) => waiting < MOST_WAITING)) return;
      await new Promise<void>((resolve) => {
        this.#moved = resolve;
      });
    }
  }

  /** Writes what is in line and commits it, all writers at once. */
  async #commitAll(): Promise<void> {
    await this.#untilIdle();
    for (const queue of this.#queues) queue.commit();
    await this.#untilIdle();
  }

  async #untilIdle(): Promise<void> {
    await unlessAborted(Promise.all(this.#queues.map(({ idle }) => idle)), this.failed);
    this.failed.throwIfAborted();
  }

  async finish(): Promise<void> {
    await this.#untilIdle();
    this.#context.account.check();
    await this.#commitAll();
    await this.#close();
  }

  async rollback(): Promise<void> {
    this.#fail(new Error("the load is undone"));
    await Promise.all(this.#queues.map(({ idle }) => idle));
    await Promise.all(this.#opened.map(({ writer }) => writer.rollback()));
    await this.#close();
  }

  async #close(): Promise<void> {
    await Promise.all(this.#opened.map(({ session }) => session.close()));
    await this.#hold?.release();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#opened.map(({ writer }) => writer.stop()));
  }
}

/** The plan as a target hashes keys for it: with the arbiter that keeps rows together. */
function keyedPlan(plan: LoadPlan): LoadPlan {
  return { ...plan, arbiter: plan.sharing.by };
}
