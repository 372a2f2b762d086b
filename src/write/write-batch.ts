/**
 * Applies a batch under the law. Sets of rows where nothing couples them, in waves where a key repeats,
 * one row at a time where only that is exact or where a row is at fault. Knows no target's name.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Batch, BatchResult } from "../model/batch.ts";
import { accountedFor, addCounts, noCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import type { ErrorClass, Repeat, SetWriter, Writer } from "../targets/target.ts";

/** Waves that carry fewer rows than this on average cost more than one row at a time. */
const WORTHWHILE_WAVE = 8;

/** Writes the batches of one load; remembers whether keys repeat. */
export class BatchWriter {
  readonly #plan: LoadPlan;
  readonly #writer: Writer;
  readonly #classify: (error: unknown) => ErrorClass;
  #repeatsSeen = false;

  constructor(plan: LoadPlan, writer: Writer, classify: (error: unknown) => ErrorClass) {
    this.#plan = plan;
    this.#writer = writer;
    this.#classify = classify;
  }

  /** Applies the batch; its counts are exact. Throws whatever no row caused. */
  async write(batch: Batch): Promise<BatchResult> {
    if (batch.rows.length === 0) return { counts: {}, faults: [] };
    const { set } = this.#writer;
    const counts =
      set === undefined || this.#oneAtATime(batch) ? null : await this.#writeSet(set, batch);
    const result = counts === null ? await this.#writer.applyEach(batch) : { counts, faults: [] };
    const total = accountedFor({ ...noCounts(), ...result.counts }) + result.faults.length;
    if (total !== batch.rows.length) {
      const message = `batch ${batch.number} has ${batch.rows.length} rows but ${total} were counted`;
      throw upsurgeError("INTERNAL", { message });
    }
    return result;
  }

  #oneAtATime(batch: Batch): boolean {
    const { coupling } = this.#plan;
    return coupling.rows !== null || (coupling.order !== null && isMixed(batch));
  }

  /** The counts of the batch applied as a set; `null`, with nothing left behind, when that is not possible. */
  async #writeSet(set: SetWriter, batch: Batch): Promise<Counts | null> {
    await set.savepoint();
    try {
      await set.stage(batch);
      const counts = await this.#applyStaged(set, batch);
      if (counts !== null && accountedFor(counts) === batch.rows.length) {
        await set.release();
        return counts;
      }
    } catch (error) {
      const kind = this.#classify(error);
      if (kind !== "row" && kind !== "repeat") throw error;
      if (kind === "repeat" && !this.#repeatsSeen && this.#plan.coupling.order === null) {
        this.#repeatsSeen = true;
        await set.rollbackToSavepoint();
        return this.#writeSet(set, batch);
      }
    }
    await set.rollbackToSavepoint();
    return null;
  }

  async #applyStaged(set: SetWriter, batch: Batch): Promise<Counts | null> {
    const counts = noCounts();
    const repeats = this.#mustLookForRepeats(batch) ? await set.repeats(batch) : [];
    if (repeats.length === 0) {
      addCounts(counts, await set.apply(batch, { kind: "all" }));
      return counts;
    }
    const waves = intoWaves(repeats);
    if (this.#plan.coupling.order !== null) return null;
    if (repeats.length / waves.length < WORTHWHILE_WAVE && waves.length > 4) return null;
    const repeated = repeats.map((repeat) => repeat.ord);
    addCounts(counts, await set.apply(batch, { kind: "except", ords: repeated }));
    for (const ords of waves) addCounts(counts, await set.apply(batch, { kind: "only", ords }));
    return counts;
  }

  /** A native upsert of rows of one shape finds repeats by itself, at no cost; everything else has to ask. */
  #mustLookForRepeats(batch: Batch): boolean {
    const { mode, strategy, arbiter, coupling } = this.#plan;
    if (mode === "insert" || arbiter === null) return false;
    if (mode === "update" || strategy === "select-then-write") return true;
    return coupling.order === null && (this.#repeatsSeen || isMixed(batch));
  }
}

function isMixed(batch: Batch): boolean {
  const [first] = batch.rows;
  return batch.rows.some((row) => row.shape !== first?.shape);
}

/** The repeats, second occurrences first; each wave in file order. */
function intoWaves(repeats: readonly Repeat[]): number[][] {
  const waves = new Map<number, number[]>();
  for (const { ord, wave } of repeats) {
    const ords = waves.get(wave);
    if (ords === undefined) waves.set(wave, [ord]);
    else ords.push(ord);
  }
  return [...waves].toSorted(([a], [b]) => a - b).map(([, ords]) => ords.toSorted((a, b) => a - b));
}
