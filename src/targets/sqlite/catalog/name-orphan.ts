/**
 * Says which rows a commit refuses for a foreign key: SQLite itself names neither the row nor the key. Rows are known by
 * their rowid, those of a table that has none by their primary key.
 */
import { formatCount } from "../../../errors/format.ts";
import { quoteIdentifier } from "../quote.ts";
import { rowidName } from "../stage/staged-row.ts";
import type { SqliteConnection } from "../connect/connection.ts";

/** A row that lacks its parent, and what is told of it. */
export interface NamedOrphan {
  /** The foreign key that finds it. */
  readonly key: CheckedKey;
  readonly id: string;
  /** The values of its primary key and of its foreign key, as SQL writes them; `null`: no name of the rowid is left. */
  readonly values: readonly string[] | null;
}

/** A foreign key of a table, some of whose rows lack their parent. */
interface CheckedKey {
  readonly table: string;
  readonly parent: string;
  readonly fkid: number;
  readonly primary: readonly string[];
  readonly columns: readonly string[];
  /** Finds the rows: `id`, and the values as `c0`, `c1` and so on. */
  readonly find: string;
  readonly bound: readonly [string, bigint] | readonly [];
}

/** So many rows of a key are kept in mind, the latest first: those that were wrong before the load are among them. */
const KEPT = 100_000;
/** So many are named. */
const NAMED = 3;

/** Rows of `tables` that lack a parent, in the transaction at hand. */
export function nameOrphans(db: SqliteConnection, tables: readonly string[]): NamedOrphan[] {
  return tables.flatMap((table) =>
    brokenKeys(db, table).flatMap((key) => orphansOf(db, key, KEPT).toReversed()),
  );
}

/** The first of them that were not there before, once the transaction is undone; `null` for none. */
export function firstNew(db: SqliteConnection, orphans: readonly NamedOrphan[]): string | null {
  const before = new Map<CheckedKey, ReadonlySet<string>>();
  const added = orphans.filter(({ key, id }) => {
    const known = before.get(key) ?? new Set(orphansOf(db, key, -1).map((each) => each.id));
    before.set(key, known);
    return !known.has(id);
  });
  if (added.length === 0) return null;
  const more = added.length - NAMED;
  const others = more > 0 ? `; and ${formatCount(more)} more` : "";
  return `${added.slice(0, NAMED).map(say).join("; ")}${others}`;
}

/** `the row of emp with id 3 has boss 9, which no row of emp has`. */
function say({ key, id, values }: NamedOrphan): string {
  const { table, parent, primary, columns } = key;
  if (values === null) return `a row of ${table} refers to a row of ${parent} that is not there`;
  const listed = (names: readonly string[], from: number): string =>
    names.map((name, at) => `${name} ${values[from + at] ?? ""}`).join(", ");
  const named = primary.length > 0 ? listed(primary, 0) : `rowid ${id}`;
  const refers = listed(columns, primary.length);
  return `the row of ${table} with ${named} has ${refers}, which no row of ${parent} has`;
}

interface BrokenKey {
  readonly parent: string;
  readonly fkid: number;
  /** Rows with a rowid among them. */
  readonly numbered: number;
}

/** The foreign keys of a table for which some of its rows lack a parent. */
function brokenKeys(db: SqliteConnection, table: string): CheckedKey[] {
  const sql =
    'select parent, fkid, count("rowid") as numbered from pragma_foreign_key_check(?) group by fkid order by fkid';
  const broken = db.prepare<BrokenKey>(sql).all(table);
  return broken.map((each) => checkedKey(db, table, each));
}

interface ListedColumn {
  readonly name: string;
  readonly pk: number;
}

interface ListedPart {
  readonly name: string;
  /** `null`: the column of the primary key at its place. */
  readonly refersTo: string | null;
}

function checkedKey(
  db: SqliteConnection,
  table: string,
  { parent, fkid, numbered }: BrokenKey,
): CheckedKey {
  const listed =
    'select "from" as name, "to" as refersTo from pragma_foreign_key_list(?) where id = ? order by seq';
  const parts = db.prepare<ListedPart>(listed).all(table, BigInt(fkid));
  const all = columnsOf(db, table);
  const primary = primaryOf(all);
  const columns = parts.map(({ name }) => name);
  const key = { table, parent, fkid, primary, columns };
  const values = [...primary, ...columns].map(
    (name, at) => `quote(child.${quoteIdentifier(name)}) as c${at}`,
  );
  if (numbered > 0) {
    const alias = rowidName({ columns: all });
    const checked = "pragma_foreign_key_check(?) as broken";
    const joined = `join ${quoteIdentifier(table)} as child on child.${alias} = broken."rowid"`;
    const [from, list] = alias === null ? [checked, []] : [`${checked} ${joined}`, values];
    const find = `select ${['cast(broken."rowid" as text) as id', ...list].join(", ")} from ${from} where broken.fkid = ? order by cast(broken."rowid" as integer) desc`;
    return { ...key, find, bound: [table, BigInt(fkid)] };
  }
  const referred = primaryOf(columnsOf(db, parent));
  const meets = parts.map(
    ({ name, refersTo }, at) =>
      `parent.${quoteIdentifier(refersTo ?? referred[at] ?? "")} = child.${quoteIdentifier(name)}`,
  );
  const given = columns.map((name) => `child.${quoteIdentifier(name)} is not null`);
  const id = primary.map((name) => `quote(child.${quoteIdentifier(name)})`).join(" || ',' || ");
  const latest = primary.map((name) => `child.${quoteIdentifier(name)} desc`).join(", ");
  const lacking = `not exists (select 1 from ${quoteIdentifier(parent)} as parent where ${meets.join(" and ")})`;
  const find = `select ${[`${id} as id`, ...values].join(", ")} from ${quoteIdentifier(table)} as child where ${[...given, lacking].join(" and ")} order by ${latest}`;
  return { ...key, find, bound: [] };
}

function columnsOf(db: SqliteConnection, table: string): readonly ListedColumn[] {
  return db.prepare<ListedColumn>("select name, pk from pragma_table_info(?)").all(table);
}

function primaryOf(columns: readonly ListedColumn[]): readonly string[] {
  const parts = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  return parts.map(({ name }) => name);
}

/** `limit`: so many at most, -1 all. */
function orphansOf(db: SqliteConnection, key: CheckedKey, limit: number): NamedOrphan[] {
  const sql = `${key.find} limit ${limit}`;
  const rows = db.prepare<Readonly<Record<string, string>>>(sql).all(...key.bound);
  return rows.map(({ id = "", ...rest }) => {
    const values = Object.values(rest);
    return { key, id, values: values.length === 0 ? null : values };
  });
}
