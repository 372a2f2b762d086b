/** Translates the smaller statements of definition: indexes, views, schemas, ALTER TABLE and DROP. */
import type { Cursor } from "./cursor.ts";
import { readCondition } from "./expression.ts";
import { readKeyColumns, readNames, readQuery, readTableName } from "./query.ts";
import { plainName, quoteName, quoteText } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";
import type { SqlStatement, Statement } from "./statement.ts";
import { readAddition } from "./table.ts";
import { ignoringSql, readIgnoring } from "./table-parts.ts";

function ddl(sql: SqlStatement["sql"], table: string | null = null): SqlStatement {
  return { kind: "sql", verb: "DDL", sql, rows: false, table };
}

/** Reads CREATE INDEX. Index names are unique in their table only, so PostgreSQL's carry the table's. */
export function readCreateIndex(cursor: Cursor): Statement {
  const unique = cursor.accept("UNIQUE");
  if (!cursor.accept("CLUSTERED")) cursor.accept("NONCLUSTERED");
  cursor.expect("INDEX");
  const name = cursor.name();
  cursor.expect("ON");
  const table = readTableName(cursor);
  const columns = readKeyColumns(cursor);
  const included = cursor.accept("INCLUDE") ? ` INCLUDE (${readNames(cursor).join(", ")})` : "";
  const filterStart = cursor.ahead(1);
  const where = cursor.accept("WHERE") ? readCondition(cursor) : null;
  const ignoring = readIgnoring(cursor);
  if (ignoring && (!unique || where !== null || included !== ""))
    throw notInTheSet("IGNORE_DUP_KEY of a filtered index, or of one that includes columns");
  const index = indexName(table, name);
  if (unique && where === null && included === "") {
    // A constraint, because PostgreSQL checks it at the end of the statement as SQL Server does an index.
    const add = `ALTER TABLE ${table} ADD CONSTRAINT ${index} UNIQUE NULLS NOT DISTINCT (${columns}) DEFERRABLE`;
    return ddl([add, ...(ignoring ? [ignoringSql(table, index)] : [])].join("; "), table);
  }
  const kind = unique ? "UNIQUE INDEX" : "INDEX";
  const nulls = unique ? " NULLS NOT DISTINCT" : "";
  const create = `CREATE ${kind} ${index} ON ${table} (${columns})${included}${nulls}`;
  if (where === null) return ddl(create, table);
  const filter = quoteText(cursor.textFrom(filterStart));
  return ddl(
    `${create} WHERE ${where}; SELECT tsql.note_filter(${quoteText(table)}, ${quoteText(plainIndex(table, name))}, ${filter})`,
    table,
  );
}

function plainIndex(table: string, name: string): string {
  return `${plainName(table).split(".").at(-1)}.${name}`;
}

function indexName(table: string, name: string): string {
  return quoteName(plainIndex(table, name));
}

/** Reads CREATE VIEW, the rest of its batch. */
export function readCreateView(cursor: Cursor): Statement {
  cursor.expect("VIEW");
  const name = readTableName(cursor);
  const columns = cursor.isSymbol("(") ? ` (${readNames(cursor).join(", ")})` : "";
  cursor.expect("AS");
  const sql = `CREATE VIEW ${name}${columns} AS ${readQuery(cursor)}`;
  cursor.acceptSymbol(";");
  if (cursor.token.kind !== "end") cursor.fail();
  return ddl(sql, name);
}

/** Reads CREATE SCHEMA. */
export function readCreateSchema(cursor: Cursor): Statement {
  cursor.expect("SCHEMA");
  const sql = `CREATE SCHEMA ${quoteName(cursor.name())}`;
  cursor.acceptSymbol(";");
  if (cursor.token.kind !== "end") cursor.fail();
  return ddl(sql);
}

/** Reads CREATE SYNONYM; what it stands for is looked at by nobody. */
export function readCreateSynonym(cursor: Cursor): Statement {
  cursor.expect("SYNONYM");
  const [name = "", schema = "dbo"] = readParts(cursor).toReversed();
  cursor.expect("FOR");
  const base = readParts(cursor).map((part) => `[${part.replaceAll("]", "]]")}]`);
  const values = [schema, name, base.join(".")].map(quoteText);
  return ddl(`INSERT INTO tsql.synonyms (schema_name, name, base) VALUES (${values.join(", ")})`);
}

function readParts(cursor: Cursor): string[] {
  const parts = [cursor.name()];
  while (cursor.acceptSymbol(".")) parts.push(cursor.name());
  return parts;
}

/** Reads ALTER TABLE … ADD and DROP. */
export function readAlter(cursor: Cursor): Statement {
  cursor.expect("ALTER");
  if (!cursor.accept("TABLE")) throw notInTheSet(`ALTER ${cursor.token.text}`);
  const table = readTableName(cursor);
  if (cursor.accept("ADD")) return readAddition(cursor, table);
  cursor.expect("DROP");
  if (cursor.accept("CONSTRAINT"))
    return ddl(`ALTER TABLE ${table} DROP CONSTRAINT ${quoteName(cursor.name())}`, table);
  cursor.expect("COLUMN");
  return ddl(`ALTER TABLE ${table} DROP COLUMN ${quoteName(cursor.name())}`, table);
}

/** Reads DROP TABLE, VIEW, INDEX, SCHEMA and TRIGGER. */
export function readDrop(cursor: Cursor): Statement {
  cursor.expect("DROP");
  const what = cursor.next().upper;
  const exists = cursor.accept("IF", "EXISTS") ? "IF EXISTS " : "";
  if (what === "INDEX") return readDropIndex(cursor, exists);
  if (what === "SCHEMA") return ddl(`DROP SCHEMA ${exists}${quoteName(cursor.name())}`);
  if (what === "TRIGGER")
    return ddl(`SELECT tsql.drop_trigger(${quoteText(readTableName(cursor))})`);
  if (what !== "TABLE" && what !== "VIEW") throw notInTheSet(`DROP ${what}`);
  const names = cursor.list(() => readTableName(cursor));
  return ddl(`DROP ${what} ${exists}${names.join(", ")}`, names[0] ?? null);
}

function readDropIndex(cursor: Cursor, exists: string): Statement {
  const name = cursor.name();
  cursor.expect("ON");
  const table = readTableName(cursor);
  if (table.startsWith('"#'))
    throw new Raised(40000, "not in the set: indexes of temporary tables", "compile");
  return ddl(
    `SELECT tsql.drop_index(${quoteText(table)}, ${quoteText(plainIndex(table, name))}, ${exists !== ""})`,
    table,
  );
}
