/**
 * Applies a batch under the law. Sets of rows where nothing couples them; where a key repeats, its repeats are folded by a
 * target that can, or go in waves; one row at a time where only that is exact or where a row is at fault. Knows no target's
 * name.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Batch, BatchResult, Row, RowFault } from "../model/batch.ts";
import { accountedFor, addCounts, noCounts, ROW_OUTCOMES } from "../model/counts.ts";
import type { Counts, OutcomeCounts, RowOutcome } from "../model/counts.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { MadeKeys } from "../model/nest/made-keys.ts";
import type { ErrorClass, Writer } from "../targets/target.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import type { Repeat, RepeatFolds, SetWriter } from "../targets/set-writer.ts";
import { Quarantine } from "./quarantine.ts";
import { joinResults } from "./applied-batch.ts";
import { Parts } from "./faults/parts.ts";
import type { FailedPart, PartSize } from "./faults/parts.ts";
import { pickRows, rangeOf, rowsBatch, without } from "./row-batches.ts";
import { hasDeletes, MixedWriter } from "./write-mixed.ts";

/** A wave looks at all staged rows: one that carries less than so many, or such a share of them, costs more than one row at a time. */
const WORTHWHILE_WAVE = 8;
const WORTHWHILE_SHARE = 1 / 200;

/** So few waves are always applied as sets. */
const FEW_WAVES = 4;

/** So many rows that cannot be written as a set go one at a time, unless it is known what else costs less. */
const SMALL = 2000;

/** What a batch writer needs besides the plan. */
export interface BatchWriterContext {
  readonly writer: Writer;
  readonly capabilities: Capabilities;
  readonly classify: (error: unknown) => ErrorClass;
  /** What earlier tries of the load have learned. */
  readonly quarantine?: Quarantine;
  /** Results have the outcome of each row; absent: they only count. */
  readonly tellsOutcomes?: boolean;
  /** Outcomes that need not be told apart then: a row may have another one of them; absent: each is told. */
  readonly alike?: readonly OutcomesAlike[];
}

/** Outcomes that come to the same for whoever asks. */
export type OutcomesAlike = readonly RowOutcome[];

/** Takes batches of which nothing is left to look up. */
export type BatchApplier = Pick<BatchWriter, "prepare" | "write">;

/** Writes the batches of one load; remembers whether keys repeat. */
export class BatchWriter {
  readonly #plan: TablePlan;
  readonly #writer: Writer;
  readonly #classify: (error: unknown) => ErrorClass;
  readonly #quarantine: Quarantine;
  readonly #appliesInOrder: boolean;
  /** Where records may delete. */
  readonly #mixed: MixedWriter | null;
  readonly #tells: boolean;
  readonly #alike: readonly OutcomesAlike[];
  readonly #tried: PartSize = { most: Infinity };
  #repeatsSeen = false;

  constructor(plan: TablePlan, context: BatchWriterContext) {
    const { writer, capabilities, classify, quarantine = new Quarantine() } = context;
    this.#plan = plan;
    this.#writer = writer;
    this.#classify = classify;
    this.#quarantine = quarantine;
    this.#appliesInOrder = capabilities.appliesRowsInOrder;
    this.#tells = context.tellsOutcomes === true;
    this.#alike = context.alike ?? [];
    this.#mixed = this.#deleting({ ...context, quarantine });
  }

  #deleting(context: BatchWriterContext): MixedWriter | null {
    const { deletes } = context.writer;
    const plan = this.#plan.recordDeletes?.plan;
    if (deletes === undefined || plan === undefined) return null;
    const own = new BatchWriter(plan, { ...context, writer: deletes });
    const { isolation } = this.#plan;
    return new MixedWriter({
      plan,
      keys: deletes.set,
      classify: this.#classify,
      inFileOrder: (batch) =>
        (isolation.rowByRow ?? isolation.inFileOrder) !== null ||
        this.#quarantine.goesRowByRow(batch),
      write: async (batch) => await this.#writeSound(batch),
      remove: async (batch) => referenced(await own.#writeSound(batch)),
    });
  }

  /** Makes a batch ready while an earlier one is being written. */
  prepare(batch: Batch): void {
    // One that is written in parts is sent in parts.
    const isWhole = batch.size <= this.#tried.most;
    if (isWhole && !this.#oneAtATime(batch)) this.#writer.set?.prepare?.(batch);
  }

  /** Applies the batch; its counts are exact. Throws whatever no row caused. */
  async write(batch: Batch): Promise<BatchResult> {
    const known = this.#quarantine.faultsIn(batch);
    const { counts, faults, ...more } = await this.#writeSound(without(batch, known));
    const total = accountedFor(counts) + faults.length + known.length;
    if (total !== batch.size) {
      const message = `batch ${batch.number} has ${batch.size} rows but ${total} were counted`;
      throw upsurgeError("INTERNAL", { message });
    }
    const inOrder = [...known, ...faults].toSorted((a, b) => a.row.ord - b.row.ord);
    return { ...more, counts, faults: inOrder };
  }

  async #writeSound(batch: Batch): Promise<BatchResult> {
    if (batch.size === 0) return { counts: {}, faults: [] };
    if (this.#mixed !== null && hasDeletes(batch)) return await this.#mixed.write(batch);
    const { set } = this.#writer;
    // A writer without sets may still take rows together.
    if (set === undefined && batch.size > 1 && this.#quarantine.goesRowByRow(batch))
      return this.#inParts(
        batch,
        batch.rows.map((row) => [row]),
      );
    if (set === undefined || this.#oneAtATime(batch)) return this.#applyEach(batch);
    return await this.#writeSets(set, batch);
  }

  #applyEach(batch: Batch, atFault = false): Promise<BatchResult> {
    return this.#writer.applyEach(batch, this.#tells, atFault);
  }

  async #inParts(batch: Batch, parts: readonly (readonly Row[])[]): Promise<BatchResult> {
    const results: BatchResult[] = [];
    for (const rows of parts) results.push(await this.#writeSound(rowsBatch(batch, rows)));
    return joinResults(results);
  }

  /** As one set, or in parts where that is not possible: a few rows at fault do not make all the others go one at a time. */
  async #writeSets(set: SetWriter, batch: Batch): Promise<BatchResult> {
    const results: BatchResult[] = [];
    const parts = new Parts(batch.size, this.#tried);
    for (let part = parts.next; part !== null; part = parts.next) {
      const rows = rangeOf(batch, part.from, part.to);
      const result = part.each
        ? await this.#applyEach(rows, part.isFault)
        : await this.#writeSet(set, rows);
      if ("isFault" in result) parts.failed(part, result);
      else {
        results.push(result);
        parts.written(part);
      }
    }
    const [only, ...more] = results;
    return only !== undefined && more.length === 0 ? only : joinResults(results);
  }

  #oneAtATime(batch: Batch): boolean {
    const { isolation } = this.#plan;
    if (isolation.rowByRow !== null || this.#quarantine.goesRowByRow(batch)) return true;
    if (this.#plan.made !== undefined && isUntold(batch, this.#plan.made)) return true;
    return isolation.inFileOrder !== null && isMixed(batch);
  }

  /** The rows applied as a set; or why that is not possible, with nothing left behind. `sifts`: some are refused whatever is in the table. */
  async #writeSet(set: SetWriter, batch: Batch, sifts = false): Promise<BatchResult | FailedPart> {
    await set.savepoint();
    try {
      const result = sifts ? await this.#sift(set, batch) : await this.#stage(set, batch);
      if (result !== null) return result;
    } catch (error) {
      const kind = this.#classify(error);
      if (kind !== "row" && kind !== "repeat") throw error;
      const again = set.retreat?.(error) === true || this.#meetsRepeats(kind);
      const stopped = kind === "row" ? (set.stoppedAt?.(error) ?? null) : null;
      await set.rollbackToSavepoint();
      if (again) return this.#writeSet(set, batch);
      if (!sifts && stopped?.byItself === true) return this.#writeSet(set, batch, true);
      const place = sifts ? null : (stopped?.place ?? null);
      return { isFault: kind === "row", place, few: set.fewRows ?? SMALL };
    }
    await set.rollbackToSavepoint();
    return { isFault: false, place: null, few: SMALL };
  }

  /** True for the first time that repeats are met where they may be taken apart. */
  #meetsRepeats(kind: ErrorClass): boolean {
    if (kind !== "repeat" || this.#repeatsSeen) return false;
    this.#repeatsSeen = this.#plan.isolation.inFileOrder === null;
    return this.#repeatsSeen;
  }

  /** `null` where the rows cannot be applied as a set. */
  async #stage(set: SetWriter, batch: Batch): Promise<BatchResult | null> {
    const faults = await set.stage(batch);
    const sound = without(batch, faults);
    const applied = sound.size === 0 ? nothing() : await this.#applyStaged(set, sound);
    if (applied === null || !this.#isWhole(sound, applied)) return null;
    await set.release();
    return await this.#applyLeft(sound, { ...applied, faults });
  }

  /**
   * The same without the rows that the database refuses whatever is in the table, which then go one at a time to be told why.
   * If it takes one of them after all, or refuses it for another row, it was asked out of order: `null`.
   */
  async #sift(set: SetWriter, batch: Batch): Promise<BatchResult | null> {
    const picked = new Uint8Array(batch.size);
    const refused = (await set.sift?.(batch)) ?? [];
    for (const place of refused) picked[place] = 1;
    const sound = pickRows(
      batch,
      picked.map((each) => 1 - each),
    );
    const applied = sound.size === 0 ? nothing() : await this.#applyStaged(set, sound);
    if (applied === null || !this.#isWhole(sound, applied)) return null;
    const { faults } = await this.#applyEach(pickRows(batch, picked), true);
    if (faults.length < refused.length || faults.some(isOfOtherRows)) return null;
    await set.release();
    return await this.#applyLeft(sound, { ...applied, faults });
  }

  /** All rows are accounted for and, where outcomes are told, all of those that were applied have the same. */
  #isWhole({ size }: Batch, { counts, left }: SetOutcome): boolean {
    if (accountedFor(counts) + left.length !== size) return false;
    return !this.#tells || areAlike(outcomesIn(counts), this.#alike);
  }

  async #applyStaged(set: SetWriter, batch: Batch): Promise<SetOutcome | null> {
    const looks = this.#mustLookForRepeats(batch);
    if (looks && set.folds) return applyFolded(set, set.folds, batch);
    const counts = noCounts();
    const repeats = looks ? await set.repeats(batch) : [];
    if (repeats.length === 0) {
      addCounts(counts, await set.apply(batch, { kind: "all" }));
      return { counts, left: [] };
    }
    if (this.#plan.isolation.inFileOrder !== null) return null;
    const waves = intoWaves(repeats);
    const repeated = repeats.map((repeat) => repeat.ord);
    addCounts(counts, await set.apply(batch, { kind: "except", ords: repeated }));
    const worthwhile = countWorthwhile(waves, batch.size);
    for (const [at, ords] of waves.slice(0, worthwhile).entries()) {
      addCounts(counts, await set.apply(batch, { kind: "only", ords, wave: at + 2 }));
    }
    const left = new Set(waves.slice(worthwhile).flat());
    return { counts, left: left.size === 0 ? [] : batch.rows.filter(({ ord }) => left.has(ord)) };
  }

  /** Rows of keys that repeat more often than others go one at a time: nothing but their own keys depends on them. */
  async #applyLeft(
    batch: Batch,
    { counts, left, faults }: SetOutcome & { readonly faults: readonly RowFault[] },
  ): Promise<BatchResult> {
    const outcomes = this.#tells ? sameOutcome(batch, { counts, left }) : null;
    const told = outcomes === null ? {} : { outcomes };
    if (left.length === 0) return { counts, faults, ...told };
    const result = await this.#applyEach(rowsBatch(batch, left));
    addCounts(counts, result.counts);
    for (const [ord, outcome] of result.outcomes ?? []) outcomes?.set(ord, outcome);
    return { counts, faults: [...faults, ...result.faults], ...told };
  }

  /** A native upsert of rows of one shape may find repeats by itself, at no cost; everything else has to ask. */
  #mustLookForRepeats(batch: Batch): boolean {
    const { mode, strategy, arbiter, isolation } = this.#plan;
    if (mode === "insert" || arbiter === null) return false;
    if (mode === "update" || strategy === "select-then-write" || !this.#appliesInOrder) return true;
    return isolation.inFileOrder === null && (this.#repeatsSeen || isMixed(batch));
  }
}

/** A row that is not deleted for a foreign key is one that others refer to. */
function referenced({ faults, ...result }: BatchResult): BatchResult {
  return {
    ...result,
    faults: faults.map((fault) =>
      fault.code === "ROW_FOREIGN_KEY" ? { ...fault, code: "ROW_REFERENCED" } : fault,
    ),
  };
}

/** Whether another row made the database refuse it, or the lack of one: a row after it may have come to be there since. */
function isOfOtherRows({ code }: RowFault): boolean {
  return code === "ROW_UNIQUE" || code === "ROW_FOREIGN_KEY";
}

/** What a set of rows came to, and the rows that are left to be applied one at a time. */
interface SetOutcome {
  readonly counts: Counts;
  readonly left: readonly Row[];
}

function nothing(): SetOutcome {
  return { counts: noCounts(), left: [] };
}

/** What became of rows, by these counts: each outcome once. */
function outcomesIn(counts: OutcomeCounts): RowOutcome[] {
  return ROW_OUTCOMES.filter((outcome) => (counts[outcome] ?? 0) > 0);
}

/** Whether there are not two outcomes that are to be told apart. */
function areAlike(found: readonly RowOutcome[], alike: readonly OutcomesAlike[]): boolean {
  return (
    found.length <= 1 || alike.some((group) => found.every((outcome) => group.includes(outcome)))
  );
}

/** The one outcome, or one that is like it, of all rows but those that are left, by `ord`. */
function sameOutcome(batch: Batch, { counts, left }: SetOutcome): Map<number, RowOutcome> {
  const [outcome] = outcomesIn(counts);
  if (outcome === undefined) return new Map();
  const waiting = new Set(left);
  const applied = batch.rows.filter((row) => !waiting.has(row));
  return new Map(applied.map(({ ord }) => [ord, outcome]));
}

/** Applies the first row of each key as a set, and folds the others. */
async function applyFolded(set: SetWriter, folds: RepeatFolds, batch: Batch): Promise<SetOutcome> {
  const counts = noCounts();
  const aside = await folds.setAside(batch);
  addCounts(counts, await set.apply(batch, { kind: "all" }));
  if (aside > 0) addCounts(counts, await folds.apply());
  return { counts, left: [] };
}

/** How many of the waves, which grow smaller, are applied as sets. */
function countWorthwhile(waves: readonly number[][], rows: number): number {
  if (waves.length <= FEW_WAVES) return waves.length;
  const least = Math.max(WORTHWHILE_WAVE, rows * WORTHWHILE_SHARE);
  const thin = waves.findIndex((ords) => ords.length < least);
  return thin < 0 ? waves.length : thin;
}

function isMixed(batch: Batch): boolean {
  if (batch.packed !== null) return false;
  if (batch.mixed !== undefined)
    return batch.mixed.some(({ shape }) => shape !== batch.mixed?.[0]?.shape);
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

/** Whether a row has no value in a column that the database tells of row by row. */
function isUntold({ rows }: Batch, { written }: MadeKeys): boolean {
  return written.some(({ name }) =>
    rows.some(({ shape, values }) => (values[shape.columns.indexOf(name)] ?? null) === null),
  );
}
