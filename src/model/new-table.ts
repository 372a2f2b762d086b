/** A table or columns that a load creates before its first record: what `--create` and `--alter` come to. */
import type { TableName } from "./table-shape.ts";

/** A column that is to be created. */
export interface NewColumn {
  readonly name: string;
  /** As the database spells it. */
  readonly type: string;
  /** Part of the primary key. */
  readonly isKey: boolean;
}

/** A table that is to be created, or one that is to get more columns. */
export interface NewTable {
  readonly name: TableName;
  readonly columns: readonly NewColumn[];
}

/** The statements that create a table or columns, run in the transaction of the first batch. */
export interface TableDdl {
  /** `create`: the table is not there. `alter`: columns are added to it. */
  readonly kind: "create" | "alter";
  /** The flag that asked for it. */
  readonly flag: "--create" | "--alter";
  readonly table: NewTable;
  readonly statements: readonly string[];
}
