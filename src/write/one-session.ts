/**
 * The writers of a load over one session: one transaction for everything or, where the plan commits in parts, one after
 * another.
 */
import type { LoadPlan } from "../model/load-plan.ts";
import type { Gathered } from "./batches.ts";
import type { SessionWriter } from "./session-writer.ts";
import { sizeOf } from "./writers.ts";
import type { Account, Ending, Writers } from "./writers.ts";

/** Writes every batch in turn. */
export class OneSession implements Writers {
  readonly failed = new AbortController().signal;
  readonly #writer: SessionWriter;
  readonly #account: Account;
  readonly #most: number;
  readonly #ending: Ending;
  #hasCommitted = false;

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

  prepare({ batch }: Gathered): void {
    this.#writer.prepare(batch);
  }

  async write(gathered: Gathered): Promise<void> {
    const { pending } = this.#writer;
    if (pending > 0 && pending + sizeOf(gathered) > this.#most) await this.#commit();
    this.#account.take(await this.#writer.write(gathered));
  }

  async #commit(): Promise<void> {
    this.#account.beforeCommit();
    this.#hasCommitted = true;
    this.#account.keep(await this.#writer.commit());
  }

  async finish(): Promise<void> {
    this.#account.check();
    if (this.#ending === "commit") return await this.#commit();
    await this.#writer.rehearse();
    await this.#writer.rollback();
  }

  async rollback(): Promise<void> {
    await this.#writer.rollback();
  }

  async stop(): Promise<void> {
    await this.#writer.stop();
  }
}
