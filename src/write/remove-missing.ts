/**
 * Takes the rows away which no record of the load has: counts those that may go before the first record, and finds and
 * deletes or marks the missing ones after the last, unless they are more than may go, or others refer to them.
 */
import { formatCount, plural } from "../errors/format.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { LoadPlan, Removal, RemovalReference, RemovalSql, Step } from "../model/load-plan.ts";
import { allowedRows, limitText, mayRemoveAll } from "../model/removal.ts";
import type { AlongRows, RemovedRows } from "../model/removal.ts";
import { cascades, tableName } from "../model/table-shape.ts";
import type { TableName } from "../model/table-shape.ts";
import type { SqlAnswer } from "../targets/sql-executor.ts";
import type { WaitingKey } from "../targets/target.ts";
import type { StepSession } from "./steps.ts";

const FLAG = "--delete-missing";

/** How rows that no record has are taken away. */
export interface RemovalHow {
  /** A record of another load of the transaction was rejected: they stay. */
  readonly isWithheld: boolean;
  /** Rows that go along are counted. */
  readonly counts: boolean;
  /** Foreign keys that are checked at the commit: what refers to the rows now may be gone by then. */
  readonly waiting: readonly WaitingKey[];
}

/** Rows that were taken away, and what is told of the others. */
export interface RemovalResult {
  readonly removed: number;
  readonly rows: RemovedRows;
}

/** The rows of one table, in the transaction of its load. */
export class MissingRows {
  readonly #session: StepSession;
  readonly #rule: Removal;
  readonly #sql: RemovalSql;
  readonly #table: TableName;
  readonly #ran: Step[] = [];
  #scope = 0;

  private constructor(
    session: StepSession,
    { rule, sql }: { readonly rule: Removal; readonly sql: RemovalSql },
    table: TableName,
  ) {
    this.#session = session;
    this.#rule = rule;
    this.#sql = sql;
    this.#table = table;
  }

  /** Those of a plan; `null` where rows that no record has stay. */
  static of(session: StepSession, { tables, removalSql: sql }: LoadPlan): MissingRows | null {
    const [{ removal: rule, table }] = tables;
    if (rule === undefined || sql === undefined) return null;
    return new MissingRows(session, { rule, sql }, table.name);
  }

  /** The statements that were run. */
  get ran(): readonly Step[] {
    return this.#ran;
  }

  /** Counts the rows that may go; nobody else writes to the table by now. */
  async begin(): Promise<void> {
    this.#scope = await this.#number(this.#sql.scope);
  }

  /** What is told where a record was rejected: its key, and so the rows that are missing, are not known. */
  withhold(): RemovalResult {
    return { removed: 0, rows: this.#rows(null) };
  }

  /** Throws `DELETE_LIMIT`, `DELETE_FORBIDDEN` and `STEP_NO_RECORD`. */
  async remove(
    read: number,
    { counts, waiting }: Omit<RemovalHow, "isWithheld">,
  ): Promise<RemovalResult> {
    this.#refuseNoRecord(read);
    for (const statement of this.#sql.find) await this.#run(statement);
    const missing = await this.#number(this.#sql.count);
    this.#refuseTooMany(missing);
    const none = this.#rows(missing);
    if (missing === 0) return { removed: 0, rows: none };
    await this.#refuseReferred(waiting);
    const along = counts ? await this.#along() : [];
    const { removed, live } = await this.#take(missing);
    return { removed, rows: { ...none, kept: missing - removed, live, along } };
  }

  /** Runs the statement; the rows that it took, and those that it marked and that may go all the same. */
  async #take(missing: number): Promise<{ readonly removed: number; readonly live: number }> {
    const { scope, remove, left } = this.#sql;
    const isMarking = this.#rule.sets.length > 0;
    const before = isMarking ? await this.#number(scope) : 0;
    const { changed } = await this.#run(remove);
    const removed = left === undefined ? changed : missing - (await this.#number(left));
    const after = isMarking ? await this.#number(scope) : before - removed;
    return { removed, live: Math.max(0, removed - (before - after)) };
  }

  #rows(missing: number | null): RemovedRows {
    const marked = this.#rule.sets.length > 0;
    return { scope: this.#scope, missing, kept: 0, marked, live: 0, along: [] };
  }

  /** A source that came empty would cost all rows. */
  #refuseNoRecord(read: number): void {
    if (read > 0 || mayRemoveAll(this.#rule.limit)) return;
    const details = { flag: FLAG, table: this.#label, reason: "the source holds no record" };
    throw upsurgeError("STEP_NO_RECORD", details, { where: FLAG });
  }

  #refuseTooMany(missing: number): void {
    const { limit } = this.#rule;
    const scope = this.#scope;
    // Of a table that was empty only rows go that the run itself has written.
    if (scope === 0 || mayRemoveAll(limit) || missing <= allowedRows(limit, scope)) return;
    const isAll = missing >= scope;
    throw upsurgeError(
      "DELETE_LIMIT",
      {
        flag: FLAG,
        change: this.#rule.sets.length > 0 ? "mark" : "delete",
        missing: formatCount(missing),
        reason: "no record has their keys",
        scope: plural(scope, "row"),
        table: this.#label,
        limit: isAll
          ? "all rows go only with --max-delete 100%"
          : `--max-delete allows ${limitText(limit)}`,
        allow: isAll ? "100%" : missing,
      },
      { where: limit === null ? FLAG : "--max-delete" },
    );
  }

  async #refuseReferred(waiting: readonly WaitingKey[]): Promise<void> {
    const waits = ({ table, constraint }: RemovalReference): boolean =>
      table !== this.#label &&
      waiting.some((key) => tableName(key.table) === table && key.name === constraint);
    const forbidding = this.#sql.references.filter(
      (reference) => reference.onDelete === "forbid" && !waits(reference),
    );
    for (const reference of forbidding) {
      const { rows } = await this.#run(reference.first);
      if (rows.length > 0) throw this.#forbidden(referredText(reference, rows));
    }
  }

  #forbidden(reason: string, cause?: unknown): Error {
    return upsurgeError("DELETE_FORBIDDEN", { table: this.#label, reason }, { where: FLAG, cause });
  }

  async #along(): Promise<AlongRows[]> {
    const along: AlongRows[] = [];
    for (const { table, constraint, onDelete, count } of this.#sql.references.filter(cascades)) {
      const rows = await this.#number(count);
      if (rows > 0) along.push({ table, constraint, onDelete, rows });
    }
    return along;
  }

  async #number(sql: string): Promise<number> {
    const { rows } = await this.#run(sql);
    return Number(rows[0]?.["n"] ?? 0);
  }

  /** What a row of the table, or one that refers to it, holds against the statement is said of the flag. */
  async #run(sql: string): Promise<SqlAnswer> {
    this.#ran.push({ name: FLAG, sql });
    try {
      return await this.#session.execute.run(sql);
    } catch (cause) {
      if (this.#session.classify(cause) !== "row") throw cause;
      const ours = this.#session.translate(cause);
      throw this.#forbidden(ours instanceof UpsurgeError ? ours.why : ours.message, cause);
    }
  }

  get #label(): string {
    return tableName(this.#table);
  }
}

/** So many keys are named. */
const KEYS_NAMED = 3;

/** `rows of books refer to (id) = (3), (4) by books_author_id_fkey` */
function referredText(
  { table, constraint, columns, refersTo }: RemovalReference,
  rows: SqlAnswer["rows"],
): string {
  const keys = rows
    .slice(0, KEYS_NAMED)
    .map((row) => `(${refersTo.map((_, at) => String(row[`k${at + 1}`] ?? "")).join(", ")})`);
  const more = rows.length > KEYS_NAMED ? " and others" : "";
  const key = constraint ?? `the foreign key (${columns.join(", ")})`;
  return `rows of ${table} refer to (${refersTo.join(", ")}) = ${keys.join(", ")}${more} by ${key}`;
}
