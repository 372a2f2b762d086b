/**
 * Tells what rows that were written are referred to by: out of their records, where these say it, else out of the table, by
 * one statement for the rows of a batch. The same look-ups as those of `--lookup`.
 */
import type { Row } from "../../model/batch.ts";
import type { OutcomeCounts } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import { isToldByKey } from "../../model/nest/nest-plan.ts";
import type { NestLink } from "../../model/nest/nest-plan.ts";
import { tellsNumbers } from "../../model/table-shape.ts";
import { withValues } from "../row-values.ts";
import { mostMissing } from "./absent-rows.ts";
import { unfitKeyFault } from "../lookups/answer.ts";
import type { LookupFault } from "../lookups/answer.ts";
import { Finder } from "../lookups/finder.ts";
import type { LookupSession } from "../lookups/finder.ts";

/** The value of a linking column. */
export interface LinkValue {
  readonly text: string;
  /** It is a number to a column that takes any type. */
  readonly isNumber: boolean;
}

/**
 * What a row is referred to by, beside the links; `absent`: it is not there; `unfit`: a text of its key is no value of its column;
 * `unknown`: nothing tells, or several rows are found.
 */
export type LinkKey =
  | { readonly kind: "values"; readonly values: readonly LinkValue[] }
  | { readonly kind: "absent"; readonly key: string }
  | { readonly kind: "unfit"; readonly fault: LookupFault }
  | { readonly kind: "unknown"; readonly column: string; readonly found: number };

/** Rows of one record cannot be told from those of another in the batch: each record is to be written by itself. */
export class RecordsCoupled extends Error {}

/** A key that rows are looked up by has a text that does not fit: from now on each statement has a savepoint, and the batch is written again. */
export class KeysUnfit extends Error {}

/** What the links of a level are, and whether the rows that they refer to are only looked up. */
export interface FoundBy {
  readonly links: readonly NestLink[];
  readonly finds: boolean;
}

/** Rows that were written, and what became of them. */
export interface WrittenRows {
  readonly rows: readonly Row[];
  readonly counts: OutcomeCounts;
  /** There is no other record in the batch. */
  readonly isOnly: boolean;
  /** They were not written, and may not be there. */
  readonly areFound: boolean;
}

/** Finds for the links of one level. */
export class LinkFinder {
  readonly #plan: TablePlan;
  readonly #links: readonly NestLink[];
  readonly #session: LookupSession;
  /** Rows are only looked up: a text of a key may be no value of its column. */
  readonly #finds: boolean;
  #finders: readonly (Finder | null)[] | null = null;
  /** A text was unfit before: statements have a savepoint. */
  #isSaved = false;

  /** `plan` is that of the table whose rows are referred to. */
  constructor(plan: TablePlan, { links, finds }: FoundBy, session: LookupSession) {
    this.#plan = plan;
    this.#links = links;
    this.#session = session;
    this.#finds = finds;
  }

  /** What each of the rows is referred to by. Throws `RecordsCoupled`. */
  async find({ rows, counts, isOnly, areFound }: WrittenRows): Promise<readonly LinkKey[]> {
    const told = rows.map((row) => this.toldBy(row));
    if (this.#plan.made !== undefined)
      return told.map((values, at) => this.#made(values, rows[at]));
    const mayLack = areFound || mostMissing(counts, this.#plan) > 0;
    if (!mayLack && told.every((values) => values !== null))
      return told.map((values): LinkKey => ({ kind: "values", values: values ?? [] }));
    if (!isOnly && !areFound && this.#mayMove(rows))
      throw new RecordsCoupled("the referenced columns change");
    return await this.#ask(rows, mayLack ? rows.map(() => null) : told);
  }

  /** Whether the records of rows say what these are referred to by, after this has become of them. */
  areTold(counts: OutcomeCounts): boolean {
    // What the database makes is in the rows as they were written.
    return this.#plan.made === undefined && this.#tells && mostMissing(counts, this.#plan) === 0;
  }

  get #tells(): boolean {
    const { arbiter, mode } = this.#plan;
    return mode === "insert" || (arbiter !== null && isToldByKey(this.#links));
  }

  /** Out of the record: its key, or what it was inserted with; `null`: it does not say it, or another row may have been met. */
  toldBy(row: Row): readonly LinkValue[] | null {
    if (!this.#tells) return null;
    const values: LinkValue[] = [];
    for (const { refersTo } of this.#links) {
      const value = valueIn(row, refersTo.name);
      if (value === null) return null;
      values.push(value);
    }
    return values;
  }

  /** A row without its key, which the database would have made, is not there. */
  #made(values: readonly LinkValue[] | null, row: Row | undefined): LinkKey {
    if (values !== null) return { kind: "values", values };
    const made = new Set(this.#plan.made?.written.map(({ name }) => name));
    for (const { column } of this.#plan.made?.before ?? []) made.add(column.name);
    const names = this.#links.map(({ refersTo }) => refersTo.name);
    const lacking = names.find((name) => row === undefined || valueIn(row, name) === null) ?? "";
    if (!made.has(lacking)) return { kind: "unknown", column: lacking, found: 0 };
    return { kind: "absent", key: `the ${lacking} that was made for it` };
  }

  #keyColumns(): readonly string[] {
    const [link] = this.#links;
    return link?.find?.keys.map(({ column }) => column.name) ?? [];
  }

  /** A later record may give the row another value. */
  #mayMove(rows: readonly Row[]): boolean {
    const key = new Set(this.#keyColumns());
    const moved = this.#links.map(({ refersTo }) => refersTo.name).filter((name) => !key.has(name));
    return rows.some(({ shape }) => moved.some((name) => shape.columns.includes(name)));
  }

  /** `told`: what is known already. */
  async #ask(
    rows: readonly Row[],
    told: readonly (readonly LinkValue[] | null)[],
  ): Promise<readonly LinkKey[]> {
    const keys = rows.map((row, at) => (told[at] === null ? this.#keyOf(row) : null));
    const finders = this.#links.map((_, at) => this.#finder(at));
    await this.#askAll(finders, new Set(keys.filter((key) => key !== null)));
    return rows.map((row, at): LinkKey => {
      const known = told[at] ?? null;
      if (known !== null) return { kind: "values", values: known };
      return this.#answer(row, keys[at] ?? null, finders);
    });
  }

  /** Only what a statement says that has failed costs savepoints. Throws `KeysUnfit`. */
  async #askAll(finders: readonly (Finder | null)[], keys: ReadonlySet<string>): Promise<void> {
    const { execute, lookups } = this.#session;
    if (this.#isSaved) await execute.run(lookups.savepoint);
    try {
      for (const finder of finders) {
        finder?.begin();
        await finder?.ask(keys);
      }
    } catch (error) {
      const mayAsk = this.#finds && !this.#isSaved && lookups.endsTransaction !== true;
      if (!mayAsk || this.#session.classify(error) !== "row") throw error;
      this.#isSaved = true;
      throw new KeysUnfit("a text of a key is no value of its column", { cause: error });
    }
    if (this.#isSaved && lookups.release !== undefined) await execute.run(lookups.release);
  }

  #answer(row: Row, key: string | null, finders: readonly (Finder | null)[]): LinkKey {
    const values: LinkValue[] = [];
    for (const [at, finder] of finders.entries()) {
      const column = this.#links[at]?.refersTo.name ?? "";
      const answer = key === null ? undefined : finder?.answer(key);
      if (answer?.kind === "found") values.push({ text: answer.id, isNumber: answer.isNumber });
      else if (answer?.kind === "missing") return { kind: "absent", key: this.#keyText(key ?? "") };
      else if (answer?.kind === "unfit" && finder !== null)
        return {
          kind: "unfit",
          fault: unfitKeyFault(finder.lookup, answer, {
            texts: finder.textsOf(key ?? ""),
            row,
            session: this.#session,
          }),
        };
      else return { kind: "unknown", column, found: answer?.kind === "several" ? answer.count : 0 };
    }
    return { kind: "values", values };
  }

  /** The key of a row as finders know it; `null`: a part of it is missing. */
  #keyOf(row: Row): string | null {
    const columns = this.#links[0]?.find?.keys.map(({ column }) => column) ?? [];
    const values = columns.map(({ name }) => valueIn(row, name));
    if (columns.length === 0 || values.includes(null)) return null;
    const numbers = columns.map(
      (column, at) => tellsNumbers(column) && values[at]?.isNumber === true,
    );
    return Finder.keyOf(
      values.map((value) => value?.text ?? ""),
      numbers,
    );
  }

  /** `email = 'x'`, for messages. */
  #keyText(key: string): string {
    const texts = this.#finder(0)?.textsOf(key) ?? [];
    return this.#keyColumns()
      .map((name, at) => `${name} = '${(texts[at] ?? "").slice(0, 40)}'`)
      .join(" and ");
  }

  #finder(at: number): Finder | null {
    this.#finders ??= this.#links.map(({ find }) =>
      find === null ? null : new Finder(find, this.#asked()),
    );
    return this.#finders[at] ?? null;
  }

  /** Without a savepoint, and where texts were written before, what fails is not asked again by halves. */
  #asked(): LookupSession {
    const session = this.#session;
    return {
      execute: session.execute,
      lookups: session.lookups,
      rowFault: session.rowFault.bind(session),
      classify: (error) => (this.#isSaved ? session.classify(error) : "fatal"),
    };
  }
}

/** The value of a column in a row; `null`: it has none, or NULL. */
export function valueIn({ shape, values, numeric }: Row, column: string): LinkValue | null {
  const at = shape.columns.indexOf(column);
  const text = at < 0 ? null : (values[at] ?? null);
  return text === null ? null : { text, isNumber: numeric?.[at] ?? false };
}

/** The row with these values in its linking columns. */
export function linkedRow(row: Row, links: readonly NestLink[], found: readonly LinkValue[]): Row {
  const placed = links.flatMap(({ column }, place) => {
    const at = row.shape.columns.indexOf(column.name);
    const value = found[place];
    return at < 0 || value === undefined ? [] : [{ at, ...value }];
  });
  return withValues(row, placed);
}
