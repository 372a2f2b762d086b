/**
 * The writers of a load over one session: one transaction for everything or, where the plan commits in parts, one after
 * another.
 */
import type { LoadPlan } from "../model/load-plan.ts";
import type { Gathered } from "./batches.ts";
import type { BatchEnd, Mark } from "./batch-end.ts";
import type { SessionWriter } from "./session-writer.ts";
import { sizeOf } from "./writers.ts";
import type { Account, Ending, Writers } from "./writers.ts";

/** Writes every batch in turn. */
export class OneSession implements Writers {
  readonly failed: AbortSignal = new AbortController().signal;
  readonly #writer: SessionWriter;
  readonly #account: Account;
  readonly #most: number;
  readonly #ending: Ending;
  #hasCommitted = false;
  /** Records of the transaction at hand, with those that are being written. */
  #begun = 0;
  /** Sources that ended in the transaction at hand. */
  #marks: Mark[] = [];
  /** The end of the last batch that was written, in a source that goes on. */
  #end: BatchEnd | null = null;

  constructor(
    writer: SessionWriter,
    account: Account,
    { commitRows }: Pick<LoadPlan, "commitRows">,
    ending: Ending,
  ) {
    this.#writer = writer;
    this.#account = account;
    this.#most = commitRows ?? Infinity;
    this.#ending = ending;
  }

  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  async open(): Promise<void> {
    await this.#writer.begin();
  }

  prepare(gathered: Gathered): void {
    this.#writer.prepare(gathered.batch);
  }

  async write(gathered: Gathered): Promise<void> {
    if (this.#begun > 0 && !this.#fits(gathered)) await this.#commit();
    this.#begun += sizeOf(gathered);
    this.#account.take(await this.#writer.write(gathered));
    this.#pass(gathered.end);
  }

  #pass(end: BatchEnd | null): void {
    end?.release();
    if (end?.isLast === true) this.#marks.push(end.mark);
    this.#end = end?.isLast === true ? null : end;
  }

  #fits(gathered: Gathered): boolean {
    return this.#begun + sizeOf(gathered) <= this.#most;
  }

  async #commit(): Promise<void> {
    const marks = this.#end === null ? this.#marks : [...this.#marks, this.#end.mark];
    this.#begun = 0;
    this.#marks = [];
    const rejects = this.#account.beforeCommit();
    this.#hasCommitted = true;
    this.#account.keep(await this.#writer.commit({ marks, rejects }));
  }

  async finish(): Promise<void> {
    this.#account.check();
    if (this.#ending === "commit") return await this.#commit();
    await this.#writer.rehearse();
    await this.#writer.rollback();
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
