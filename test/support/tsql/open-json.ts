/** Translates `OPENJSON(…) WITH (…)` over an array of objects or arrays. */
import type { Cursor } from "./cursor.ts";
import { quoteName, quoteText } from "./quote.ts";
import { notInTheSet } from "./raised.ts";
import { columnCollation, convertTo, readType } from "./types.ts";

/** Reads the call and its WITH; answers with a derived table in parentheses. */
export function readOpenJson(cursor: Cursor): string {
  cursor.expect("OPENJSON");
  const json = cursor.inParentheses(() => cursor.grammar.value(cursor));
  if (!cursor.accept("WITH")) throw notInTheSet("OPENJSON without WITH");
  const columns = cursor.inParentheses(() => cursor.list(() => readColumn(cursor)));
  return `(SELECT ${columns.join(", ")} FROM json_array_elements(${json}::json) AS e(value))`;
}

function readColumn(cursor: Cursor): string {
  const name = cursor.name();
  const type = readType(cursor, 1);
  const collation = cursor.accept("COLLATE") ? cursor.name() : null;
  const path = cursor.token.kind === "string" ? cursor.next().text : `$."${name}"`;
  const value = convertTo(type, `(e.value ->> ${keyOf(path)})`);
  return `${value}${columnCollation(type, collation, "")} AS ${quoteName(name)}`;
}

/** The only step of a path: a key or a place. */
function keyOf(path: string): string {
  const found = /^\$(?:\.(?:"([^"]*)"|(\w+))|\[(\d+)\])$/.exec(path);
  if (found === null) throw notInTheSet(`the JSON path ${path}`);
  return found[3] ?? quoteText(found[1] ?? found[2] ?? "");
}
