/** Reads the foreign keys of a table, and those of other tables that refer to it. */
import type { ForeignKey, Reference } from "../../../model/table-shape.ts";
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

/** The columns of a table's primary key, in its order. */
function primaryKey(columns: readonly KeyColumn[]): readonly string[] {
  const parts = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  return parts.map(({ name }) => name);
}

/** The foreign keys of the table, which has these columns. */
export function foreignKeys(
  db: SqliteConnection,
  table: string,
  columns: readonly KeyColumn[],
): ForeignKey[] {
  const rows = db
    .prepare<ListedReference>(
      `select ? as owner, id, "table", "from", "to", on_delete as action from pragma_foreign_key_list(?) order by id, seq`,
    )
    .all(table, table);
  return byKey(rows).map((parts) => {
    const [first] = parts;
    const own = parts.map(({ from }) => from);
    if (first?.table.toLowerCase() !== table.toLowerCase())
      return { name: null, columns: own, selfReferencing: false, canWait: true };
    return {
      name: null,
      columns: own,
      selfReferencing: true,
      canWait: true,
      ...referredTo(parts, columns),
    };
  });
}

/** Foreign keys of other tables; a table made WITHOUT ROWID or not, any may have some. */
export function references(
  db: SqliteConnection,
  table: string,
  columns: readonly KeyColumn[],
): Reference[] {
  const rows = db
    .prepare<ListedReference>(
      `select s.name as owner, f.id, f."table", f."from", f."to", f.on_delete as action
        from sqlite_schema as s, pragma_foreign_key_list(s.name) as f
        where s.type = 'table' and lower(f."table") = lower(?) and lower(s.name) <> lower(?) order by s.name, f.id, f.seq`,
    )
    .all(table, table);
  return byKey(rows).map((parts) => ({
    name: null,
    table: { schema: null, name: parts[0]?.owner ?? "" },
    columns: parts.map(({ from }) => from),
    canWait: true,
    ...referredTo(parts, columns),
  }));
}

/** The parts of each foreign key, in order. */
function byKey(rows: readonly ListedReference[]): ListedReference[][] {
  const keys = new Map<string, ListedReference[]>();
  for (const row of rows) {
    const id = `${row.id}/${row.owner}`;
    const parts = keys.get(id);
    if (parts === undefined) keys.set(id, [row]);
    else parts.push(row);
  }
  return [...keys.values()];
}

function referredTo(
  parts: readonly ListedReference[],
  columns: readonly KeyColumn[],
): Pick<Reference, "refersTo" | "onDelete"> {
  const primary = primaryKey(columns);
  const action = parts[0]?.action.toLowerCase() ?? "";
  return {
    refersTo: parts.map(({ to }, at) => to ?? primary[at] ?? ""),
    onDelete:
      action === "cascade" || action === "set null" || action === "set default" ? action : "forbid",
  };
}
