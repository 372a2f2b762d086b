/** A row of a table that tells another tool's arguments: what the load it stands for finds, and what comes of it. */

/** SQLite where any database would do, which is quick. */
export type ToolEngine = "sqlite" | "postgres";

/** What is tested of a row; the row itself gives the flags. */
export interface ToolRow {
  /** The first cell of the row, as it stands in the page. */
  readonly argument: string;
  /** Where it runs, when not where its page does. */
  readonly engine?: ToolEngine;
  /** Statements before the load. */
  readonly before?: string;
  /** The sources, by name; `-` is standard input. Without any, one part in `parts.csv`. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Flags that the row leaves out, because it does not tell of them. */
  readonly flags?: readonly string[];
  /** The rows of the table after the load. */
  readonly rows: readonly string[];
  /** How many names are NULL then; an empty string looks the same in `rows`. */
  readonly nulls?: number;
  /** A query that finds a row then. */
  readonly finds?: string;
  /** The exit code; 0. */
  readonly exit?: number;
  /** What stands in the output. */
  readonly says?: string;
}

/** The rows of a page's tables: which database they run on, and which table they load. */
export interface ToolPage {
  readonly path: string;
  readonly engine: ToolEngine;
  readonly table: string;
  readonly setUp: string;
  /** Flags of all rows. */
  readonly flags?: readonly string[];
  /** Shows the table. */
  readonly query: string;
  readonly rows: readonly ToolRow[];
  /** Rows that say what upsurge does not do. */
  readonly absent: readonly string[];
}
