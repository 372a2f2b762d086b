/**
 * `--max-rejects N` of a job of shards is one limit: each shard looks, after each of its commits, at what the others have
 * committed. What they reject between two looks may go beyond it.
 */
import { CheckpointTable } from "../../checkpoint/checkpoint-table.ts";
import { shardNames } from "../../checkpoint/shared-list.ts";
import { sumOfCounts } from "../../model/counts.ts";
import type { RunningLoad } from "../load-state.ts";

/** The limit as one shard keeps it. */
export class SharedBudget {
  readonly #load: RunningLoad;
  /** Records that were committed at the last look. */
  #seen = -1;

  constructor(load: RunningLoad) {
    this.#load = load;
  }

  /** Between two batches: counts what the others have rejected. Throws `REJECT_LIMIT`. */
  async look(): Promise<void> {
    const { prepared, ledger, request } = this.#load;
    const { job } = prepared.plan;
    const { maxRejects } = request.options;
    if (job?.shardOf === undefined || maxRejects.kind !== "count" || maxRejects.count === 0) return;
    const { read } = ledger.kept;
    if (read === this.#seen) return;
    this.#seen = read;
    const { count } = job.shardOf.shard;
    const others = shardNames(job.shardOf.job, count).filter((name) => name !== job.name);
    const rows = await new CheckpointTable(job.table, prepared.session.execute).readAll(others);
    ledger.rejects.othersHave(sumOfCounts(rows.map(({ counts }) => counts)).rejected);
  }
}
