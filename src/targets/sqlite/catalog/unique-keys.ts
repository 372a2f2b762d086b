/** Reads the unique keys of a table: the rowid, constraints, and unique indexes, partial and on expressions. */
import type { UniqueKey } from "../../../model/table-shape.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { parseIndex } from "./index-sql.ts";
import { quoteIdentifier } from "../quote.ts";
import type { ColumnDetails } from "./table-shape.ts";

/** An index as the catalog lists it; `origin` tells its constraint (`pk`, `u`) or that it was made by itself (`c`). */
export interface ListedIndex {
  readonly name: string;
  readonly unique: number;
  readonly origin: "c" | "u" | "pk";
}

/** The indexes of a table, the primary key's first. */
export function listIndexes(db: SqliteConnection, table: string): ListedIndex[] {
  return db
    .prepare<ListedIndex>(
      `select name, "unique", origin from pragma_index_list(?) order by origin = 'pk' desc, seq desc`,
    )
    .all(table);
}

/** The key of an INTEGER PRIMARY KEY. */
export function rowidKey(column: string): UniqueKey {
  return {
    name: null,
    primary: true,
    constraint: true,
    kind: "unique",
    columns: [column],
    keyExpressions: [quoteIdentifier(column)],
    predicate: null,
    nullsDistinct: true,
    deferrable: false,
  };
}

interface IndexPart {
  readonly name: string | null;
  readonly coll: string;
}

/** The unique key behind an index. */
export function uniqueKey(
  db: SqliteConnection,
  index: ListedIndex,
  details: ReadonlyMap<string, ColumnDetails>,
): UniqueKey {
  const parts = db
    .prepare<IndexPart>("select name, coll from pragma_index_xinfo(?) where key = 1 order by seqno")
    .all(index.name);
  const sql = schemaSql(db, "index", index.name);
  const parsed = sql === null ? null : parseIndex(sql);
  return {
    name: sql === null ? null : index.name,
    primary: index.origin === "pk",
    constraint: index.origin !== "c",
    kind: "unique",
    columns: parts.map((part) => part.name),
    keyExpressions: parts.map((part, at) =>
      part.name === null
        ? (parsed?.parts[at] ?? "null")
        : columnPart(part.name, part.coll, details),
    ),
    predicate: parsed?.predicate ?? null,
    nullsDistinct: true,
    deferrable: false,
  };
}

/** `"a"`, or `"a" collate "NOCASE"` where the index compares otherwise than the column. */
function columnPart(
  name: string,
  collation: string,
  details: ReadonlyMap<string, ColumnDetails>,
): string {
  const own = details.get(name)?.collation ?? "BINARY";
  const same = own.toLowerCase() === collation.toLowerCase();
  return quoteIdentifier(name) + (same ? "" : ` collate ${quoteIdentifier(collation)}`);
}

/** The text that made a table or index; `null` for what SQLite made by itself. */
export function schemaSql(
  db: SqliteConnection,
  type: "table" | "index",
  name: string,
): string | null {
  const sql = "select sql from sqlite_schema where type = ? and lower(name) = lower(?)";
  return db.prepare<{ sql: string | null }>(sql).get(type, name)?.sql ?? null;
}
