/** A statement of a target with what it is given. */

/** A value of a statement's parameters or rows. */
export type SqlValue = string | number | null;

/** A statement and its parameters. */
export interface SqlStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}
