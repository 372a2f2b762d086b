/** Sets the repeats of a batch aside on the server, and folds them once the other rows are written. */
import type { Client } from "pg";
import type { Batch, RowShape } from "../../../model/batch.ts";
import { outcomesFrom } from "../../../model/counts.ts";
import type { OutcomeCounts } from "../../../model/counts.ts";
import { foldSql, tryFoldSql } from "./fold-sql.ts";
import type { FoldRules } from "./folding.ts";
import { answersTo, runTogether } from "../connect/run-together.ts";
import { isServerError } from "../errors.ts";
import { setAsideSql } from "./set-sql.ts";
import type { SeparatedRepeats } from "./set-sql.ts";
import { shapesOf } from "../../grouped.ts";
import type { MadeTables } from "../stage/made-tables.ts";
import { TEMPORARY } from "../stage/names.ts";
import { repeatsDdl } from "../stage/stage.ts";

/** True when the server takes what a fold evaluates, and lets this user read it. Inside a transaction, which goes on. */
export async function canFold(client: Client, folding: FoldRules): Promise<boolean> {
  const [, takes] = await answersTo([
    client.query("savepoint upsurge_fold"),
    client.query(tryFoldSql(folding)).then(
      () => true,
      (error: unknown) => {
        if (!isServerError(error)) throw error;
        return false;
      },
    ),
    client.query("rollback to savepoint upsurge_fold; release savepoint upsurge_fold"),
  ]);
  return takes;
}

/** The repeats of the batch at hand. */
export class RepeatFolder {
  readonly #client: Client;
  readonly #folding: FoldRules;
  readonly #tables: MadeTables;
  readonly #sql = new Map<string, string>();
  /** How many rows of each shape are to be folded. */
  #aside = new Map<RowShape, number>();
  /** They are all that is staged. */
  #inPlace = false;
  /** The batch before was folded as it was staged: so will this one be, without a question. */
  #likely = false;
  /** There are rows of an earlier batch. */
  #left = false;

  constructor(client: Client, folding: FoldRules, tables: MadeTables) {
    this.#client = client;
    this.#folding = folding;
    this.#tables = tables;
  }

  /** The statement that empties what an earlier batch has left behind; none when it left nothing. */
  forget(): readonly string[] {
    const isThere = this.#tables.has(TEMPORARY.repeats(this.#folding.plan));
    const statements = this.#left && isThere ? this.#ready() : [];
    this.#left = false;
    this.#aside.clear();
    return statements;
  }

  #ready(): readonly string[] {
    const { plan } = this.#folding;
    return this.#tables.ready(TEMPORARY.repeats(plan), () => [repeatsDdl(plan)]);
  }

  /** How many rows of the shape are no longer among the staged ones. */
  asideOf(shape: RowShape): number {
    return this.#aside.get(shape) ?? 0;
  }

  /** Keeps the rows of keys that repeat from being applied as a set; tells how many there are. */
  async setAside(batch: Batch): Promise<number> {
    const mayLack = this.#folding.plan.nullKey !== "reject";
    if (this.#likely && !mayLack) return this.#takeAll(batch);
    if (!this.#tables.has(TEMPORARY.repeats(this.#folding.plan)))
      await runTogether(this.#client, this.#ready());
    const { rows } = await this.#client.query<SeparatedRepeats>(setAsideSql(this.#folding.plan), [
      batch.size,
    ]);
    const [{ keys, keyed, moved } = { keys: "0", keyed: "0", moved: null }] = rows;
    if (keys === keyed) return 0;
    if (moved === null) return this.#takeAll(batch);
    this.#inPlace = false;
    this.#left = true;
    for (const [shape] of shapesOf(batch, { kind: "all" })) {
      const waiting = moved[batch.packed === null ? shape.id : 0] ?? 0;
      if (waiting > 0) this.#aside.set(shape, waiting);
    }
    return total(this.#aside);
  }

  #takeAll(batch: Batch): number {
    this.#inPlace = true;
    this.#aside = new Map(shapesOf(batch, { kind: "all" }));
    return batch.size;
  }

  /** Applies what was set aside, in order. */
  async apply(): Promise<OutcomeCounts> {
    const shapes = [...this.#aside.keys()];
    const { plan } = this.#folding;
    const from = this.#inPlace ? TEMPORARY.stage(plan) : TEMPORARY.repeats(plan);
    const key = [from, ...shapes.map(({ id }) => id)].join(" ");
    let sql = this.#sql.get(key);
    if (sql === undefined) {
      sql = foldSql(this.#folding, shapes, from);
      this.#sql.set(key, sql);
    }
    await this.#client.query(sql);
    const { counts, keys } = await readOutcomes(this.#client);
    this.#likely = this.#inPlace && keys * 2 <= total(this.#aside);
    return counts;
  }
}

function total(rows: ReadonlyMap<RowShape, number>): number {
  return [...rows.values()].reduce((sum, each) => sum + each, 0);
}

/** What a block of rows has left in settings of the transaction: its counts, and for a fold how many keys it met. */
export async function readOutcomes(
  client: Client,
): Promise<{ readonly counts: OutcomeCounts; readonly keys: number }> {
  const { rows } = await client.query<{ counts: string; keys: string | null }>(
    `select current_setting('upsurge.counts') as counts, current_setting('upsurge.keys', true) as keys`,
  );
  const outcomes: Record<string, number> = JSON.parse(rows[0]?.counts ?? "{}");
  return {
    counts: outcomesFrom((outcome) => outcomes[outcome] ?? 0),
    keys: Number(rows[0]?.keys ?? 0),
  };
}
