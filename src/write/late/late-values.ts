/**
 * The columns that a load sets once all its records are written: keeps what records bring for them, and then applies that
 * in file order, each record as one update of the row with its key.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { formatCount } from "../../errors/format.ts";
import { ROW_CODES } from "../../errors/row-codes.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Batch, BatchResult, Misfits, Row, RowFault } from "../../model/batch.ts";
import { addCounts, noCounts } from "../../model/counts.ts";
import type { Counts, RowOutcome } from "../../model/counts.ts";
import type { LateRows } from "../../model/late-rows.ts";
import type { LateColumns, TablePlan } from "../../model/load-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import { TransactionAborted } from "../../targets/target.ts";
import type { Session, Writer } from "../../targets/target.ts";
import type { Quarantine } from "../quarantine.ts";
import { BatchWriter } from "../write-batch.ts";
import { FirstPass, RowSplit } from "./first-pass.ts";
import { LateNotes } from "./late-notes.ts";
import type { LateNote } from "./late-notes.ts";

/** Rows of the second pass are known by a place in the load of their own: behind all those of the first. */
const SECOND_PASS = 2 ** 40;

/** What the second pass came to. */
export interface LateResult {
  /** What the counts of the load become other by: records that only this pass has changed. */
  readonly correction: Counts;
  readonly misfits: readonly Misfits[];
  readonly rows: LateRows;
}

/** What the second pass needs. */
export interface LateContext {
  readonly session: Pick<Session, "capabilities" | "classify" | "execute">;
  readonly writer: Writer;
  readonly quarantine: Quarantine;
}

/** The late columns of one table, in the transaction of its load. */
export class LateValues {
  readonly #plan: TablePlan;
  readonly #late: LateColumns;
  readonly #context: LateContext;
  readonly #first: FirstPass;
  readonly #kept: RowSplit;
  readonly #notes: LateNotes;

  private constructor(plan: TablePlan, late: LateColumns, context: LateContext) {
    this.#plan = plan;
    this.#late = late;
    this.#context = context;
    this.#first = new FirstPass(late.columns);
    this.#kept = new RowSplit((name) => late.kept.includes(name));
    this.#notes = new LateNotes(context.session.execute, `${late.plan.stage}_notes`, (columns) =>
      this.#kept.shapeWith(columns),
    );
  }

  /** Those of a plan, the place for their notes made. */
  static async begin(
    plan: TablePlan,
    late: LateColumns,
    context: LateContext,
  ): Promise<LateValues> {
    const values = new LateValues(plan, late, context);
    await values.#notes.begin();
    return values;
  }

  /** The batch without them. */
  firstPass(batch: Batch): Batch {
    return this.#first.of(batch);
  }

  /**
   * Keeps what the records of a batch bring, of which this became; tells the result as it counts. Where nothing else of a
   * record is to be updated, a row that was found is one that is unchanged so far.
   */
  async note({ rows }: Batch, result: BatchResult): Promise<BatchResult> {
    const { outcomes = new Map<number, RowOutcome>() } = result;
    const counts = noCounts();
    addCounts(counts, result.counts);
    for (const row of rows) {
      const found = outcomes.get(row.ord);
      if (found === undefined || !this.#carriesLate(row)) continue;
      const outcome = this.#outcomeOf(found);
      if (outcome !== found) {
        counts[found] -= 1;
        counts[outcome] += 1;
      }
      if (!LEAVING.has(outcome)) continue;
      this.#refuseMadeKey(row);
      const kept = this.#withoutNulls(this.#kept.row(row), outcome);
      if (kept !== null) await this.#notes.add({ row: kept, outcome });
    }
    return { ...result, counts };
  }

  #carriesLate({ shape }: Row): boolean {
    return this.#late.columns.some((name) => shape.columns.includes(name));
  }

  #outcomeOf(outcome: RowOutcome): RowOutcome {
    const { mode, update } = this.#plan;
    const updates = (mode === "upsert" || mode === "update") && update.where === null;
    return outcome === "ignored" && updates ? "unchanged" : outcome;
  }

  /** Under --null-keeps a NULL leaves the value of a row that was there; `null`: nothing is left to set. */
  #withoutNulls(row: Row, outcome: RowOutcome): Row | null {
    if (!this.#plan.update.nullKeeps || outcome === "inserted") return row;
    const { columns } = row.shape;
    const stays = (name: string, at: number): boolean =>
      row.values[at] !== null || !this.#late.columns.includes(name);
    const left = columns.filter(stays);
    if (left.every((name) => !this.#late.columns.includes(name))) return null;
    const places = left.map((name) => columns.indexOf(name));
    return {
      ...row,
      shape: this.#kept.shapeWith(left),
      values: places.map((place) => row.values[place] ?? null),
      numeric: row.numeric === null ? null : places.map((place) => row.numeric?.[place] ?? false),
    };
  }

  /** A key that the database has made row by row finds no row again. */
  #refuseMadeKey(row: Row): void {
    const { table } = this.#plan;
    const made = table.columns.find(
      ({ name, volatileDefault, identity }) =>
        (volatileDefault || identity !== null) &&
        this.#late.kept.includes(name) &&
        !row.shape.columns.includes(name),
    );
    if (made === undefined) return;
    const reason = `the record lacks ${made.name}, a part of its key, and the database makes a value for it`;
    throw this.#refused([row], reason, `give each record a value for ${made.name}`);
  }

  /** Sets them, after the last record. Throws `LATE_VALUE`. */
  async apply(): Promise<LateResult> {
    const { session, writer, quarantine } = this.#context;
    const batches = new BatchWriter(this.#late.plan, {
      writer,
      capabilities: session.capabilities,
      classify: (error) => session.classify(error),
      quarantine,
      tellsOutcomes: true,
    });
    const misfits: Misfits[] = [];
    const rows = { noted: 0, set: 0, missed: 0, only: 0 };
    let number = 1;
    for await (const notes of this.#notes.read()) {
      // A database in process leaves no other moment for signals and progress.
      await nextTurn();
      const result = await this.#write(batches, { number, notes });
      misfits.push(...(result.misfits ?? []));
      number += 1;
      rows.noted += notes.length;
      for (const { row, outcome } of notes) {
        const late = result.outcomes?.get(row.ord + SECOND_PASS);
        if (late === "skipped") rows.missed += 1;
        if (late !== "updated") continue;
        rows.set += 1;
        if (outcome === "unchanged") rows.only += 1;
      }
    }
    const { only, ...told } = rows;
    const correction = { ...noCounts(), unchanged: -only, updated: only };
    return { correction, misfits, rows: { columns: this.#late.columns, ...told } };
  }

  async #write(
    batches: BatchWriter,
    { number, notes }: { readonly number: number; readonly notes: readonly LateNote[] },
  ): Promise<BatchResult> {
    const rows = notes.map(({ row }) => ({ ...row, ord: row.ord + SECOND_PASS }));
    try {
      const result = await batches.write({ number, size: rows.length, rows, packed: null });
      if (result.faults.length > 0) throw this.#faulty(result.faults);
      return result;
    } catch (error) {
      // The load cannot go on without the row, so that another try would come to the same.
      if (error instanceof TransactionAborted && error.fault !== null)
        throw this.#faulty([error.fault]);
      throw error;
    }
  }

  #faulty(faults: readonly RowFault[]): Error {
    const [first] = faults;
    const constraint = first?.constraint ?? null;
    const message = first?.message ?? "";
    const isNamed = constraint === null || message.includes(constraint);
    const by = isNamed ? "" : ` (${constraint})`;
    const fix =
      first === undefined || first.code === "ROW_FOREIGN_KEY"
        ? "correct the value, or add the record that it refers to"
        : ROW_CODES[first.code].fix;
    const rows = faults.map(({ row }) => row);
    return this.#refused(rows, `${message}${by}`, fix);
  }

  #refused(rows: readonly Row[], reason: string, suggestion: string): Error {
    const places = rows.slice(0, PLACES_NAMED).map(placeText);
    const all = [...places, ...(rows.length > places.length ? ["others"] : [])].join("; ");
    return upsurgeError(
      "LATE_VALUE",
      {
        columns: this.#late.columns.join(", "),
        table: tableName(this.#plan.table.name),
        reason: `${all}: ${reason}`,
        suggestion,
      },
      { where: places[0] },
    );
  }
}

/** After such a record there is a row that it has written, or that is as it says. */
const LEAVING: ReadonlySet<RowOutcome> = new Set(["inserted", "updated", "unchanged"]);

/** So many places are named. */
const PLACES_NAMED = 3;

/** `staff.csv, record 2, line 3` */
function placeText({ record: { position } }: Row): string {
  const { source, record, line } = position;
  return `${sourceLabel(source)}, record ${formatCount(record)}, line ${formatCount(line[0])}`;
}
