/** Reads THROW, RAISERROR and EXEC with the few procedures that there are. */
import type { Cursor } from "./cursor.ts";
import { readValue } from "./expression.ts";
import { notInTheSet, Raised } from "./raised.ts";
import type { Statement } from "./statement.ts";

/** Reads THROW, which is no reserved word but a statement where one may begin. */
export function readThrow(cursor: Cursor): Statement {
  cursor.expect("THROW");
  if (!["number", "variable"].includes(cursor.token.kind)) return { kind: "rethrow" };
  const number = readValue(cursor);
  cursor.expectSymbol(",");
  const message = readValue(cursor);
  cursor.expectSymbol(",");
  return {
    kind: "throw",
    values: `SELECT (${number})::int, tsql.to_text(${message}, 0), (${readValue(cursor)})::int`,
  };
}

/** Reads RAISERROR with a text, a severity and a state. */
export function readRaise(cursor: Cursor): Statement {
  cursor.expect("RAISERROR");
  return cursor.inParentheses(() => {
    const message = readValue(cursor);
    cursor.expectSymbol(",");
    const severity = Number(cursor.next().text);
    cursor.expectSymbol(",");
    readValue(cursor);
    if (!(severity >= 0 && severity < 19)) throw notInTheSet("RAISERROR with such a severity");
    return { kind: "raise", message: `SELECT tsql.to_text(${message}, 0)`, severity };
  });
}

/** Reads EXEC: of a text, or of sp_getapplock and sp_releaseapplock. */
export function readExec(cursor: Cursor): Statement {
  cursor.next();
  if (cursor.isSymbol("(")) {
    return {
      kind: "exec",
      text: `SELECT tsql.to_text(${cursor.inParentheses(() => readValue(cursor))}, 0)`,
    };
  }
  let result: string | null = null;
  if (cursor.token.kind === "variable") {
    result = cursor.variable();
    cursor.expectSymbol("=");
  }
  const name = readProcedureName(cursor);
  if (name === "sp_executesql") {
    const text = readValue(cursor);
    if (cursor.isSymbol(",")) throw notInTheSet("sp_executesql with parameters inside a batch");
    return { kind: "exec", text: `SELECT tsql.to_text(${text}, 0)` };
  }
  if (name !== "sp_getapplock" && name !== "sp_releaseapplock") {
    throw new Raised(2812, `Could not find stored procedure '${name}'.`, "compile");
  }
  return readLock(cursor, name === "sp_releaseapplock", result);
}

function readProcedureName(cursor: Cursor): string {
  let name = cursor.name();
  while (cursor.acceptSymbol(".")) name = cursor.name();
  return name.toLowerCase();
}

function readLock(cursor: Cursor, release: boolean, result: string | null): Statement {
  const given = new Map<string, string>();
  cursor.list(() => {
    if (cursor.token.kind !== "variable") throw notInTheSet("arguments without a name");
    const name = cursor.next().text.toLowerCase();
    cursor.expectSymbol("=");
    // A bare word is a text here, as everywhere in EXEC.
    const bare = cursor.isName() ? `'${cursor.name()}'` : null;
    given.set(name, bare ?? readValue(cursor));
  });
  const resource = given.get("@resource");
  if (resource === undefined) throw notInTheSet("a lock without @Resource");
  const mode = given.get("@lockmode") ?? "'Exclusive'";
  const owner = given.get("@lockowner") ?? "'Transaction'";
  const timeout = given.get("@locktimeout") ?? "NULL";
  const values = `SELECT hashtextextended(${resource}, 0), ${mode}::text, ${owner}::text, (${timeout})::int`;
  return { kind: "lock", release, values, result };
}
