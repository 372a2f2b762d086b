/** Says which row a commit refuses for a foreign key: SQLite itself names neither the row nor the key. */
import { quoteIdentifier } from "../quote.ts";
import { rowidName } from "../stage/staged-row.ts";
import type { SqliteConnection } from "../connect/connection.ts";

/** A row that lacks its parent, as `pragma foreign_key_check` has it. */
interface FoundOrphan {
  readonly rowid: string;
  readonly parent: string;
  readonly fkid: number;
}

/** The same, in words. */
export interface NamedOrphan extends FoundOrphan {
  readonly table: string;
  readonly text: string;
}

interface NamedColumn {
  readonly name: string;
}

/** So many are looked at, the latest rows first: what was wrong before the load is no concern of it. */
const LOOKED_AT = 1000;

/** Rows of `tables` that lack a parent, in the transaction at hand. A table without row ids has none that can be named. */
export function nameOrphans(db: SqliteConnection, tables: readonly string[]): NamedOrphan[] {
  return tables.flatMap((table) => {
    const find = `${FIND} order by cast("rowid" as integer) desc limit ${LOOKED_AT}`;
    const orphans = db.prepare<FoundOrphan>(find).all(table);
    return orphans
      .toReversed()
      .map((orphan) => ({ ...orphan, table, text: say(db, table, orphan) }));
  });
}

/** The first of them that was not there before, once the transaction is undone; `null` for none. */
export function firstNew(db: SqliteConnection, orphans: readonly NamedOrphan[]): string | null {
  const before = new Map<string, ReadonlySet<string>>();
  const added = orphans.find((orphan) => {
    const { table } = orphan;
    const known = before.get(table) ?? keysOf(db.prepare<FoundOrphan>(FIND).all(table));
    before.set(table, known);
    return !known.has(keyOf(orphan));
  });
  return added?.text ?? null;
}

const FIND =
  'select cast("rowid" as text) as "rowid", parent, fkid from pragma_foreign_key_check(?) where "rowid" is not null';

function keyOf({ rowid, fkid }: FoundOrphan): string {
  return `${rowid} ${fkid}`;
}

function keysOf(orphans: readonly FoundOrphan[]): ReadonlySet<string> {
  return new Set(orphans.map(keyOf));
}

/** `the row of emp with id 3 has boss 9, which no row of emp has`. */
function say(db: SqliteConnection, table: string, { rowid, parent, fkid }: FoundOrphan): string {
  const key = 'select "from" as name from pragma_foreign_key_list(?) where id = ? order by seq';
  const refers = db.prepare<NamedColumn>(key).all(table, BigInt(fkid));
  const columns = db
    .prepare<NamedColumn & { readonly pk: number }>("select name, pk from pragma_table_info(?)")
    .all(table);
  const alias = rowidName({ columns });
  if (alias === null) return `a row of ${table} refers to a row of ${parent} that is not there`;
  const valuesOf = (names: readonly NamedColumn[]): string => {
    const list = names.map(({ name }, at) => `quote(${quoteIdentifier(name)}) as c${at}`);
    const sql = `select ${list.join(", ")} from ${quoteIdentifier(table)} where ${alias} = ?`;
    const row = db.prepare<Readonly<Record<string, string>>>(sql).get(BigInt(rowid));
    return names.map(({ name }, at) => `${name} ${row?.[`c${at}`] ?? ""}`).join(", ");
  };
  const keys = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const named = keys.length > 0 ? valuesOf(keys) : `rowid ${rowid}`;
  return `the row of ${table} with ${named} has ${valuesOf(refers)}, which no row of ${parent} has`;
}
