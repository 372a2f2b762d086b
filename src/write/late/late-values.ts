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
import { LookupWriter } from "../lookups/lookup-writer.ts";
import type { LookupWriterContext } from "../lookups/lookup-writer.ts";
import type { LookupSession } from "../lookups/finder.ts";
import type { NamedRows } from "../lookups/named-rows.ts";
import { keyOfPending } from "../lookups/resolve-rows.ts";
import { rowsBatch } from "../row-batches.ts";
import { columnsOf, FirstPass, RowSplit } from "./first-pass.ts";
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
  readonly session: LookupSession & Pick<Session, "capabilities">;
  readonly writer: Writer;
  readonly quarantine: Quarantine;
  readonly named: NamedRows;
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

  /** What forgets all that is kept from now on of records that are undone. */
  mark(): () => void {
    return this.#notes.mark();
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
    const isLookedUp = (place: number): boolean =>
      row.later?.some((each) => each.at === place && keyOfPending(each) !== null) === true;
    const stays = (name: string, at: number): boolean =>
      row.values[at] !== null || isLookedUp(at) || !this.#late.columns.includes(name);
    const left = columns.filter(stays);
    if (left.every((name) => !this.#late.columns.includes(name))) return null;
    const places = left.map((name) => columns.indexOf(name));
    return columnsOf(row, this.#kept.shapeWith(left), places);
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
    const { session, quarantine, named } = this.#context;
    const batches = new BatchWriter(this.#late.plan, {
      writer: this.#context.writer,
      capabilities: session.capabilities,
      classify: (error) => session.classify(error),
      quarantine,
      tellsOutcomes: true,
    });
    const outcomes = new Map<number, RowOutcome>();
    const applier = this.#leavingNulls(batches, outcomes);
    const context = { session, batches: applier, quarantine, guarded: NO_COLUMNS, named };
    const writer = new LookupWriter(this.#late.plan, context);
    const misfits: Misfits[] = [];
    const rows = { noted: 0, set: 0, missed: 0, only: 0 };
    let created = 0;
    let number = 1;
    for await (const notes of this.#notes.read()) {
      // A database in process leaves no other moment for signals and progress.
      await nextTurn();
      outcomes.clear();
      for (const { row, outcome } of notes) outcomes.set(row.ord + SECOND_PASS, outcome);
      const result = await this.#write(writer, { number, notes });
      misfits.push(...(result.misfits ?? []));
      created += result.created ?? 0;
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
    const correction = { ...noCounts(), unchanged: -only, updated: only, created };
    return { correction, misfits, rows: { columns: this.#late.columns, ...told } };
  }

  /** Writes what was looked up; under --null-keeps a NULL that this came to sets nothing in a row that was there. */
  #leavingNulls(
    batches: BatchWriter,
    outcomes: ReadonlyMap<number, RowOutcome>,
  ): LookupWriterContext["batches"] {
    if (!this.#plan.update.nullKeeps) return batches;
    const left = (row: Row): Row[] => {
      const kept = this.#withoutNulls(row, outcomes.get(row.ord) ?? "inserted");
      return kept === null ? [] : [kept];
    };
    return {
      prepare: () => undefined,
      write: async (batch) => await batches.write(rowsBatch(batch, batch.rows.flatMap(left))),
    };
  }

  async #write(
    writer: LookupWriter,
    { number, notes }: { readonly number: number; readonly notes: readonly LateNote[] },
  ): Promise<BatchResult> {
    const rows = notes.map(({ row }) => ({ ...row, ord: row.ord + SECOND_PASS }));
    try {
      const { result } = await writer.write({ number, size: rows.length, rows, packed: null });
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
        : first.code === "ROW_LOOKUP"
          ? "correct the record, or add the one that it names; --lookup-missing null leaves the column NULL, insert makes the row"
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

/** None of the columns that are set is a part of the key. */
const NO_COLUMNS: ReadonlySet<string> = new Set();

/** After such a record there is a row that it has written, or that is as it says. */
const LEAVING: ReadonlySet<RowOutcome> = new Set(["inserted", "updated", "unchanged"]);

/** So many places are named. */
const PLACES_NAMED = 3;

/** `staff.csv, record 2, line 3` */
function placeText({ record: { position } }: Row): string {
  const { source, record, line } = position;
  return `${sourceLabel(source)}, record ${formatCount(record)}, line ${formatCount(line[0])}`;
}
