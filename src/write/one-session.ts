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
  readonly failed: AbortSignal = new AbortController().signal;
  readonly #writer: SessionWriter;
  readonly #account: Account;
  readonly #most: number;
  readonly #ending: Ending;
  #hasCommitted = false;
  /** Records of the transaction at hand, with those that are being written. */
  #begun = 0;

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
  }

  #fits(gathered: Gathered): boolean {
    return this.#begun + sizeOf(gathered) <= this.#most;
  }

  async #commit(): Promise<void> {
    this.#begun = 0;
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
