/** The statements about rows that records in arrays do not mention, as a target spells them. Types only. */
import type { KeyNumbers, KeyTexts } from "../model/sql/lookup-sql.ts";
import type { SqlStatement } from "../model/sql/sql-value.ts";

/** Keys as texts, and which of these are numbers to columns that take any type. */
export interface MissingKeys {
  readonly texts: readonly KeyTexts[];
  readonly numbers: readonly KeyNumbers[];
}

/** How rows of one table are taken away that no record mentions; run over `Session.execute`. */
export interface MissingSql {
  /** Counts the rows of the table, as `n`. */
  readonly scope: string;
  /**
   * Deletes or changes the rows whose linking columns have one of the keys `of`, and whose own key is none of `mentioned`;
   * a row that is changed already is left alone, and so is one with NULL in its key.
   */
  readonly take: (of: MissingKeys, mentioned: MissingKeys) => SqlStatement;
}
