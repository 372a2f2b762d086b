/**
 * Asks the database for the values of expressions: one statement for the records of a batch. Where it fails for the fault of a record,
 * each half is asked for by itself.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Row, RowFault } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { ValueColumn } from "../../model/value-plan.ts";
import type { Session } from "../../targets/target.ts";
import type { FieldTexts, ValueSql } from "../../model/sql/value-sql.ts";

/** What evaluates over. */
export type ValueSession = Pick<
  Session,
  "capabilities" | "execute" | "lookups" | "values" | "classify" | "rowFault"
>;

/** A value, and whether it is a number to a column that takes any type. */
export interface EvaluatedValue {
  readonly text: string | null;
  readonly isNumber: boolean;
  /** It has no text. */
  readonly isBlob: boolean;
}

/** The values of a row, in the order of the columns that were asked for; or why it has none. */
export type Evaluated =
  | { readonly kind: "values"; readonly values: readonly EvaluatedValue[] }
  | { readonly kind: "fault"; readonly fault: RowFault; readonly error: unknown };

/** What columns are evaluated. */
export interface ValueRequest {
  readonly table: TablePlan["table"];
  readonly columns: readonly ValueColumn[];
  /** Of the records. */
  readonly fields: number;
}

/** Evaluates for rows, all of which have expressions. Throws whatever no row caused. */
export class Evaluator {
  readonly #session: ValueSession;
  readonly #request: ValueRequest;
  readonly #sql: ValueSql;
  readonly #answers = new Map<Row, Evaluated>();
  #lost: Error | null = null;

  constructor(session: ValueSession, request: ValueRequest) {
    this.#session = session;
    this.#request = request;
    this.#sql = session.values(request.table, request.columns, request.fields);
  }

  /** The error that has ended the transaction, after which each statement goes by itself; `null`: it goes on. */
  get lost(): Error | null {
    return this.#lost;
  }

  /** What each of the rows comes to. */
  async evaluate(rows: readonly Row[]): Promise<ReadonlyMap<Row, Evaluated>> {
    const { execute, lookups } = this.#session;
    const saves = lookups.soleWriter !== true && lookups.endsTransaction !== true;
    if (saves) await execute.run(lookups.savepoint);
    for (let from = 0; from < rows.length; from += this.#sql.most)
      await this.#ask(rows.slice(from, from + this.#sql.most));
    if (saves && lookups.release !== undefined) await execute.run(lookups.release);
    return this.#answers;
  }

  async #ask(rows: readonly Row[]): Promise<void> {
    try {
      for (const [row, values] of await this.#valuesOf(this.#sql, rows))
        this.#answers.set(row, { kind: "values", values });
    } catch (error) {
      await this.#undo(error);
      const [only] = rows;
      if (only !== undefined && rows.length === 1) {
        this.#answers.set(only, { kind: "fault", fault: await this.#faultOf(only, error), error });
        return;
      }
      const half = Math.ceil(rows.length / 2);
      await this.#ask(rows.slice(0, half));
      await this.#ask(rows.slice(half));
    }
  }

  async #valuesOf(
    sql: ValueSql,
    rows: readonly Row[],
  ): Promise<[Row, readonly EvaluatedValue[]][]> {
    const texts = rows.map(({ expressions }): FieldTexts => expressions?.texts ?? []);
    const statement = sql.ask(texts);
    const answer = await this.#session.execute.run(statement.sql, statement.values);
    const byNumber = new Map(answer.rows.map((row) => [Number(row["n"]), row]));
    return rows.map((row, at) => {
      const found = byNumber.get(at + 1);
      // A record that was passed over must not pass for one whose values are NULL.
      if (found === undefined)
        throw upsurgeError("INTERNAL", { message: "an expression has no value for a record" });
      return [row, this.#request.columns.map((_, place) => valueIn(found, place + 1))];
    });
  }

  /** The fault of a row; where it has several expressions, the first that fails is found by itself. */
  async #faultOf(row: Row, error: unknown): Promise<RowFault> {
    const { table, columns, fields } = this.#request;
    const [first, ...others] = columns;
    if (first !== undefined && others.length === 0) return this.#fault(row, error, first);
    for (const column of columns) {
      try {
        await this.#valuesOf(this.#session.values(table, [column], fields), [row]);
      } catch (own) {
        await this.#undo(own);
        return this.#fault(row, own, column);
      }
    }
    return this.#fault(row, error, null);
  }

  #fault(row: Row, error: unknown, value: ValueColumn | null): RowFault {
    const fault = this.#session.rowFault(row, error, this.#request.table);
    return value === null ? fault : { ...fault, column: value.column.name };
  }

  /** Throws what no row has caused. */
  async #undo(error: unknown): Promise<void> {
    const { execute, lookups } = this.#session;
    if (this.#session.classify(error) !== "row") throw error;
    if (lookups.endsTransaction === true) {
      if (this.#lost === null) await execute.rollback();
      this.#lost ??= error instanceof Error ? error : new Error(String(error));
    } else if (lookups.soleWriter !== true) await execute.run(lookups.rollback);
  }
}

function valueIn(
  row: Readonly<Record<string, string | number | null>>,
  at: number,
): EvaluatedValue {
  const value = row[`v${at}`] ?? null;
  const type = row[`t${at}`];
  return {
    text: value === null ? null : String(value),
    isNumber: type === "integer" || type === "real",
    isBlob: type === "blob",
  };
}
