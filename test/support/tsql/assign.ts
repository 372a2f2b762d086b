/** Reads what gives values to variables and options: DECLARE, SET and SELECT. */
import type { Cursor } from "./cursor.ts";
import { readValue } from "./expression.ts";
import { localOf } from "./local.ts";
import { readQuery, readTableName } from "./query.ts";
import { place, quoteName } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";
import type { AssignStatement, Local, Statement } from "./statement.ts";
import { readTableColumns } from "./table.ts";
import { convertTo, readType, type TsqlType } from "./types.ts";

/** The value as the variable's type takes it: text that is too long is cut, as the server does. */
function forVariable(cursor: Cursor, name: string, value: string): string {
  const type = cursor.variables.get(name);
  if (type === "table" || type === undefined)
    throw new Raised(137, `Must declare the scalar variable "${name}".`, "compile", {
      severity: 15,
    });
  return type === null ? value : convertTo(type, value);
}

/** Reads a SELECT, which sends rows or gives values to variables. */
export function readSelect(cursor: Cursor): Statement {
  if (!assigns(cursor)) {
    return { kind: "sql", verb: "SELECT", sql: readQuery(cursor), rows: true, table: null };
  }
  const names: string[] = [];
  const starts: number[] = [];
  const from = cursor.index;
  const sql = readQuery(cursor, {
    assigns: (name, value) => {
      names.push(name);
      starts.push(cursor.index);
      return forVariable(cursor, name, value);
    },
  });
  const tokens = cursor.slice(from);
  const last = starts.at(-1) === cursor.index;
  // Values that use a variable of the same list depend on the order; PostgreSQL would read the old value.
  const locals = last ? selectedLocals(cursor, tokens, from, starts) : null;
  return { kind: "assign", names, sql, locals, from: !last };
}

function assigns(cursor: Cursor): boolean {
  const first = cursor.ahead(1);
  if (first.kind === "variable") return cursor.isSymbol("=", 2);
  if (first.upper !== "TOP") return false;
  const at = cursor.isSymbol("(", 2) ? 5 : 3;
  return cursor.ahead(at).kind === "variable" && cursor.isSymbol("=", at + 1);
}

function selectedLocals(
  cursor: Cursor,
  tokens: ReturnType<Cursor["slice"]>,
  from: number,
  ends: readonly number[],
): Local[] | null {
  const locals: Local[] = [];
  let start = 1;
  for (const end of ends) {
    // Past the name and the =.
    const local = localOf(tokens.slice(start + 2, end - from), cursor.variables);
    if (local === null) return null;
    locals.push(local);
    start = end - from + 1;
  }
  return locals;
}

/** Reads SET: a variable or an option. */
export function readSet(cursor: Cursor): Statement {
  cursor.expect("SET");
  if (cursor.token.kind === "variable") return readSetVariable(cursor);
  if (cursor.accept("TRANSACTION", "ISOLATION", "LEVEL")) {
    cursor.expect("READ", "COMMITTED");
    return { kind: "nothing" };
  }
  if (cursor.accept("IDENTITY_INSERT")) {
    const table = readTableName(cursor);
    return { kind: "option", name: "IDENTITY_INSERT", value: `${readOnOff(cursor)} ${table}` };
  }
  return readOption(cursor);
}

function readSetVariable(cursor: Cursor): AssignStatement {
  const name = cursor.variable();
  const compound = ["+=", "-=", "*=", "/="].find((symbol) => cursor.acceptSymbol(symbol));
  if (compound === undefined) cursor.expectSymbol("=");
  const from = cursor.index;
  const value = readValue(cursor);
  if (compound !== undefined) {
    const sql = `SELECT ${forVariable(cursor, name, `(${place(name)} ${compound.charAt(0)} ${value})`)}`;
    return { kind: "assign", names: [name], sql, locals: null, from: false };
  }
  return assignment(cursor, name, value, from);
}

function assignment(cursor: Cursor, name: string, value: string, from: number): AssignStatement {
  const local = localOf(cursor.slice(from), cursor.variables);
  const sql = `SELECT ${forVariable(cursor, name, value)}`;
  return {
    kind: "assign",
    names: [name],
    sql,
    locals: local === null ? null : [local],
    from: false,
  };
}

function readOnOff(cursor: Cursor): "ON" | "OFF" {
  if (cursor.accept("ON")) return "ON";
  cursor.expect("OFF");
  return "OFF";
}

/** Options and the values that they may be given here; the first three mean something. */
const OPTIONS: Readonly<Record<string, readonly string[] | "number">> = {
  NOCOUNT: ["ON", "OFF"],
  XACT_ABORT: ["ON", "OFF"],
  LOCK_TIMEOUT: "number",
  LANGUAGE: ["US_ENGLISH"],
  DATEFORMAT: ["YMD"],
  QUOTED_IDENTIFIER: ["ON"],
  ANSI_NULLS: ["ON"],
  ANSI_PADDING: ["ON"],
  ANSI_WARNINGS: ["ON"],
  ANSI_NULL_DFLT_ON: ["ON"],
  ARITHABORT: ["ON"],
  CONCAT_NULL_YIELDS_NULL: ["ON"],
  NUMERIC_ROUNDABORT: ["OFF"],
  IMPLICIT_TRANSACTIONS: ["OFF"],
  CURSOR_CLOSE_ON_COMMIT: ["OFF"],
  TEXTSIZE: "number",
  ROWCOUNT: ["0"],
  DATEFIRST: ["7"],
};

function readOption(cursor: Cursor): Statement {
  const names = cursor.list(() => cursor.next().upper);
  const sign = cursor.acceptSymbol("-") ? "-" : "";
  const value = sign + cursor.next().upper;
  for (const name of names) {
    const allowed = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    const known = allowed === "number" ? /^-?\d+$/.test(value) : allowed?.includes(value) === true;
    if (!known) throw notInTheSet(`SET ${name} ${value}`);
  }
  const statements = names.map((name) => ({ kind: "option", name, value }) as const);
  return { kind: "block", statements };
}

/** Reads DECLARE: variables with their first values, or a table variable. */
export function readDeclare(cursor: Cursor): Statement {
  cursor.expect("DECLARE");
  const statements = cursor.list(() => readDeclaration(cursor)).flat();
  return { kind: "block", statements };
}

function readDeclaration(cursor: Cursor): Statement[] {
  const { token } = cursor;
  if (token.kind !== "variable" || token.text.startsWith("@@")) cursor.fail();
  cursor.next();
  const name = token.text.toLowerCase();
  if (cursor.variables.has(name)) {
    throw new Raised(
      134,
      `The variable name '${token.text}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
      "compile",
      { severity: 15 },
    );
  }
  cursor.accept("AS");
  if (cursor.accept("TABLE")) {
    cursor.variables.set(name, "table");
    return [
      { kind: "declare-table", name, columns: `${quoteName(name)} (${readTableColumns(cursor)})` },
    ];
  }
  return readScalar(cursor, name);
}

function readScalar(cursor: Cursor, name: string): Statement[] {
  const type: TsqlType = readType(cursor, 1);
  const declared = { kind: "declare", name, type } as const;
  if (!cursor.isSymbol("=")) {
    cursor.variables.set(name, type);
    return [declared];
  }
  cursor.next();
  const from = cursor.index;
  const value = readValue(cursor);
  cursor.variables.set(name, type);
  return [declared, assignment(cursor, name, value, from)];
}
