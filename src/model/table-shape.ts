/**
 * What the catalog says about a table, in words that hold for every target.
 * Read by a target's `table-shape.ts`; the planner decides on nothing else.
 */

/** A broad class of types: what the mapping needs to turn a JSON value into text the column takes. */
export type TypeFamily = "text" | "number" | "boolean" | "json" | "array" | "binary" | "other";

/** The form of a type. `text`: whatever the type, a value is one text. */
export type ValueForm =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | { readonly kind: "enum"; readonly labels: readonly string[] }
  | { readonly kind: "range" }
  /** Names and texts. */
  | { readonly kind: "map" }
  | { readonly kind: "array"; readonly element: ValueForm; readonly delimiter: string }
  | {
      readonly kind: "composite";
      readonly type: string;
      readonly attributes: readonly { readonly name: string; readonly form: ValueForm }[];
    };

/** A sequence that makes the ids of a column. */
export interface IdSequence {
  /** As SQL. */
  readonly name: string;
  /** This user may set it. */
  readonly maySet: boolean;
  /** This user may take numbers from it. */
  readonly mayUse: boolean;
  /** The statement that moves it past the ids that are there, and never back. */
  readonly moveSql: string;
}

/**
 * What a type does not keep of values that it takes: the `offset` of a time, the `time` of a day, `digits` of a long number; or it takes bytes that are written
 * as letters (an `encoding`) for those letters.
 */
export type TypeLoss = "offset" | "time" | "digits" | "encoding";

/** One column of the table. */
export interface Column {
  readonly name: string;
  /** The type as the database spells it, with its modifiers: `numeric(10,2)`. */
  readonly type: string;
  readonly family: TypeFamily;
  /** People write its values in several ways: with a decimal comma, with the day first. Absent: they do not. */
  readonly notation?: "number" | "date";
  /** Its type is one of integers. Absent: it is not. */
  readonly integer?: true;
  /** What its type does not keep of a value. Absent: nothing, or it is not known. */
  readonly loses?: TypeLoss;
  /** How its values are put together; absent: they are one text, or JSON, or the target knows no others. */
  readonly form?: ValueForm;
  readonly nullable: boolean;
  /** The default as an SQL expression; `null` when there is none. */
  readonly defaultSql: string | null;
  /** A value is made by the database when the column is left out and it is not constant (sequence, identity, random, clock). */
  readonly volatileDefault: boolean;
  /** `always`: refuses explicit values unless `--keep-identity`. `rowid`: SQLite's INTEGER PRIMARY KEY. */
  readonly identity: "always" | "by-default" | "rowid" | null;
  /** What its ids are drawn from and do not move by themselves; absent: nothing, or not known. */
  readonly sequence?: IdSequence;
  /** The expression of a generated column, which can never be written; `null` for others. */
  readonly generatedSql: string | null;
}

/** True of a column that a row must have a value for, since nothing else gives it one. */
export function isRequired({
  nullable,
  defaultSql,
  identity,
  generatedSql,
}: Pick<Column, "nullable" | "defaultSql" | "identity" | "generatedSql">): boolean {
  return !nullable && defaultSql === null && identity === null && generatedSql === null;
}

/** A unique index or constraint, or an exclusion constraint. */
export interface UniqueKey {
  /** Index name; for a constraint the constraint's name. `null` when the database gives it none. */
  readonly name: string | null;
  readonly primary: boolean;
  readonly constraint: boolean;
  /** `exclusion` serves ignore mode only. */
  readonly kind: "unique" | "exclusion";
  /** Plain columns in index order; `null` stands for an expression. */
  readonly columns: readonly (string | null)[];
  /** Every part as SQL, in index order; for a plain column its quoted name. */
  readonly keyExpressions: readonly string[];
  /** The predicate of a partial index as SQL; `null` when it covers every row. */
  readonly predicate: string | null;
  /** Two NULLs are different keys (the SQL default). */
  readonly nullsDistinct: boolean;
  /** Checked later than at once: cannot be an arbiter. */
  readonly deferrable: boolean;
  /** A row that is inserted and whose key is there is dropped, without an error. Absent: it is refused. */
  readonly ignoresDuplicates?: boolean;
  /** Beside `columns`: the collation that it compares a column by, as SQL, where that is not the column's own; absent: none. */
  readonly collations?: readonly (string | null)[];
  /** It compares values as its columns do: by their own collation and the usual operators. Absent: not known. */
  readonly standard?: boolean;
}

/** Whether a key, or another of `keys` on the same columns, is deferrable: a database that is named columns takes both. */
export function isDeferred(
  { columns, deferrable }: UniqueKey,
  keys: readonly UniqueKey[],
): boolean {
  const isSame = (other: UniqueKey): boolean =>
    other.kind === "unique" &&
    other.columns.length === columns.length &&
    other.columns.every((name) => name !== null && columns.includes(name));
  return deferrable || keys.some((other) => other.deferrable && isSame(other));
}

/**
 * What becomes of a row when the row that it refers to is deleted. `forbid`: that one is not deleted. `none`: nothing, as the
 * foreign key is off.
 */
export type DeleteAction = "forbid" | "none" | "cascade" | "set null" | "set default";

/** A foreign key of the table. */
export interface ForeignKey {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly selfReferencing: boolean;
  /** The table that it refers to; absent: not known. */
  readonly table?: TableName;
  /** Its check can be left to the commit, however it is declared; absent: not known. */
  readonly canWait?: boolean;
  /** Of a self-reference: the columns that they refer to, beside `columns`, and what a delete does. */
  readonly refersTo?: readonly string[];
  readonly onDelete?: DeleteAction;
}

/** A foreign key of another table that refers to this one. */
export interface Reference {
  readonly name: string | null;
  readonly table: TableName;
  readonly columns: readonly string[];
  /** The columns here that they refer to, beside `columns`. */
  readonly refersTo: readonly string[];
  readonly onDelete: DeleteAction;
  /** Its check can be left to the commit, however it is declared; absent: not known. */
  readonly canWait?: boolean;
}

/** Whether a row that is deleted takes rows that refer to it along, or changes them. */
export function cascades({ onDelete }: Pick<Reference, "onDelete">): boolean {
  return onDelete !== "forbid" && onDelete !== "none";
}

/** An enabled trigger of the table. */
export interface Trigger {
  readonly name: string;
  readonly timing: "before" | "after" | "instead";
  readonly level: "row" | "statement";
  readonly events: readonly ("insert" | "update" | "delete" | "truncate")[];
  /** It does nothing but look at its row and change it: what it did is gone when the row is undone. Absent: not known. */
  readonly traceless?: boolean;
}

/** Whether a trigger of the table fires at this time, for rows or (unless `level` says which) for statements. */
export function fires(
  { triggers }: { readonly triggers: readonly Trigger[] },
  timing: Trigger["timing"],
  event: Trigger["events"][number],
  level?: Trigger["level"],
): boolean {
  return triggers.some(
    (each) =>
      each.timing === timing &&
      each.events.includes(event) &&
      (level === undefined || each.level === level),
  );
}

/** Whether a trigger may give a row values before it is inserted. */
export function mayFill(table: { readonly triggers: readonly Trigger[] }): boolean {
  return fires(table, "before", "insert") || fires(table, "instead", "insert");
}

/** A CHECK constraint and its condition as SQL over bare column names. */
export interface Check {
  readonly name: string;
  readonly sql: string;
}

/**
 * What the database holds against every image that a row goes through, as SQL over bare column names. Absent where the
 * catalog cannot tell it, or where nobody asks.
 */
export interface ImageRules {
  /** Conditions of CHECK constraints. */
  readonly checks: readonly string[];
  /** What is looked up or worked out whenever a row is written: foreign keys, expressions of indexes, partitions. */
  readonly seen: readonly string[];
  /** Columns of indexes, which take no value of more than some thousand bytes. */
  readonly indexed: readonly string[];
}

/** What a user may be allowed to do with a table. */
export type TablePrivilege = "select" | "insert" | "update" | "delete" | "truncate";

/** Where a table is. */
export interface TableName {
  /** `null` where the database has no schemas. */
  readonly schema: string | null;
  readonly name: string;
}

/** A name as people write it. */
export function tableName({ schema, name }: TableName): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** A table as the catalog describes it. */
export interface TableShape {
  readonly name: TableName;
  /** `virtual`: its rows are made by a module of the database; `foreign`: they are on another server. */
  readonly kind: "table" | "partitioned" | "view" | "virtual" | "foreign";
  readonly columns: readonly Column[];
  readonly uniqueKeys: readonly UniqueKey[];
  readonly foreignKeys: readonly ForeignKey[];
  /** The foreign keys of other tables that refer to it; absent: not known. */
  readonly referredBy?: readonly Reference[];
  /** Why it must not be truncated though nothing refers to it, as a clause; absent: not known. */
  readonly truncateHazard?: string | null;
  readonly triggers: readonly Trigger[];
  /** Row security applies to this user, or rewrite rules are present: rows may be coupled in ways the catalog cannot tell. */
  readonly rewritten: boolean;
  /** The privileges this user lacks, of those a load may need: `TablePrivilege`s, `temporary`, `usage` of the schema. */
  readonly missingPrivileges: readonly string[];
  /** Whom a grant is for, and in which database; absent where there is nothing to grant. */
  readonly grantee?: { readonly user: string; readonly database: string };
  /** A CHECK constraint exists, or a type that checks: proposed rows may be refused for more than NOT NULL. */
  readonly checked: boolean;
  /** The checks that this database's upsert does not hold against a row that meets a target row; the target does. */
  readonly checks: readonly Check[];
  readonly images?: ImageRules | null;
  /** Another text once its columns, keys, triggers or rules are others; absent: the target tells in another way. */
  readonly version?: string | null;
  /** Why the database's own upsert must not be used on this table, as a clause; `null` when it may. */
  readonly upsertHazard: string | null;
}

/** True of a column to which a number may be another value than its text: it may take any type. */
export function tellsNumbers({ family }: Pick<Column, "family">): boolean {
  return family === "other" || family === "binary";
}

/** What each kind is called. */
export const KIND_NAMES: Readonly<Record<TableShape["kind"], string>> = {
  table: "table",
  partitioned: "partitioned table",
  view: "view",
  virtual: "virtual table",
  foreign: "foreign table",
};

/** Whether the database keeps the rows of it itself; else what is behind it does with them is not known. */
export function keepsRows({ kind }: Pick<TableShape, "kind">): boolean {
  return kind === "table" || kind === "partitioned";
}
