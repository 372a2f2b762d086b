/**
 * Texts that a column keeps as text though its declared type promises a number, a time or a truth value. SQLite takes them
 * without a word (STRICT tables refuse them); a load counts them.
 */
import type { Batch, Misfits } from "../../../model/batch.ts";
import type { RowOutcome } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { BoundValue, BoundColumn } from "./values.ts";
import type { Affinity } from "../catalog/types.ts";

/** What a declared type promises. */
export type PromisedType = Misfits["promised"];

/**
 * What a declared type promises; `null` for types of text, without one, or that only fall to NUMERIC because SQLite knows no
 * better (UUID, JSON, STRING) or to INTEGER by the letters in their name (POINT, INTERVAL).
 */
export function promisedBy(type: string, affinity: Affinity): PromisedType | null {
  const name = type.toUpperCase();
  if (affinity === "text" || affinity === "blob") return null;
  if (name.includes("BOOL")) return "boolean";
  if (affinity === "real") return "number";
  if (affinity === "integer") return /POINT|INTERVAL/.test(name) ? null : "number";
  if (/DATE|TIME/.test(name)) return "time";
  return /NUM|DEC|MONEY|CURRENCY|FIXED|SERIAL|YEAR|\bBIT\b/.test(name) ? "number" : null;
}

/** What NUMERIC, INTEGER and REAL turn into a number. */
const NUMBER = /^[ \t\n\v\f\r]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\v\f\r]*$/;

/** A date, a time or both, as ISO 8601 and the databases write them. */
const TIME =
  /^\s*(?:[+-]?\d{4,6}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:(?:[Tt]| +)(?=\d\d:))?)?(?:(?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?(?:\s*(?:[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?)?\s*$/;

/** True when the column keeps the text as text against its promise. */
export function isMisfit(text: string, promised: PromisedType): boolean {
  if (promised === "time") {
    // Numbers become numbers: seconds since 1970, a Julian day.
    return text.trim() === "" || !(TIME.test(text) || NUMBER.test(text));
  }
  return !NUMBER.test(text);
}

/** Where the columns of a shape of rows end up: what a row that meets a target row leaves alone is not stored. */
export class MisfitColumns {
  readonly #columns: readonly BoundColumn[];
  /** By column: an update writes the incoming value, or has found the row by it. */
  readonly #updated: readonly boolean[];
  /** Every row of a statement for several rows stores its misfits, whatever became of it. */
  readonly always: boolean;

  constructor(columns: readonly BoundColumn[], { mode, arbiter, update }: TablePlan) {
    this.#columns = columns;
    const expressed = new Set([...update.sets, ...update.stamps].map((each) => each.column));
    this.#updated = columns.map(
      ({ name }) =>
        (update.columns.includes(name) && !expressed.has(name)) ||
        arbiter?.columns.includes(name) === true,
    );
    const kept = columns.every(
      ({ promised }, at) => promised === null || this.#updated[at] === true,
    );
    const updates =
      update.sets.length > 0 || columns.some(({ name }) => update.columns.includes(name));
    const upserts = mode === "upsert" && updates && update.where === null;
    this.always = mode === "insert" || (upserts && kept);
  }

  /** The columns, among those of the row whose values begin at `at`, that keep a misfit after this outcome. */
  stored(values: readonly BoundValue[], at: number, outcome: RowOutcome): BoundColumn[] {
    if (outcome !== "inserted" && outcome !== "updated" && outcome !== "unchanged") return [];
    return this.#columns.filter(({ promised }, index) => {
      const value = values[at + index];
      if (promised === null || typeof value !== "string") return false;
      return (outcome === "inserted" || this.#updated[index] === true) && isMisfit(value, promised);
    });
  }
}

/** Counts the misfits of one batch. */
export class BatchMisfits {
  readonly #batch: Batch;
  readonly #columns = new Map<string, Misfits & { count: number }>();

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  /** Counts one for each of the columns, in the row at this place of the batch; rows may come in any order. */
  count(columns: readonly BoundColumn[], index: number): void {
    for (const { name: column, type, promised } of columns) {
      const known = this.#columns.get(column);
      if (known !== undefined) known.count += 1;
      else if (promised !== null) {
        const first = (): ReturnType<Misfits["first"]> => this.#placeOf(index, column);
        this.#columns.set(column, { column, type, promised, count: 1, first });
      }
    }
  }

  get all(): Misfits[] {
    return [...this.#columns.values()];
  }

  /** Rows are made for it, once: only the first misfit of a load asks. */
  #placeOf(index: number, column: string): ReturnType<Misfits["first"]> {
    const row = this.#batch.rows[index];
    if (row === undefined) throw new RangeError(`the batch has no row ${index}`);
    const { position, raw } = row.record;
    return { ...position, value: row.values[row.shape.columns.indexOf(column)] ?? null, raw };
  }
}
