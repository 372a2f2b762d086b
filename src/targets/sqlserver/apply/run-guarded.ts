/** Runs guarded batches and reads how they ended. */
import type { Row } from "../../../model/batch.ts";
import { TransactionAborted } from "../../target.ts";
import type { SqlServerConnection, Fields } from "../connect/connection.ts";
import { answerWith, setsOf } from "../connect/result-sets.ts";
import { isOfRows, SqlServerError } from "../errors.ts";
import { ANSWERS } from "./guard.ts";
import type { GuardOutcome } from "./guard.ts";

/** What a guarded batch answered: its variables, and the rows of the result after them. */
export interface GuardedAnswer extends GuardOutcome {
  readonly variables: Fields;
  readonly rest: readonly Fields[];
}

/** Runs a guarded batch to whatever end. */
export async function ask(connection: SqlServerConnection, sql: string): Promise<GuardedAnswer> {
  const { row: variables, after } = answerWith(await connection.batch(sql), ANSWERS);
  const doomed = Number(variables["doomed"]) === 1;
  // A transaction that is lost has taken along what the query is about.
  const [rest = []] = setsOf(after, doomed ? 0 : Number(variables[ANSWERS]) - 1);
  return {
    number: Number(variables["number"]),
    message: String(variables["message"] ?? ""),
    doomed,
    variables,
    rest,
  };
}

/** Runs a guarded batch. Throws a `ServerError`, or `TransactionAborted` when `rows` cost the transaction. */
export async function run(
  connection: SqlServerConnection,
  sql: string,
  rows: readonly Row[],
): Promise<GuardedAnswer> {
  const answer = await ask(connection, sql);
  const { number, message, doomed } = answer;
  if (number === 0) return answer;
  if (doomed && isOfRows(number)) {
    throw new TransactionAborted(`${message} (${number})`, rows, null);
  }
  throw new SqlServerError(number, message);
}
