/** The statements of a look-up, as a target spells them: they are run over `Session.execute`, and know nothing of records. */
import type { LookupPlan } from "../lookup-plan.ts";
import type { SqlStatement } from "./sql-value.ts";

/** The texts of a key, one for each of its columns. */
export type KeyTexts = readonly string[];

/** Which of them are numbers to columns that take any type; `null`: none. */
export type KeyNumbers = readonly boolean[] | null;

/** How rows of another table are found and made by their key. */
export interface LookupSql {
  /** As many keys as one statement takes. */
  readonly most: number;
  /**
   * Finds the rows of these keys. It answers with a row for each key that it has found, and may for others: `n`, its place counted
   * from 1; `found`, how many rows it has; `id`, the text of what is referred to in one of them, `null` where there is none;
   * `number`, 1 where that is a number to a column that takes any type; `unfit`, the place of a text, counted from 1, that is
   * no value of its column, 0 for none. A column that it lacks is 0. Where the database cannot tell an unfit text, it fails with class `row`.
   */
  find(keys: readonly KeyTexts[], numbers?: readonly KeyNumbers[]): SqlStatement;
  /** Makes rows with these keys, in their order; those that are there are left alone. */
  create(keys: readonly KeyTexts[], numbers?: readonly KeyNumbers[]): SqlStatement;
  /** The place of a text that no statement must be asked about, counted from 1: it is no value of its column; 0: none. */
  unfit?(key: KeyTexts): number;
}

/** The statements of a savepoint. */
export interface Savepoint {
  readonly savepoint: string;
  readonly rollback: string;
  /** Absent where a savepoint ends with its transaction. */
  readonly release?: string;
}

/** How a session looks up. */
export interface Lookups extends Savepoint {
  /** The statements of a look-up. */
  sql(lookup: LookupPlan): LookupSql;
  /** Others cannot change the other table while a transaction of ours is open. */
  readonly soleWriter?: true;
  /** A statement that fails ends the transaction, savepoints or not. */
  readonly endsTransaction?: true;
}
