/** Runs the statements that PostgreSQL executes. */
import { DatabaseError } from "pg";
import type { Answer } from "./connection.ts";
import { translateError } from "./errors.ts";
import { NO_NAME } from "./query.ts";
import { fillPlaces, quoteText } from "./quote.ts";
import { notInTheSet } from "./raised.ts";
import { answerOf } from "./run-known.ts";
import { doomedError, type Scope, type State } from "./session.ts";
import type { SqlStatement } from "./statement.ts";
import { filler, formatOf, takesIdentity, wireColumn } from "./values.ts";

/** The first row of a query that control flow needs. */
export async function oneRow(
  state: State,
  scope: Scope,
  sql: string,
): Promise<readonly (string | null)[]> {
  const [answer] = await send(state, fillPlaces(sql, filler(state, scope)), {
    verb: "SELECT",
    table: null,
  });
  return answer?.rows[0] ?? [];
}

/** Sends a statement to PostgreSQL; its error comes back as SQL Server's. */
export async function send(
  state: State,
  sql: string,
  what: { readonly verb: string; readonly table: string | null },
): Promise<readonly Answer[]> {
  const ask = (question: string) => state.connection.ask(question);
  try {
    return await state.connection.run(sql);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw await translateError(error, { ...what, ask, effects: state.effects });
  } finally {
    for (const sent of state.connection.takeSent()) sendFromTrigger(state, sent);
  }
}

/** Values as JSON has them. */
type SentRow = Readonly<Record<string, string | number | boolean | null>>;

/** What a trigger sends comes before the end of the statement that it runs in, whatever becomes of that. */
function sendFromTrigger(state: State, sent: string): void {
  const { names, rows } = JSON.parse(sent) as { names: SentRow; rows: readonly SentRow[] };
  const columns = Object.keys(names).map(
    (name) => ({ name: name === NO_NAME ? "" : name, type: "nvarchar" }) as const,
  );
  state.emit({ kind: "columns", columns });
  for (const row of rows) {
    const values = Object.values(row).map((value) =>
      value === null ? null : String(typeof value === "boolean" ? Number(value) : value),
    );
    state.emit({ kind: "row", values });
  }
  state.emit({ kind: "done", rowCount: state.options.noCount ? null : rows.length });
}

/** Runs a statement that PostgreSQL executes, and sends what it gives. */
export async function runSql(state: State, scope: Scope, statement: SqlStatement): Promise<void> {
  if (state.doomed && statement.verb !== "SELECT") throw doomedError();
  const template =
    typeof statement.sql === "string"
      ? statement.sql
      : await statement.sql((question) => state.connection.ask(question));
  const known = statement.verb === "SELECT" ? answerOf(state, scope, template) : null;
  const answers =
    known === null
      ? await send(state, fillPlaces(template, filler(state, scope)), statement)
      : [known];
  if (takesIdentity(state, statement.table))
    state.connection.later(`SELECT tsql.follow_identity(${quoteText(statement.table ?? "")})`);
  if (statement.creates !== undefined) scope.temporary?.push(statement.creates);
  const answer = answers.at(-1);
  if (answer === undefined) return;
  const counted = statement.verb !== "DDL" ? answer.rowCount : 0;
  state.rowCount = counted;
  state.lastError = 0;
  if (statement.rows) sendRows(state, answer);
  state.emit({
    kind: "done",
    rowCount: state.options.noCount || statement.verb === "DDL" ? null : counted,
  });
}

function sendRows(state: State, answer: Answer): void {
  state.emit({ kind: "columns", columns: answer.fields.map(wireColumn) });
  const formats = answer.fields.map(formatOf);
  const plain = formats.every((format) => format === null);
  for (const row of answer.rows) {
    const values = plain
      ? row
      : row.map((value, place) => (value === null ? null : (formats[place]?.(value) ?? value)));
    state.emit({ kind: "row", values });
  }
}

/** Makes a table variable, or empties the one by the same name and shape that an earlier batch has left. */
export async function declareTable(state: State, name: string, columns: string): Promise<void> {
  if (state.doomed) throw notInTheSet("a table variable in a doomed transaction");
  const known = state.tableVariables.get(name);
  const sql =
    known === columns
      ? `DELETE FROM "${name}"`
      : `DROP TABLE IF EXISTS "${name}"; CREATE TEMP TABLE ${columns}`;
  await send(state, sql, { verb: "DDL", table: null });
  state.tableVariables.set(name, columns);
}
