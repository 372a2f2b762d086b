/**
 * Applies a batch in which some records delete the row of their key, under the law. Where nothing couples rows with different
 * keys, it goes in waves: the first row of each key, then the second…; of a wave, those that write and those that delete may
 * go as two sets. Everywhere else it goes in runs of records that do the same, in the order of the file.
 */
import { joinOutcomes } from "./applied-batch.ts";
import type { Batch, BatchResult, Row, RowFault, RowShape } from "../model/batch.ts";
import { addCounts, noCounts } from "../model/counts.ts";
import type { Misfits } from "../model/batch.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { ErrorClass } from "../targets/target.ts";
import type { SetWriter } from "../targets/set-writer.ts";

/** So few runs are written as they are; so many waves are worth to be written as such. */
const FEW_RUNS = 4;
const MOST_WAVES = 6;

/** What a mixed batch is written with. */
export interface MixedContext {
  /** Of the deletes. */
  readonly plan: TablePlan;
  /** Where keys are compared; absent: the engine takes rows in turn anyway. */
  readonly keys: SetWriter | undefined;
  readonly classify: (error: unknown) => ErrorClass;
  /** Rows keep their order in the file. */
  readonly inFileOrder: (batch: Batch) => boolean;
  /** Writes rows none of which deletes, or all of which do. */
  readonly write: (batch: Batch) => Promise<BatchResult>;
  readonly remove: (batch: Batch) => Promise<BatchResult>;
}

/** True for a batch with a row that deletes. */
export function hasDeletes(batch: Batch): boolean {
  // The rows of a packed batch are made when they are asked for, and none of them deletes.
  if (batch.packed !== null || batch.mixed !== undefined) return false;
  return batch.rows.some(({ shape }) => shape.deletes === true);
}

/** Writes the mixed batches of one load. */
export class MixedWriter {
  readonly #context: MixedContext;

  constructor(context: MixedContext) {
    this.#context = context;
  }

  /** Applies the batch; its counts are exact. */
  async write(batch: Batch): Promise<BatchResult> {
    const total = new ResultSum();
    const runs = intoRuns(batch.rows);
    const isLong = runs.length > FEW_RUNS && !this.#context.inFileOrder(batch);
    const waves = isLong ? await this.#waves(batch) : null;
    if (waves === null) {
      for (const rows of runs) await this.#writeRun(batch, rows, total);
      return total.result;
    }
    for (const rows of waves.slice(0, MOST_WAVES)) {
      for (const deletes of [false, true]) {
        const own = rows.filter(({ shape }) => (shape.deletes === true) === deletes);
        await this.#writeRun(batch, own, total);
      }
    }
    const left = waves.slice(MOST_WAVES).flat();
    for (const rows of intoRuns(left.toSorted((a, b) => a.ord - b.ord)))
      await this.#writeRun(batch, rows, total);
    return total.result;
  }

  async #writeRun({ number }: Batch, rows: readonly Row[], total: ResultSum): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    const { write, remove } = this.#context;
    const run: Batch = { number, size: rows.length, rows, packed: null };
    total.add(await (first.shape.deletes === true ? remove(run) : write(run)));
  }

  /** The rows by how often their key was there before; `null` where that cannot be told. */
  async #waves(batch: Batch): Promise<Row[][] | null> {
    const { keys, classify } = this.#context;
    if (keys === undefined) return null;
    await keys.savepoint();
    let waves: Row[][] | null = null;
    try {
      const rows = this.#keysOf(batch.rows);
      const staged: Batch = { number: batch.number, size: rows.length, rows, packed: null };
      await keys.stage(staged);
      const repeats = await keys.repeats(staged);
      const waveOf = new Map(repeats.map(({ ord, wave }) => [ord, wave]));
      waves = [];
      for (const row of batch.rows) (waves[(waveOf.get(row.ord) ?? 1) - 1] ??= []).push(row);
    } catch (error) {
      const kind = classify(error);
      if (kind !== "row" && kind !== "repeat") throw error;
    }
    // What is staged is of no use any more.
    await keys.rollbackToSavepoint();
    return waves;
  }

  /** The rows with nothing but their keys. */
  #keysOf(rows: readonly Row[]): Row[] {
    const { plan } = this.#context;
    const named = new Set(plan.columns.map(({ name }) => name));
    const shapes = new Map<RowShape, { readonly shape: RowShape; readonly places: number[] }>();
    return rows.map((row) => {
      let known = shapes.get(row.shape);
      if (known === undefined) {
        const columns = row.shape.columns.filter((name) => named.has(name));
        const places = columns.map((name) => row.shape.columns.indexOf(name));
        known = { shape: { id: row.shape.id, columns }, places };
        shapes.set(row.shape, known);
      }
      const { shape, places } = known;
      return {
        ...row,
        shape,
        values: places.map((place) => row.values[place] ?? null),
        numeric: row.numeric === null ? null : places.map((place) => row.numeric?.[place] ?? false),
      };
    });
  }
}

/** The rows cut wherever one deletes and the next does not, or the other way round. */
function intoRuns(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  let last: Row | null = null;
  for (const row of rows) {
    if (last === null || (last.shape.deletes ?? false) !== (row.shape.deletes ?? false))
      runs.push([]);
    runs.at(-1)?.push(row);
    last = row;
  }
  return runs;
}

/** What several parts of a batch have come to. */
class ResultSum {
  readonly #counts = noCounts();
  readonly #faults: RowFault[] = [];
  readonly #misfits: Misfits[] = [];
  readonly #parts: BatchResult[] = [];

  add(part: BatchResult): void {
    const { counts, faults, misfits = [] } = part;
    this.#parts.push(part);
    addCounts(this.#counts, counts);
    this.#faults.push(...faults);
    this.#misfits.push(...misfits);
  }

  get result(): BatchResult {
    const told = joinOutcomes(this.#parts);
    return { counts: this.#counts, faults: this.#faults, misfits: this.#misfits, ...told };
  }
}
