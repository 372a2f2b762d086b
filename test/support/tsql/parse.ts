/** Parses a batch: control flow to a tree, every other statement by its own reader. */
import { Cursor, type Grammar, type VariableType } from "./cursor.ts";
import {
  readAlter,
  readCreateIndex,
  readCreateSchema,
  readCreateSynonym,
  readCreateView,
  readDrop,
} from "./ddl.ts";
import { readDelete, readInsert, readTruncate, readUpdate } from "./dml.ts";
import { readDeclare, readSelect, readSet } from "./assign.ts";
import { readCondition, readValue } from "./expression.ts";
import { localOf } from "./local.ts";
import { readMerge } from "./merge.ts";
import { readQuery, readTableName } from "./query.ts";
import { notInTheSet, Raised } from "./raised.ts";
import { readExec, readRaise, readThrow } from "./procedure.ts";
import type { Batch, Condition, Statement } from "./statement.ts";
import { readCreateTable } from "./table.ts";
import { readCreateTrigger } from "./trigger.ts";

/** Parses a batch; `parameters` are the variables it has from outside. */
export function parseBatch(sql: string, parameters: readonly string[]): Batch {
  const variables = new Map<string, VariableType>(
    parameters.map((name) => [name.toLowerCase(), null]),
  );
  const cursor = new Cursor(sql, variables, GRAMMAR);
  const statements: Statement[] = [];
  while (cursor.acceptSymbol(";"));
  while (cursor.token.kind !== "end") {
    statements.push(readStatement(cursor));
    while (cursor.acceptSymbol(";"));
  }
  return { statements, types: variables };
}

const READERS: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  SELECT: readSelect,
  WITH: readWith,
  INSERT: readInsert,
  UPDATE: readUpdate,
  DELETE: readDelete,
  MERGE: readMerge,
  TRUNCATE: readTruncate,
  SET: readSet,
  DECLARE: readDeclare,
  IF: readIf,
  WHILE: readWhile,
  BEGIN: readBegin,
  BREAK: (cursor) => readWord(cursor, "break"),
  CONTINUE: (cursor) => readWord(cursor, "continue"),
  RETURN: (cursor) => readWord(cursor, "return"),
  COMMIT: readCommit,
  ROLLBACK: readRollback,
  SAVE: readSave,
  THROW: readThrow,
  RAISERROR: readRaise,
  PRINT: readPrint,
  EXEC: readExec,
  EXECUTE: readExec,
  CREATE: readCreate,
  ALTER: readAlter,
  DROP: readDrop,
};

const GRAMMAR: Grammar = {
  value: readValue,
  condition: readCondition,
  query: readQuery,
  statement: readStatement,
};

/** Reads a table's name that stands alone, as in a bulk load. */
export function parseTableName(name: string): string {
  const cursor = new Cursor(name, new Map(), GRAMMAR);
  const table = readTableName(cursor);
  if (cursor.token.kind !== "end") cursor.fail();
  return table;
}

/** Reads the statement that is next. */
function readStatement(cursor: Cursor): Statement {
  const { token } = cursor;
  const reader =
    token.kind === "word" && Object.hasOwn(READERS, token.upper) ? READERS[token.upper] : undefined;
  if (reader === undefined) {
    if (
      token.kind === "word" &&
      /^(GRANT|DENY|REVOKE|USE|WAITFOR|OPEN|FETCH|BULK|GO)$/.test(token.upper)
    ) {
      throw notInTheSet(token.text);
    }
    return cursor.fail();
  }
  return reader(cursor);
}

function readWith(cursor: Cursor): Statement {
  if (cursor.index > 0 && !cursor.previous.text.endsWith(";")) {
    throw new Raised(
      319,
      "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.",
      "compile",
      { severity: 15 },
    );
  }
  return readSelect(cursor);
}

/** Reads a condition of control flow. */
function readFlowCondition(cursor: Cursor): Condition {
  const from = cursor.index;
  const sql = readCondition(cursor);
  return { sql, local: localOf(cursor.slice(from), cursor.variables) };
}

function readIf(cursor: Cursor): Statement {
  cursor.expect("IF");
  const condition = readFlowCondition(cursor);
  const yes = readStatement(cursor);
  // The statement before ELSE may have a semicolon.
  if (cursor.isSymbol(";") && cursor.ahead(1).upper === "ELSE") cursor.next();
  const no = cursor.accept("ELSE") ? readStatement(cursor) : null;
  return { kind: "if", condition, yes, no };
}

function readWhile(cursor: Cursor): Statement {
  cursor.expect("WHILE");
  const condition = readFlowCondition(cursor);
  return { kind: "while", condition, body: readStatement(cursor) };
}

function readBegin(cursor: Cursor): Statement {
  cursor.expect("BEGIN");
  if (cursor.accept("TRY")) return readTry(cursor);
  if (cursor.accept("TRANSACTION") || cursor.accept("TRAN")) {
    if (cursor.isName()) cursor.name();
    return { kind: "transaction", does: "begin", name: null };
  }
  const statements = readUntilEnd(cursor);
  if (statements.length === 0) cursor.fail();
  cursor.expect("END");
  return { kind: "block", statements };
}

/** The statements of a block. */
function readUntilEnd(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (cursor.acceptSymbol(";"));
  while (!cursor.isWord("END")) {
    if (cursor.token.kind === "end") cursor.fail();
    statements.push(readStatement(cursor));
    while (cursor.acceptSymbol(";"));
  }
  return statements;
}

function readTry(cursor: Cursor): Statement {
  const body = { kind: "block", statements: readUntilEnd(cursor) } as const;
  cursor.expect("END", "TRY");
  cursor.expect("BEGIN", "CATCH");
  const handler = { kind: "block", statements: readUntilEnd(cursor) } as const;
  cursor.expect("END", "CATCH");
  return { kind: "try", body, handler };
}

function readWord(cursor: Cursor, kind: "break" | "continue" | "return"): Statement {
  cursor.next();
  return { kind };
}

function acceptTransaction(cursor: Cursor): boolean {
  return cursor.accept("TRANSACTION") || cursor.accept("TRAN");
}

function readCommit(cursor: Cursor): Statement {
  cursor.expect("COMMIT");
  if (acceptTransaction(cursor) && cursor.isName()) cursor.name();
  else cursor.accept("WORK");
  return { kind: "transaction", does: "commit", name: null };
}

function readRollback(cursor: Cursor): Statement {
  cursor.expect("ROLLBACK");
  // As on the server, a word that follows is the savepoint's name: even THROW.
  const name = acceptTransaction(cursor) && cursor.isName() ? cursor.name() : null;
  cursor.accept("WORK");
  return { kind: "transaction", does: "rollback", name };
}

function readSave(cursor: Cursor): Statement {
  cursor.expect("SAVE");
  if (!acceptTransaction(cursor)) cursor.fail();
  return { kind: "transaction", does: "save", name: cursor.name() };
}

function readPrint(cursor: Cursor): Statement {
  cursor.expect("PRINT");
  readValue(cursor);
  return { kind: "nothing" };
}

function readCreate(cursor: Cursor): Statement {
  const first = cursor.index === 0;
  cursor.expect("CREATE");
  if (cursor.isWord("TABLE")) return readCreateTable(cursor);
  if (cursor.isWord("UNIQUE", "INDEX", "CLUSTERED", "NONCLUSTERED")) return readCreateIndex(cursor);
  if (cursor.isWord("SYNONYM")) return readCreateSynonym(cursor);
  const what = cursor.token.upper;
  if (!["VIEW", "TRIGGER", "SCHEMA"].includes(what))
    throw notInTheSet(`CREATE ${cursor.token.text}`);
  if (!first) {
    throw new Raised(
      111,
      `'CREATE ${what}' must be the first statement in a query batch.`,
      "compile",
      { severity: 15 },
    );
  }
  if (what === "TRIGGER") return readCreateTrigger(cursor);
  return what === "VIEW" ? readCreateView(cursor) : readCreateSchema(cursor);
}
