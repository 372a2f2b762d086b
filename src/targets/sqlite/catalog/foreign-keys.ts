/** Reads the foreign keys of a table, and those of other tables that refer to it. */
import type { ForeignKey, Reference } from "../../../model/table-shape.ts";
import { grouped } from "../../grouped.ts";
import type { SqliteConnection } from "../connect/connection.ts";

/** A column, and its place in the primary key; 0: it has none. */
interface KeyColumn {
  readonly name: string;
  readonly pk: number;
}

interface ListedReference {
  readonly owner: string;
  readonly id: number;
  readonly table: string;
  readonly from: string;
  /** `null`: the primary key. */
  readonly to: string | null;
  readonly action: string;
}

/** The foreign keys of the table, which has these columns. */
export function foreignKeys(
  db: SqliteConnection,
  table: string,
  columns: readonly KeyColumn[],
): ForeignKey[] {
  const sql = `select ? as owner, id, "table", "from", "to", on_delete as action from pragma_foreign_key_list(?) order by id, seq`;
  return keysIn(db, sql, table).map((parts) => {
    const selfReferencing = parts[0]?.table.toLowerCase() === table.toLowerCase();
    const { columns: own, ...referred } = referenceOf(parts, columns);
    const other = { schema: null, name: parts[0]?.table ?? "" };
    const key = { name: null, columns: own, selfReferencing, table: other, canWait: true };
    return selfReferencing ? { ...key, ...referred } : key;
  });
}

/** Foreign keys of other tables; a table made WITHOUT ROWID or not, any may have some. */
export function references(
  db: SqliteConnection,
  table: string,
  columns: readonly KeyColumn[],
): Reference[] {
  const sql = `select s.name as owner, f.id, f."table", f."from", f."to", f.on_delete as action
        from sqlite_schema as s, pragma_foreign_key_list(s.name) as f
        where s.type = 'table' and s.sql like '${mentions(table)}'
          and lower(f."table") = lower(?) and lower(s.name) <> lower(?) order by s.name, f.id, f.seq`;
  return keysIn(db, sql, table).map((parts) => ({
    name: null,
    table: { schema: null, name: parts[0]?.owner ?? "" },
    canWait: true,
    ...referenceOf(parts, columns),
  }));
}

/** What the text of each table is like that may refer to this one: the keys of the others need not be listed. */
function mentions(table: string): string {
  return /^\w+$/.test(table) ? `%references%${table}%` : "%references%";
}

/** The parts of each foreign key that a query about the table finds, in order. */
function keysIn(db: SqliteConnection, sql: string, table: string): ListedReference[][] {
  const rows = db.prepare<ListedReference>(sql).all(table, table);
  return [...grouped(rows, ({ id, owner }) => `${id}/${owner}`).values()];
}

/** The columns of a foreign key, and what it refers to: the primary key, where it names no columns. */
function referenceOf(
  parts: readonly ListedReference[],
  columns: readonly KeyColumn[],
): Pick<Reference, "columns" | "refersTo" | "onDelete"> {
  const primary = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const action = parts[0]?.action.toLowerCase() ?? "";
  return {
    columns: parts.map(({ from }) => from),
    refersTo: parts.map(({ to }, at) => to ?? primary[at]?.name ?? ""),
    onDelete:
      action === "cascade" || action === "set null" || action === "set default" ? action : "forbid",
  };
}
