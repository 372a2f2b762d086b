/**
 * Guards statements that rows may make fail. The session runs with XACT_ABORT ON, so that nothing can go on by accident after
 * an error; inside a guard it is OFF, because only then can an error leave the transaction alive, and TRY sees every error.
 * An error that dooms the transaction all the same (a failed conversion, a trigger's error) is told apart by XACT_STATE. Pure.
 */

/** A variable of a script: `@inserted bigint`, and whether the caller wants its last value. */
export interface ScriptVariable {
  readonly name: string;
  readonly type: string;
  readonly initial: string;
}

/** The variables that tell how a guard ended. */
export const OUTCOME: readonly ScriptVariable[] = [
  { name: "number", type: "int", initial: "0" },
  { name: "message", type: "nvarchar(2048)", initial: "NULL" },
  { name: "doomed", type: "int", initial: "0" },
];

/** The column by which a script's answer is told from what triggers send: how many result sets there are from it on. */
export const ANSWERS = "upsurge_answers";

/** What the last SELECT of a script answers for the variables of `OUTCOME`. */
export interface GuardOutcome {
  /** The server's error number; 0 when all went well. */
  readonly number: number;
  readonly message: string;
  /** The transaction is lost. */
  readonly doomed: boolean;
}

/** A counter that begins at 0. */
export function counter(name: string): ScriptVariable {
  return { name, type: "bigint", initial: "0" };
}

/** In a CATCH: notes the error, and ends a transaction that cannot go on. */
const NOTE_ERROR = [
  "SELECT @number = ERROR_NUMBER(), @message = ERROR_MESSAGE()",
  "IF XACT_STATE() <> 1 SET @doomed = 1",
  "IF XACT_STATE() = -1 ROLLBACK TRANSACTION",
];

/** Statements, one after the other. */
export function script(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join("");
}

/** `BEGIN … END` around statements. */
export function block(statements: readonly string[]): string {
  return `BEGIN\n${script(statements)}END`;
}

/** `BEGIN TRY … END TRY BEGIN CATCH … END CATCH`. */
export function tryCatch(attempt: readonly string[], failed: readonly string[]): string {
  return `BEGIN TRY\n${script(attempt)}END TRY\nBEGIN CATCH\n${script(failed)}END CATCH`;
}

/**
 * A batch that runs `statements` with XACT_ABORT OFF and answers with the variables and `ANSWERS`, in one row; then with the
 * rows of `query`, unless the transaction is lost and its temporary tables with it.
 */
export function answering(
  variables: readonly ScriptVariable[],
  statements: readonly string[],
  query: string | null = null,
): string {
  const all = [...OUTCOME, ...variables];
  const declared = all.map(({ name, type, initial }) => `@${name} ${type} = ${initial}`);
  return script([
    "SET XACT_ABORT OFF",
    `DECLARE ${declared.join(", ")}`,
    ...statements,
    "SET XACT_ABORT ON",
    `SELECT ${all.map(({ name }) => `@${name} AS ${name}`).join(", ")}, ${query === null ? 1 : 2} AS ${ANSWERS}`,
    ...(query === null ? [] : [`IF @doomed = 0 ${query}`]),
  ]);
}

/** A batch that tries `statements`, and answers as `answering` does. */
export function guarded(statements: readonly string[], query: string | null = null): string {
  return answering([], [tried(statements)], query);
}

/** The statements in a TRY, whose error is noted. */
export function tried(statements: readonly string[]): string {
  return tryCatch(statements, NOTE_ERROR);
}
