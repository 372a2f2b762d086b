/**
 * The tables of a job while it is at work: with every commit they are compared with those that the job began to write to.
 * Where the database can, that is a part of the statement which moves the checkpoint: by then the tables that the transaction
 * has written to are locked, so that nobody drops them before it ends.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues } from "../model/checkpoint.ts";
import type { SqlExecutor } from "../targets/sql-executor.ts";
import { findTables, isMadeAnew, MADE_ANEW, partsOf, refuseEmptied } from "./same-table.ts";
import type { FoundTables } from "./same-table.ts";

/** The tables of one job. */
export class WatchedTables {
  #found: FoundTables;
  readonly #checkpoint: string;
  /** `null`: not looked at yet. */
  #schema: number | null = null;
  #isLearning: boolean;

  /** `checkpoint` is the checkpoint table. */
  constructor(found: FoundTables, checkpoint: string) {
    this.#found = found;
    this.#checkpoint = checkpoint;
    // A table that the load makes itself is known once it is made.
    this.#isLearning = found.each.includes(null);
  }

  /** What has to hold for a commit, as SQL; none where the database is asked in another way. */
  conditions({ dialect }: SqlExecutor): readonly string[] {
    const { tables, each } = this.#found;
    return tables.flatMap(({ sql }, at) => {
      const madeAs = each[at] ?? null;
      return madeAs === null || dialect.isMadeAs === undefined
        ? []
        : [dialect.isMadeAs(sql, partsOf(madeAs).own)];
    });
  }

  /** A script of the load's own is about to run in the transaction at hand: what it makes of the tables is the job's doing. */
  async expectOthers(job: string, executor: SqlExecutor): Promise<void> {
    await this.refuseOthers(job, executor);
    this.#isLearning = true;
  }

  /** Looks at tables that the transaction at hand may have made; `null`: it has made none, or nothing tells them from others. */
  async learn(executor: SqlExecutor): Promise<string | null> {
    if (!this.#isLearning) return null;
    this.#isLearning = false;
    this.#found = await this.#find(executor);
    return this.#found.madeAs;
  }

  /** Throws `JOB_TABLE` for a table that was dropped, and one that was made again. */
  async refuseOthers(job: string, executor: SqlExecutor): Promise<void> {
    const now = await this.#find(executor);
    for (const [at, { label: table }] of this.#found.tables.entries()) {
      const [known, found] = [this.#found.each[at] ?? null, now.each[at] ?? null];
      if (known === null || (found !== null && !isMadeAnew(known, found))) continue;
      const reason = found === null ? "it was dropped since the job wrote to it" : MADE_ANEW;
      throw upsurgeError("JOB_TABLE", { table, job, reason });
    }
  }

  /**
   * At the beginning of a transaction, with all rows of the job: where the version of the schema tells of changes, the tables
   * are looked at after each.
   */
  async look(rows: readonly CheckpointValues[], executor: SqlExecutor): Promise<void> {
    const [first] = rows;
    const schema = await executor.schemaVersion?.();
    if (first === undefined || schema === undefined || schema === this.#schema) return;
    await this.refuseOthers(first.job, executor);
    // Of tables that the order in which they were made does not tell apart.
    if (this.#schema !== null) await refuseEmptied(rows, this.#found.tables, executor);
    this.#schema = schema;
  }

  async #find(executor: SqlExecutor): Promise<FoundTables> {
    return await findTables(this.#found.tables, this.#checkpoint, executor);
  }
}
