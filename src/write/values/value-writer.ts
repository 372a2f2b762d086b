/**
 * Fills the columns of `--value` before anything else is done with the rows of a batch: one statement evaluates the expressions of
 * all of them. A record for which an expression fails is rejected, and no other.
 */
import type { Batch, Row, RowFault, RowShape } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { ValuesPlan } from "../../model/value-plan.ts";
import { grouped } from "../../targets/grouped.ts";
import { TransactionAborted } from "../../targets/target.ts";
import { joinApplied } from "../applied-batch.ts";
import type { AppliedBatch } from "../applied-batch.ts";
import type { Quarantine } from "../quarantine.ts";
import { rowsBatch, without } from "../row-batches.ts";
import { Evaluator } from "./evaluate.ts";
import type { Evaluated, ValueSession } from "./evaluate.ts";
import { fillRow } from "./fill-row.ts";

/** What a value writer needs besides its plan. */
export interface ValueWriterContext {
  readonly session: ValueSession;
  readonly quarantine: Quarantine;
  /** Key columns in which a NULL is a reject. */
  readonly guarded: ReadonlySet<string>;
  /** Does the rest with rows that have their values. */
  readonly write: (batch: Batch) => Promise<AppliedBatch>;
}

/** Writes the batches of one transaction. */
export class ValueWriter {
  readonly #table: TablePlan["table"];
  readonly #values: ValuesPlan;
  readonly #context: ValueWriterContext;
  readonly #shapes = new Map<string, RowShape>();

  constructor({ table }: TablePlan, values: ValuesPlan, context: ValueWriterContext) {
    this.#table = table;
    this.#values = values;
    this.#context = context;
  }

  /** Evaluates and applies; its counts are exact. Throws whatever no row caused. */
  async write(batch: Batch): Promise<AppliedBatch> {
    const { quarantine } = this.#context;
    const isSingle = this.#values.eachRecord !== null || quarantine.goesRowByRow(batch);
    if (batch.size > 1 && isSingle) {
      const parts: AppliedBatch[] = [];
      for (const row of batch.rows) parts.push(await this.write(rowsBatch(batch, [row])));
      return joinApplied(batch, parts);
    }
    const refused = quarantine.faultsIn(batch);
    const { rows, faults } = await this.#fill(without(batch, refused).rows);
    const applied = await this.#context.write(rowsBatch(batch, rows));
    const all = [...refused, ...faults, ...applied.result.faults];
    const inOrder = all.toSorted((a, b) => a.row.ord - b.row.ord);
    return { ...applied, result: { ...applied.result, faults: inOrder } };
  }

  /** The rows with their values, and those that have none. */
  async #fill(
    rows: readonly Row[],
  ): Promise<{ rows: readonly Row[]; faults: readonly RowFault[] }> {
    const { columns } = this.#values;
    const { guarded, session } = this.#context;
    const { notNullCode } = session.capabilities;
    const context = { columns, guarded, notNullCode, without: this.#without.bind(this) };
    const evaluated = new Map<Row, Evaluated>();
    for (const of of grouped(rows, usesOf).values())
      for (const [row, found] of await this.#evaluate(of)) evaluated.set(row, found);
    const filled: Row[] = [];
    const faults: RowFault[] = [];
    for (const row of rows) {
      const found = evaluated.get(row);
      if (found?.kind === "fault") {
        faults.push(found.fault);
        continue;
      }
      const uses = row.expressions?.uses ?? [];
      const values = new Map(uses.flatMap(({ value }, at) => pairOf(value, found?.values[at])));
      const made = fillRow(row, values, context);
      if (made.kind === "row") filled.push(made.row);
      else faults.push(made.fault);
    }
    return { rows: filled, faults };
  }

  /** Rows with the same expressions. */
  async #evaluate(rows: readonly Row[]): Promise<ReadonlyMap<Row, Evaluated>> {
    const uses = rows[0]?.expressions?.uses ?? [];
    if (uses.length === 0) return new Map();
    const { session } = this.#context;
    const evaluator = new Evaluator(session, {
      table: this.#table,
      columns: uses.flatMap(({ value }) => this.#values.columns[value] ?? []),
      fields: this.#values.fields.length,
    });
    const answers = await evaluator.evaluate(rows);
    if (evaluator.lost !== null) this.#startAgain(evaluator.lost, [...answers.values()]);
    return answers;
  }

  /** The transaction is lost: the next try leaves out all rows that are at fault. */
  #startAgain(error: Error, answers: readonly Evaluated[]): never {
    const faults = answers.flatMap((each) => (each.kind === "fault" ? each.fault : []));
    const [first, ...others] = faults;
    for (const fault of others)
      this.#context.quarantine.add(new TransactionAborted(error.message, [fault.row], fault));
    const rows = first === undefined ? [] : [first.row];
    throw new TransactionAborted(error.message, rows, first ?? null);
  }

  #without(shape: RowShape, places: readonly number[]): RowShape {
    const columns = shape.columns.filter((_, at) => !places.includes(at));
    const key = JSON.stringify([shape.deletes === true, columns]);
    let found = this.#shapes.get(key);
    if (found === undefined) {
      // Shapes of records are counted from 0.
      const id = -1 - this.#shapes.size;
      found = { id, columns, ...(shape.deletes === true ? { deletes: true } : {}) };
      this.#shapes.set(key, found);
    }
    return found;
  }
}

function pairOf<T>(key: number, value: T | undefined): [number, T][] {
  return value === undefined ? [] : [[key, value]];
}

/** What is evaluated for a row, as a text. */
function usesOf({ expressions }: Row): string {
  return (expressions?.uses ?? []).map(({ value }) => value).join();
}
