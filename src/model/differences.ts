/** How a table differs from what a load would make of it (`--diff`): what is asked for, the statements that find it, what is told. */

/** How the table is compared with itself as it was before the load. */
export interface Comparison {
  /** The columns that tell its rows apart. */
  readonly key: readonly string[];
  /** Those of them that may be NULL: such rows are not compared. */
  readonly nullable: readonly string[];
  /** The columns whose values are not shown. */
  readonly hidden: readonly string[];
  /** How many differences are told; `null`: all. */
  readonly most: number | null;
  /** What is kept of each record, to find the rows that no record has; `null`: those are not told. */
  readonly keyColumns: readonly string[] | null;
}

/** The statements of a comparison, in the database's own SQL. */
export interface ComparisonSql {
  /** Keep the rows of the table as they are, before the first record. */
  readonly keep: readonly string[];
  /** Find the rows that differ, after the last. */
  readonly find: readonly string[];
  /** Counts them, as `n` by `kind`. */
  readonly count: string;
  /** The columns that are told of a row, in table order. */
  readonly columns: readonly string[];
  /**
   * The rows that differ numbered `from` to `to`, in order: their `kind`, and of these columns the text before (`o1`), the text
   * now (`n1`), and whether they differ (`c1`).
   */
  readonly values: (from: number, to: number, columns: readonly string[]) => string;
  /** The rows that no record has; `null`: they are not told. */
  readonly extra: ExtraSql | null;
}

/** The statements about rows that are in the table, and that no record has. */
export interface ExtraSql {
  readonly find: readonly string[];
  /** Counts them, as `n`. */
  readonly count: string;
  /** So many of them at most: the texts of their key, as `k1`, `k2`. */
  readonly first: (rows: number) => string;
}

/** What may become of a row. */
export const DIFFERENCE_KINDS = ["inserted", "updated", "removed", "extra"] as const;

/** What becomes of a row: it is new, other, gone, or no record has it. */
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** A column of a row that differs: its text before and after, `null` for NULL; a side is missing where there is no row. */
export interface ColumnDifference {
  readonly old?: string | null;
  readonly new?: string | null;
  /** Its values are not shown. */
  readonly hidden?: true;
}

/** A row that differs. */
export interface RowDifference {
  readonly kind: DifferenceKind;
  /** The texts of its key, as it was where there was one; `null` for a column that is not shown. */
  readonly key: Readonly<Record<string, string | null>>;
  /** Those that differ; of a row that is inserted or removed, all but its key. Empty for one that no record has. */
  readonly columns: Readonly<Record<string, ColumnDifference>>;
}

/** The differences of one table. */
export interface Differences {
  /** By kind; `extra` is null where that is not known. */
  readonly total: Readonly<Record<Exclude<DifferenceKind, "extra">, number>> & {
    readonly extra: number | null;
  };
  /** The first of them, in the order of their keys; those that no record has come last. */
  readonly rows: readonly RowDifference[];
  /** There are more of them than are told at once, whatever was asked for. */
  readonly isCut: boolean;
}

/** Those of the tables of a load, by their places in its plan; a table that was not compared is not among them. */
export type DifferencesByTable = ReadonlyMap<number, Differences>;
