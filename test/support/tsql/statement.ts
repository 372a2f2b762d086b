/** The tree that a batch is parsed to; whatever PostgreSQL executes is already in its language. */
import type { TsqlType } from "./types.ts";

/** Asks PostgreSQL something before a statement can be written; rows of text. */
export type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

/** A statement that PostgreSQL executes. */
export interface SqlStatement {
  readonly kind: "sql";
  /** `SELECT`, `INSERT`, `UPDATE`, `DELETE`, `MERGE`, or for everything else `DDL`. */
  readonly verb: "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "DDL";
  readonly sql: string | ((ask: Ask) => Promise<string>);
  /** Does it send rows? */
  readonly rows: boolean;
  /** The quoted name of the table that it writes. */
  readonly table: string | null;
  /** An INSERT without a column list as it is where nothing can be asked. */
  readonly unlisted?: string;
  /** The temporary table that it creates. */
  readonly creates?: string;
}

/** Values for variables; `locals` computes them without PostgreSQL where every one is simple. */
export interface AssignStatement {
  readonly kind: "assign";
  readonly names: readonly string[];
  readonly sql: string;
  readonly locals: readonly Local[] | null;
  /** SELECT from a table: no row leaves the variables as they are. */
  readonly from: boolean;
}

/** A value that is known without PostgreSQL: given the places, null is NULL. */
export type Local = (place: (name: string) => string | null) => bigint | string | boolean | null;

/** A condition, in PostgreSQL's language and, if simple, as a function. */
export interface Condition {
  readonly sql: string;
  readonly local: Local | null;
}

export type Statement =
  | SqlStatement
  | AssignStatement
  | { readonly kind: "declare"; readonly name: string; readonly type: TsqlType }
  | { readonly kind: "declare-table"; readonly name: string; readonly columns: string }
  | {
      readonly kind: "if";
      readonly condition: Condition;
      readonly yes: Statement;
      readonly no: Statement | null;
    }
  | { readonly kind: "while"; readonly condition: Condition; readonly body: Statement }
  | { readonly kind: "block"; readonly statements: readonly Statement[] }
  | { readonly kind: "try"; readonly body: Statement; readonly handler: Statement }
  | { readonly kind: "break" | "continue" | "return" }
  | { readonly kind: "nothing" | "rethrow" }
  | { readonly kind: "throw"; readonly values: string }
  | { readonly kind: "raise"; readonly message: string; readonly severity: number }
  | { readonly kind: "exec"; readonly text: string }
  | {
      readonly kind: "lock";
      readonly release: boolean;
      readonly values: string;
      readonly result: string | null;
    }
  | {
      readonly kind: "transaction";
      readonly does: "begin" | "commit" | "rollback" | "save";
      readonly name: string | null;
    }
  | { readonly kind: "option"; readonly name: string; readonly value: string };

/** A batch that was understood. */
export interface Batch {
  readonly statements: readonly Statement[];
  /** Its type by name, for every variable that the batch declares; a table has none. */
  readonly types: ReadonlyMap<string, TsqlType | "table" | null>;
}
