/** Translates queries: SELECT and what it is made of, and the tables that any statement names. */
import { readSortKeys } from "./call.ts";
import type { Cursor } from "./cursor.ts";
import { readCondition, readValue } from "./expression.ts";
import { readOpenJson } from "./open-json.ts";
import { markLimit, place, quoteName, withLimitLast } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";

/** A query; its FROM, if it has one, is what UPDATE and DELETE share with it. */
export function readQuery(
  cursor: Cursor,
  options: { readonly assigns?: (name: string, value: string) => string } = {},
): string {
  const ctes = cursor.isWord("WITH") ? readCtes(cursor) : "";
  let sql = readTerm(cursor, options);
  for (;;) {
    const operator = readSetOperator(cursor);
    if (operator === null) break;
    sql = `${withoutLimit(sql)} ${operator} ${withoutLimit(readTerm(cursor))}`;
  }
  if (cursor.accept("ORDER", "BY")) sql += ` ORDER BY ${readSortKeys(cursor)}`;
  sql += readOffset(cursor);
  readQueryHints(cursor);
  return ctes + withLimitLast(sql);
}

function readCtes(cursor: Cursor): string {
  cursor.expect("WITH");
  const ctes = cursor.list(() => {
    const name = quoteName(cursor.name());
    const columns = cursor.isSymbol("(") ? ` (${readNames(cursor).join(", ")})` : "";
    cursor.expect("AS");
    return `${name}${columns} AS (${cursor.inParentheses(() => readQuery(cursor))})`;
  });
  return `WITH ${ctes.join(", ")} `;
}

function withoutLimit(term: string): string {
  if (withLimitLast(term) !== term)
    throw notInTheSet("TOP in a part of UNION, EXCEPT or INTERSECT");
  return term;
}

/** A list of names in parentheses, quoted. */
export function readNames(cursor: Cursor): string[] {
  return cursor.inParentheses(() => cursor.list(() => quoteName(cursor.name())));
}

/** Key columns with their order, which does not matter to PostgreSQL's constraints. */
export function readKeyColumns(cursor: Cursor): string {
  const columns = cursor.inParentheses(() =>
    cursor.list(() => {
      const column = quoteName(cursor.name());
      if (!cursor.accept("ASC")) cursor.accept("DESC");
      return column;
    }),
  );
  return columns.join(", ");
}

function readSetOperator(cursor: Cursor): string | null {
  if (cursor.accept("UNION")) return cursor.accept("ALL") ? "UNION ALL" : "UNION";
  if (cursor.accept("EXCEPT")) return "EXCEPT";
  return cursor.accept("INTERSECT") ? "INTERSECT" : null;
}

function readOffset(cursor: Cursor): string {
  if (!cursor.accept("OFFSET")) return "";
  const skipped = readValue(cursor);
  if (!cursor.accept("ROWS")) cursor.expect("ROW");
  if (!cursor.accept("FETCH")) return ` OFFSET ${skipped}`;
  if (!cursor.accept("NEXT")) cursor.expect("FIRST");
  const taken = readValue(cursor);
  if (!cursor.accept("ROWS")) cursor.expect("ROW");
  cursor.expect("ONLY");
  return ` LIMIT ${taken} OFFSET ${skipped}`;
}

/** `OPTION (…)` at the end of a statement says how, not what. */
export function readQueryHints(cursor: Cursor): void {
  if (!cursor.accept("OPTION")) return;
  cursor.inParentheses(() => {
    while (!cursor.isSymbol(")")) {
      if (cursor.token.kind === "end" || cursor.isSymbol("(")) cursor.fail();
      cursor.next();
    }
  });
}

type Assigns = (name: string, value: string) => string;

function readTerm(cursor: Cursor, { assigns }: { readonly assigns?: Assigns } = {}): string {
  if (cursor.isSymbol("(")) return `(${cursor.inParentheses(() => readQuery(cursor))})`;
  cursor.expect("SELECT");
  const distinct = cursor.accept("DISTINCT") ? "DISTINCT " : "";
  cursor.accept("ALL");
  const limit = cursor.accept("TOP") ? markLimit(readTop(cursor)) : "";
  const columns = cursor.list(() =>
    assigns === undefined ? readItem(cursor) : readAssigned(cursor, assigns),
  );
  if (cursor.isWord("INTO")) throw notInTheSet("SELECT INTO");
  return `SELECT ${distinct}${limit}${columns.join(", ")}${readTail(cursor)}`;
}

function readTop(cursor: Cursor): string {
  const limit = cursor.isSymbol("(")
    ? cursor.inParentheses(() => readValue(cursor))
    : cursor.next().text;
  if (cursor.isWord("PERCENT") || cursor.areWords("WITH", "TIES"))
    throw notInTheSet("TOP with PERCENT or TIES");
  return limit;
}

function readTail(cursor: Cursor): string {
  let sql = "";
  if (cursor.accept("FROM")) sql += ` FROM ${readFrom(cursor)}`;
  if (cursor.accept("WHERE")) sql += ` WHERE ${readCondition(cursor)}`;
  if (cursor.accept("GROUP", "BY"))
    sql += ` GROUP BY ${cursor.list(() => readValue(cursor)).join(", ")}`;
  if (cursor.accept("HAVING")) sql += ` HAVING ${readCondition(cursor)}`;
  return sql;
}

function readAssigned(cursor: Cursor, assigns: Assigns): string {
  const name = cursor.variable();
  cursor.expectSymbol("=");
  return assigns(name, readValue(cursor));
}

function readItem(cursor: Cursor): string {
  if (cursor.acceptSymbol("*")) return "*";
  if (cursor.token.kind === "variable" && cursor.isSymbol("=", 1)) {
    throw new Raised(
      141,
      "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.",
      "compile",
      { severity: 15 },
    );
  }
  if (cursor.isName() && cursor.isSymbol(".", 1) && cursor.isSymbol("*", 2)) {
    const table = quoteName(cursor.name());
    cursor.next();
    cursor.next();
    return `${table}.*`;
  }
  if (cursor.isName() && cursor.isSymbol("=", 1)) {
    const alias = quoteName(cursor.name());
    cursor.next();
    return `${readValue(cursor)} AS ${alias}`;
  }
  const value = readValue(cursor);
  const alias = readColumnAlias(cursor);
  return alias === null ? unnamed(value) : `${value} AS ${quoteName(alias)}`;
}

/** A column without a name has none; PostgreSQL would make one up. */
function unnamed(sql: string): string {
  return /^("[^"]*"\.)*"[^"]*"$/.test(sql) ? sql : `${sql} AS ${quoteName(NO_NAME)}`;
}

/** The column name that stands for none. */
export const NO_NAME = "(no column name)";

function readColumnAlias(cursor: Cursor): string | null {
  const explicit = cursor.accept("AS");
  if (cursor.token.kind === "string") return cursor.next().text;
  if (!explicit && !cursor.isName()) return null;
  return cursor.name();
}

/** What follows FROM. */
function readFrom(cursor: Cursor): string {
  return cursor.list(() => readJoined(cursor)).join(", ");
}

function readJoined(cursor: Cursor): string {
  let sql = readSource(cursor).sql;
  for (;;) {
    const join = readJoin(cursor);
    if (join === null) return sql;
    sql += ` ${join} ${readSource(cursor).sql}`;
    if (join !== "CROSS JOIN") {
      cursor.expect("ON");
      sql += ` ON ${readCondition(cursor)}`;
    }
  }
}

/** The kind of join that is next, as PostgreSQL writes it. */
export function readJoin(cursor: Cursor): string | null {
  if (cursor.accept("JOIN") || cursor.accept("INNER", "JOIN")) return "INNER JOIN";
  if (cursor.accept("CROSS", "JOIN")) return "CROSS JOIN";
  if (cursor.isWord("CROSS", "OUTER") && cursor.ahead(1).upper === "APPLY")
    throw notInTheSet("APPLY");
  for (const side of ["LEFT", "RIGHT", "FULL"]) {
    if (!cursor.accept(side)) continue;
    cursor.accept("OUTER");
    cursor.expect("JOIN");
    return `${side} JOIN`;
  }
  return null;
}

/** A table or derived table in FROM. */
export interface Source {
  readonly sql: string;
  /** By which name the statement calls it. */
  readonly alias: string | null;
  /** The quoted name when it is a table. */
  readonly table: string | null;
}

/** Reads a table, a derived table or OPENJSON, with its alias and hints. */
export function readSource(cursor: Cursor): Source {
  if (cursor.isWord("OPENJSON")) {
    const json = readOpenJson(cursor);
    const alias = readAlias(cursor);
    return { sql: json + aliased(alias), alias, table: null };
  }
  if (cursor.isSymbol("(")) return readDerived(cursor);
  const table = readTableName(cursor);
  readHints(cursor);
  const alias = readAlias(cursor);
  readHints(cursor);
  return { sql: table + aliased(alias), alias, table };
}

function aliased(alias: string | null): string {
  return alias === null ? "" : ` AS ${quoteName(alias)}`;
}

function readDerived(cursor: Cursor): Source {
  const inner = cursor.inParentheses(() =>
    cursor.isWord("VALUES")
      ? readRows(cursor)
      : cursor.isWord("SELECT") || cursor.isSymbol("(")
        ? readQuery(cursor)
        : cursor.fail(),
  );
  cursor.accept("AS");
  const alias = cursor.name();
  const columns = cursor.isSymbol("(") ? ` (${readNames(cursor).join(", ")})` : "";
  return { sql: `(${inner}) AS ${quoteName(alias)}${columns}`, alias, table: null };
}

/** `VALUES (…), (…)`; a value may be DEFAULT where `defaults` says so. */
export function readRows(cursor: Cursor, defaults = false): string {
  cursor.expect("VALUES");
  const rows = cursor.list(() =>
    cursor.inParentheses(() =>
      cursor.list(() => (defaults && cursor.accept("DEFAULT") ? "DEFAULT" : readValue(cursor))),
    ),
  );
  if (rows.length > 1000) {
    throw new Raised(
      10738,
      "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000 row values.",
      "compile",
      { severity: 15 },
    );
  }
  return `VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")}`;
}

/** An alias, with or without AS. */
export function readAlias(cursor: Cursor): string | null {
  const explicit = cursor.accept("AS");
  return explicit || cursor.isName() ? cursor.name() : null;
}

/** Reads a table's name of up to three parts, a temporary table's or a table variable's. */
export function readTableName(cursor: Cursor): string {
  if (cursor.token.kind === "variable") {
    const name = cursor.token.text.toLowerCase();
    if (cursor.variables.get(name) !== "table") {
      throw new Raised(1087, `Must declare the table variable "${cursor.token.text}".`, "compile", {
        severity: 15,
      });
    }
    cursor.next();
    return quoteName(name);
  }
  const parts = [cursor.name()];
  while (cursor.acceptSymbol(".")) parts.push(cursor.isSymbol(".") ? "" : cursor.name());
  return writeTableName(parts);
}

/** The parts of a table's name as PostgreSQL writes them. */
function writeTableName(parts: readonly string[]): string {
  const [table = "", schema = "", database = "", server] = parts.toReversed();
  if (server !== undefined) throw notInTheSet("a name of four parts");
  if (table.startsWith("#")) return quoteName(table);
  const prefix = database === "" ? "" : place(`database ${database}`);
  return (
    prefix +
    (schema === "" ? "" : `${quoteName(schema.toLowerCase() === "dbo" ? "dbo" : schema)}.`) +
    quoteName(table)
  );
}

const HINTS = new Set(
  "NOLOCK UPDLOCK HOLDLOCK ROWLOCK PAGLOCK TABLOCK TABLOCKX XLOCK SERIALIZABLE REPEATABLEREAD READCOMMITTED READPAST READUNCOMMITTED NOWAIT KEEPIDENTITY KEEPDEFAULTS".split(
    " ",
  ),
);

/** Table hints are checked and dropped. */
export function readHints(cursor: Cursor): void {
  if (!cursor.isWord("WITH") || !cursor.isSymbol("(", 1)) return;
  cursor.next();
  cursor.inParentheses(() => {
    cursor.list(() => {
      if (cursor.token.kind === "word" && HINTS.has(cursor.token.upper)) return cursor.next();
      throw new Raised(
        321,
        `"${cursor.token.text}" is not a recognized table hints option.`,
        "compile",
        { severity: 15 },
      );
    });
  });
}
