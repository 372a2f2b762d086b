/**
 * Runs parsed batches: control flow here, every statement in PostgreSQL.
 * What an error does to the batch and to the transaction is decided in one place, `handle`.
 */
import type { TdsParameter } from "../tds/backend.ts";
import { lock } from "./lock.ts";
import { assign } from "./run-assign.ts";
import { declareTable, oneRow, runSql } from "./run-sql.ts";
import { parseBatch } from "./parse.ts";
import { refuseUnknown } from "./profile.ts";
import { Raised } from "./raised.ts";
import { doomedError, type Scope, type State } from "./session.ts";
import type { Batch, Condition, Statement } from "./statement.ts";
import { plainName } from "./quote.ts";
import { isSameTable, placeValue } from "./values.ts";

/** How a statement ended. */
type Flow = "next" | "break" | "continue" | "return";

/** The batch is over; its error has been sent. */
class BatchEnded extends Error {}

const parsed = new Map<string, Batch>();

function parse(sql: string, names: readonly string[]): Batch {
  const key = `${names.join(",")}\n${sql}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const batch = parseBatch(sql, names);
  if (parsed.size > 2000) parsed.clear();
  parsed.set(key, batch);
  return batch;
}

/** Runs a text as a batch, or as a call with parameters. Errors of the language become events. */
export async function runText(
  state: State,
  sql: string,
  parameters: readonly TdsParameter[],
): Promise<void> {
  const called = parameters.length > 0;
  const before = { options: { ...state.options }, tranCount: state.tranCount };
  try {
    await runBatch(state, sql, parameters, called);
    if (called && state.tranCount !== before.tranCount) emitMismatch(state, before.tranCount);
  } catch (error) {
    if (error instanceof Raised) await endBatch(state, error);
    else if (!(error instanceof BatchEnded)) throw error;
  } finally {
    if (called) state.options = before.options;
    state.tries = 0;
    state.caught.length = 0;
  }
  if (!state.doomed) return;
  await state.forget();
  state.emitError({
    number: 3998,
    severity: 16,
    message:
      "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.",
  });
}

function emitMismatch(state: State, before: number): void {
  const message = `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${state.tranCount}.`;
  state.emitError({ number: 266, severity: 16, message });
}

/** An error that nobody caught ends the batch, with XACT_ABORT the transaction too. */
async function endBatch(state: State, error: Raised): Promise<void> {
  state.emitError(error);
  if (state.tranCount > 0 && (state.options.xactAbort || state.doomed)) await state.forget();
}

async function runBatch(
  state: State,
  sql: string,
  parameters: readonly TdsParameter[],
  called: boolean,
): Promise<void> {
  refuseUnknown(state.profile, sql);
  const batch = parse(
    sql,
    parameters.map(({ name }) => name.toLowerCase()),
  );
  const values = new Map(parameters.map(({ name, value }) => [name.toLowerCase(), value]));
  const scope: Scope = { values, types: batch.types, temporary: called ? [] : null };
  try {
    await runAll(state, scope, batch.statements);
  } finally {
    if (scope.temporary !== null && scope.temporary.length > 0)
      state.connection.later(`DROP TABLE IF EXISTS ${scope.temporary.join(", ")}`);
  }
}

async function runAll(state: State, scope: Scope, statements: readonly Statement[]): Promise<Flow> {
  for (const statement of statements) {
    const flow = await runOne(state, scope, statement);
    if (flow !== "next") return flow;
  }
  return "next";
}

/** Runs a statement and handles its error. */
async function runOne(state: State, scope: Scope, statement: Statement): Promise<Flow> {
  try {
    return await dispatch(state, scope, statement);
  } catch (error) {
    if (!(error instanceof Raised) || handled.has(error)) throw error;
    await handle(state, error);
    return "next";
  }
}

/** Errors that are on their way to a CATCH: the statements around them must not handle them again. */
const handled = new WeakSet<Raised>();

/** Decides what an error does: returns when the batch goes on, else throws. */
async function handle(state: State, error: Raised): Promise<void> {
  state.lastError = error.number;
  state.rowCount = 0;
  const { xactAbort } = state.options;
  if (error.effect === "compile") {
    handled.add(error);
    throw error;
  }
  if (error.effect === "rollback") await state.forget();
  else if (state.tranCount > 0 && dooms(state, error)) state.doomed = true;
  if (state.tries > 0) {
    handled.add(error);
    throw error;
  }
  state.emitError(error);
  if (error.effect === "message" || (error.effect === "statement" && !xactAbort)) {
    if (!state.doomed) return;
  }
  if (state.tranCount > 0 && (state.doomed || xactAbort)) await state.forget();
  throw new BatchEnded();
}

function dooms(state: State, error: Raised): boolean {
  if (error.effect === "doom") return true;
  // RAISERROR respects XACT_ABORT only where a TRY takes it.
  return state.options.xactAbort && (error.effect !== "message" || state.tries > 0);
}

async function dispatch(state: State, scope: Scope, statement: Statement): Promise<Flow> {
  switch (statement.kind) {
    case "sql":
      await runSql(state, scope, statement);
      return "next";
    case "assign":
      await assign(state, scope, statement);
      return "next";
    case "declare":
      scope.values.set(statement.name, scope.values.get(statement.name) ?? null);
      return "next";
    case "declare-table":
      await declareTable(state, statement.name, statement.columns);
      return "next";
    case "block":
      return runAll(state, scope, statement.statements);
    case "if":
      if (await holds(state, scope, statement.condition))
        return runOne(state, scope, statement.yes);
      return statement.no === null ? "next" : runOne(state, scope, statement.no);
    case "while":
      return runWhile(state, scope, statement);
    case "try":
      return runTry(state, scope, statement);
    case "break":
    case "continue":
    case "return":
      return statement.kind;
    case "transaction":
    case "option":
    case "throw":
    case "rethrow":
    case "raise":
    case "exec":
    case "lock":
    case "nothing":
      await dispatchRest(state, scope, statement);
      break;
  }
  return "next";
}

/** The statements that no other is inside of. */
type Rest = Extract<
  Statement,
  { kind: "transaction" | "option" | "throw" | "rethrow" | "raise" | "exec" | "lock" | "nothing" }
>;

async function dispatchRest(state: State, scope: Scope, statement: Rest): Promise<void> {
  switch (statement.kind) {
    case "transaction":
      state.rowCount = 0;
      await changeTransaction(state, statement.does, statement.name);
      break;
    case "option":
      setOption(state, statement.name, statement.value);
      break;
    case "throw": {
      const [number, message, level] = await oneRow(state, scope, statement.values);
      throw new Raised(Number(number), message ?? "", "throw", { state: Number(level) });
    }
    case "rethrow":
      rethrow(state);
      break;
    case "raise": {
      const [message] = await oneRow(state, scope, statement.message);
      if (statement.severity > 10)
        throw new Raised(50000, message ?? "", "message", { severity: statement.severity });
      break;
    }
    case "exec": {
      const [text] = await oneRow(state, scope, statement.text);
      await runInner(state, text ?? "");
      break;
    }
    case "lock": {
      const values = await oneRow(state, scope, statement.values);
      const result = await lock(state, values, statement.release);
      if (statement.result !== null) scope.values.set(statement.result, String(result));
      break;
    }
    case "nothing":
      break;
  }
}

function rethrow(state: State): never {
  const caught = state.caught.at(-1);
  if (caught === undefined)
    throw new Raised(
      10704,
      "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
      "compile",
      { severity: 15 },
    );
  const { severity, state: level } = caught;
  throw new Raised(caught.number, caught.message, "throw", { severity, state: level });
}

async function changeTransaction(
  state: State,
  does: "begin" | "commit" | "rollback" | "save",
  name: string | null,
): Promise<void> {
  if (does === "begin") {
    if (state.doomed) throw doomedError();
    state.begin();
  } else if (does === "commit") await state.commit();
  else if (does === "save") state.save(name ?? "");
  else if (name === null) await state.rollback();
  else state.rollbackTo(name);
}

function setOption(state: State, name: string, value: string): void {
  if (name === "XACT_ABORT") state.options.xactAbort = value === "ON";
  else if (name === "NOCOUNT") state.options.noCount = value === "ON";
  else if (name === "LOCK_TIMEOUT") state.connection.setLockTimeout(Number(value));
  else if (name === "IDENTITY_INSERT") {
    setIdentityInsert(state, value.slice(value.indexOf(" ") + 1), value.startsWith("ON"));
  }
}

/** It can be ON for one table of a session at a time. */
function setIdentityInsert({ options }: State, table: string, isOn: boolean): void {
  const { identityInsert: other } = options;
  const isSame = other !== null && isSameTable(other, table);
  if (isOn && other !== null && !isSame) {
    throw new Raised(
      8107,
      `IDENTITY_INSERT is already ON for table '${plainName(other)}'. Cannot perform SET operation for table '${plainName(table)}'.`,
      "statement",
    );
  }
  if (isOn) options.identityInsert = table;
  else if (isSame) options.identityInsert = null;
}

/** EXEC of a text: a batch of its own, with options and names of its own. Its syntax errors can be caught outside. */
async function runInner(state: State, text: string): Promise<void> {
  const options = { ...state.options };
  try {
    await runBatch(state, text, [], true);
  } catch (error) {
    if (!(error instanceof Raised) || error.effect !== "compile") throw error;
    throw new Raised(error.number, error.message, "throw", { severity: error.severity });
  } finally {
    state.options = options;
  }
}

async function runWhile(
  state: State,
  scope: Scope,
  statement: Extract<Statement, { kind: "while" }>,
): Promise<Flow> {
  while (await holds(state, scope, statement.condition)) {
    const flow = await runOne(state, scope, statement.body);
    if (flow === "break") break;
    if (flow === "return") return flow;
  }
  return "next";
}

async function runTry(
  state: State,
  scope: Scope,
  statement: Extract<Statement, { kind: "try" }>,
): Promise<Flow> {
  const { tries } = state;
  state.tries++;
  try {
    return await runOne(state, scope, statement.body);
  } catch (error) {
    if (!(error instanceof Raised) || error.effect === "compile") throw error;
    state.caught.push(error);
  } finally {
    state.tries = tries;
  }
  try {
    return await runOne(state, scope, statement.handler);
  } finally {
    state.caught.pop();
  }
}

async function holds(state: State, scope: Scope, condition: Condition): Promise<boolean> {
  const local = condition.local?.((name) => placeValue(state, scope, name));
  const [value] =
    local === undefined
      ? await oneRow(state, scope, `SELECT ${condition.sql}`)
      : [local === true ? "t" : "f"];
  state.rowCount = 0;
  return value === "t";
}
