/**
 * Finds the rows of another table by their key: one statement for the keys of a batch. What it has found it remembers until
 * the end of the transaction, since no record changes it; what is missing is asked for again.
 */
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { tellsNumbers } from "../../model/table-shape.ts";
import type { Session } from "../../targets/target.ts";
import type { KeyNumbers, KeyTexts, LookupSql } from "../../model/sql/lookup-sql.ts";
import type { Answer, Found } from "./answer.ts";
import { keyOfTexts, numbersOfKey, textsOfKey } from "./key-text.ts";
import { keyBytes, KeyTable } from "./key-table.ts";

/** What a finder works over. */
export type LookupSession = Pick<Session, "execute" | "lookups" | "classify" | "rowFault">;

/** Memory stays flat whatever the size of the other table. */
const MOST_KNOWN = 250_000;

/** The rows could not be made, for the fault of one of these keys. */
export class CannotMake extends Error {
  readonly lookup: LookupPlan;
  readonly keys: ReadonlySet<string>;

  constructor(lookup: LookupPlan, keys: Iterable<string>, cause: unknown) {
    super("rows of a look-up cannot be made", { cause });
    this.name = "CannotMake";
    this.lookup = lookup;
    this.keys = new Set(keys);
  }
}

/** Finds rows for one look-up, or for several that find them by the same columns. */
export class Finder {
  readonly lookup: LookupPlan;
  readonly #session: LookupSession;
  readonly #sql: LookupSql;
  readonly #answers = new Map<string, Answer>();
  /** Keys whose answer holds for a batch only. */
  readonly #open = new Set<string>();
  #table = new KeyTable();
  #version = 0;

  constructor(lookup: LookupPlan, session: LookupSession) {
    this.lookup = lookup;
    this.#session = session;
    this.#sql = session.lookups.sql(lookup);
  }

  /** Another one each time that something is forgotten: what was found before may not be relied on. */
  get version(): number {
    return this.#version;
  }

  /** The keys for which a row was found. */
  get table(): KeyTable {
    return this.#table;
  }

  /** What is found is a number to a column that takes any type, which the bytes of records do not tell. */
  get findsNumbers(): boolean {
    return tellsNumbers(this.lookup.column) && this.lookup.refersTo.family === "number";
  }

  /** A key as one text; equal texts have the same answer, others may. */
  static keyOf(texts: KeyTexts, numbers?: KeyNumbers): string {
    return keyOfTexts(texts, numbers);
  }

  /** The texts of such a key. */
  textsOf(key: string): KeyTexts {
    return textsOfKey(key, this.lookup.keys.length);
  }

  /** What is known of a key; `undefined`: it was not asked for. */
  answer(key: string): Answer | undefined {
    return this.#answers.get(key);
  }

  /** A batch begins: only what was found is still known, of a look-up `each` record not even that. */
  begin(): void {
    if (this.lookup.eachRecord !== null || this.#answers.size > MOST_KNOWN) {
      this.clear();
    }
    for (const key of this.#open) this.#answers.delete(key);
    this.#open.clear();
  }

  /** Some of the keys that were asked for are missing. */
  get hasMissing(): boolean {
    return [...this.#open].some((key) => this.#answers.get(key)?.kind === "missing");
  }

  /** Forgets all that was found, such as rows that were made and are undone. */
  clear(): void {
    this.#answers.clear();
    this.#open.clear();
    this.#table = new KeyTable();
    this.#version += 1;
  }

  /** Forgets what is known of keys; with one that was found all of them, so that none is known by half. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      if (this.#answers.get(key)?.kind === "found") return this.clear();
      this.#answers.delete(key);
    }
  }

  /** Asks the database about keys, those that are known left out. */
  async ask(keys: Iterable<string>): Promise<void> {
    const open: string[] = [];
    for (const key of keys) {
      if (this.#answers.has(key)) continue;
      const place = this.#sql.unfit?.(this.textsOf(key)) ?? 0;
      if (place === 0) open.push(key);
      else this.#set(key, { kind: "unfit", place, error: null });
    }
    for (let from = 0; from < open.length; from += this.#sql.most)
      await this.#find(open.slice(from, from + this.#sql.most));
  }

  /** Where one of several texts is unfit the whole statement fails: each half is asked for by itself then. */
  async #find(keys: readonly string[]): Promise<void> {
    const { execute, lookups } = this.#session;
    const { sql, values } = this.#sql.find(
      keys.map((key) => this.textsOf(key)),
      keys.map(numbersOfKey),
    );
    let rows: Awaited<ReturnType<typeof execute.run>>["rows"];
    try {
      ({ rows } = await execute.run(sql, values));
    } catch (error) {
      if (this.#session.classify(error) !== "row") throw error;
      await execute.run(lookups.rollback);
      const [key = ""] = keys;
      if (keys.length === 1) return this.#set(key, { kind: "unfit", place: 0, error });
      const half = Math.ceil(keys.length / 2);
      await this.#find(keys.slice(0, half));
      return await this.#find(keys.slice(half));
    }
    const answers = new Map(rows.map((row) => [Number(row["n"]), answerOf(row)]));
    for (const [at, key] of keys.entries())
      this.#set(key, answers.get(at + 1) ?? { kind: "missing" });
  }

  #set(key: string, answer: NewAnswer): void {
    this.#open.delete(key);
    if (answer.kind === "found") {
      // The bytes of records, by which the table is asked, do not tell a number from a text.
      const entry =
        numbersOfKey(key) === null
          ? this.#table.add(keyBytes(this.textsOf(key)), Buffer.from(answer.id))
          : -1;
      this.#answers.set(key, { ...answer, entry });
      return;
    }
    this.#answers.set(key, answer);
    this.#open.add(key);
  }

  /** Makes the rows of keys, in this order; tells how many were made. Throws `CannotMake`. */
  async create(keys: readonly string[]): Promise<number> {
    let made = 0;
    for (let from = 0; from < keys.length; from += this.#sql.most) {
      const slice = keys.slice(from, from + this.#sql.most);
      const { sql, values } = this.#sql.create(
        slice.map((key) => this.textsOf(key)),
        slice.map(numbersOfKey),
      );
      try {
        made += (await this.#session.execute.run(sql, values)).changed;
      } catch (error) {
        if (this.#session.classify(error) !== "row") throw error;
        throw new CannotMake(this.lookup, keys, error);
      }
    }
    this.forget(keys);
    await this.ask(keys);
    return made;
  }
}

/** An answer that is not in the table yet. */
type NewAnswer = Exclude<Answer, Found> | Omit<Found, "entry">;

function answerOf(row: Readonly<Record<string, string | number | null>>): NewAnswer {
  const unfit = Number(row["unfit"] ?? 0);
  if (unfit > 0) return { kind: "unfit", place: unfit, error: null };
  const count = Number(row["found"] ?? 0);
  if (count > 1) return { kind: "several", count };
  const id = row["id"] ?? null;
  if (count === 0 || id === null) return { kind: "missing" };
  return { kind: "found", id: String(id), isNumber: Number(row["number"] ?? 0) === 1 };
}
