/**
 * Sequences that a load left behind the ids it wrote: an insert without an id would then take one that is there. They are
 * told of, with the statement that moves it; what moves them is in `move-sequences.ts`.
 */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import { isServerError } from "../errors.ts";
import { answersTo } from "../connect/run-together.ts";
import { tableSql } from "../dialect.ts";
import { quoteIdentifier, quoteLiteral } from "../quote.ts";

/** A sequence behind a column. */
export interface SequenceRow {
  readonly column: string;
  readonly schema: string;
  readonly name: string;
  /** bigint as text. */
  readonly increment: string;
  readonly least: string;
  readonly most: string;
  /** The column takes numbers that the sequence cannot make. */
  readonly wider: boolean;
  /** This user may read it, and the ids. */
  readonly readable: boolean;
  readonly settable: boolean;
  /** This user may take its next number. */
  readonly usable: boolean;
}

/**
 * The sequences behind the columns: of identity columns, and those of defaults that are `nextval` and nothing else. Columns
 * of other types than integers are left out.
 */
const SEQUENCES = `
  select a.attname as column, n.nspname as schema, s.relname as name, q.seqincrement::text as increment,
    q.seqmin::text as least, q.seqmax::text as most,
    case when q.seqincrement > 0
      then q.seqmax < case b.typname when 'int2' then 32767 when 'int4' then 2147483647 else 9223372036854775807 end
      else q.seqmin > case b.typname when 'int2' then -32768 when 'int4' then -2147483648 else -9223372036854775808 end
    end as wider,
    has_table_privilege(s.oid, 'select') and has_schema_privilege(n.oid, 'usage')
      and has_column_privilege(a.attrelid, a.attnum, 'select') as readable,
    has_sequence_privilege(s.oid, 'update') as settable,
    has_sequence_privilege(s.oid, 'usage, update') as usable
  from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
    cross join lateral (
      select p.objid as seq from pg_depend p
      where a.attidentity <> '' and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid
        and p.refobjsubid = a.attnum and p.classid = 'pg_class'::regclass and p.deptype = 'i'
      union all
      select p.refobjid from pg_attrdef d
        join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
      where a.attidentity = '' and d.adrelid = a.attrelid and d.adnum = a.attnum
        and pg_get_expr(d.adbin, d.adrelid) ~ '^\\(?nextval\\(''.*''::regclass\\)\\)?(::[a-z]+)?$') p
    join pg_class s on s.oid = p.seq and s.relkind = 'S'
    join pg_namespace n on n.oid = s.relnamespace
    join pg_sequence q on q.seqrelid = s.oid
  where a.attrelid = $1::regclass and ($2::text[] is null or a.attname = any ($2::text[]))
    and b.typname in ('int2', 'int4', 'int8')
  order by a.attnum`;

/** The sequences behind the columns of a table, which is an oid or a name in SQL; `null`: of all columns. */
export async function findSequences(
  client: Client,
  table: string,
  columns: readonly string[] | null,
): Promise<SequenceRow[]> {
  return (await client.query<SequenceRow>(SEQUENCES, [table, columns])).rows;
}

/** True when one of these columns makes ids. */
export function makesIds(plan: Pick<TablePlan, "table">, columns: readonly string[]): boolean {
  return columnsWithIds(plan, columns).length > 0;
}

function columnsWithIds(
  { table }: Pick<TablePlan, "table">,
  columns: readonly string[],
): readonly string[] {
  return table.columns
    .filter(({ name, identity }) => identity !== null && columns.includes(name))
    .map(({ name }) => name);
}

/** Those of the columns that are written to and make ids. */
export async function sequencesOf(
  client: Client,
  plan: Pick<TablePlan, "table">,
  columns: readonly string[],
): Promise<SequenceRow[]> {
  const counted = columnsWithIds(plan, columns);
  return counted.length === 0 ? [] : findSequences(client, tableSql(plan), counted);
}

/** So long may it take to look for an id in a column without an index, or to wait for a lock. */
const LOOK_MS = 5000;

/**
 * Sentences on the sequences of these columns that are behind. Runs in the client's transaction, and changes its settings:
 * without statistics of what was just loaded, a whole table might be read in spite of an index.
 */
export async function sequencesBehind(
  client: Client,
  plan: Pick<TablePlan, "table">,
  columns: readonly string[],
): Promise<string[]> {
  const found = await sequencesOf(client, plan, columns);
  const rows = found.filter(({ readable }) => readable);
  if (rows.length === 0) return [];
  const [, ...at] = await answersTo([
    client.query(
      `set local statement_timeout = ${LOOK_MS}; set local lock_timeout = ${LOOK_MS}; set local enable_seqscan = off`,
    ),
    ...rows.map((row) => positionOf(client, row)),
  ]);
  const said: string[] = [];
  for (const [place, row] of rows.entries()) {
    const state = await stateOf(client, plan, { row, at: at[place] });
    if (state === "ahead") continue;
    const name = `${row.schema}.${row.name}`;
    const what =
      state === "behind"
        ? `the sequence ${name} is behind the ids in ${row.column}, since the load ran without --sync-sequences: inserts that leave ${row.column} out would get ids that exist already`
        : `ids were written into ${row.column}, and it takes too long to see whether the sequence ${name} is behind them`;
    said.push(`${what}; to set it: ${setvalSql(tableSql(plan), row)}`);
  }
  return said;
}

async function stateOf(
  client: Client,
  plan: Pick<TablePlan, "table">,
  {
    row,
    at,
  }: { readonly row: SequenceRow; readonly at: Awaited<ReturnType<typeof positionOf>> | undefined },
): Promise<"ahead" | "behind" | "unknown"> {
  if (at === undefined || at === null) return "ahead";
  const step = BigInt(row.increment);
  const next = at.last + (at.called ? step : 0n);
  const [from, to] = step > 0n ? [next, BigInt(row.most)] : [BigInt(row.least), next];
  if (from > to) return "ahead";
  const sql = `select exists (select from ${tableSql(plan)} where ${quoteIdentifier(row.column)} between $1::bigint and $2::bigint) as behind`;
  try {
    const [, found] = await answersTo([
      client.query("savepoint upsurge_look"),
      client.query<{ behind: boolean }>(sql, [String(from), String(to)]),
    ]);
    return found.rows[0]?.behind === true ? "behind" : "ahead";
  } catch (error) {
    if (!isServerError(error) || error.code !== "57014") throw error;
    await client.query("rollback to savepoint upsurge_look");
    return "unknown";
  }
}

/** Its last number, and whether that was given to anybody. */
export async function positionOf(
  client: Client,
  row: SequenceRow,
): Promise<{ readonly last: bigint; readonly called: boolean } | null> {
  const sql = `select last_value::text as last, is_called as called from ${sequenceSql(row)}`;
  const { rows } = await client.query<{ last: string; called: boolean }>(sql);
  const [at] = rows;
  return at === undefined ? null : { ...at, last: BigInt(at.last) };
}

/** Its qualified name as SQL. */
export function sequenceSql({ schema, name }: Pick<SequenceRow, "schema" | "name">): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/**
 * `select setval('"s"."t_id_seq"', (select greatest(max("id"), (select last_value from "s"."t_id_seq")) from "s"."t"))`: it
 * never sets a sequence back, which another table may use as well. `table` is as SQL.
 */
export function setvalSql(table: string, row: SequenceRow): string {
  const column = quoteIdentifier(row.column);
  const sequence = sequenceSql(row);
  const isUp = BigInt(row.increment) > 0n;
  const [outer, inner] = isUp ? ["greatest", "max"] : ["least", "min"];
  const ids = `select ${outer}(${inner}(${column}), (select last_value from ${sequence})) from ${table}${withinSql(row)}`;
  return `select setval(${quoteLiteral(sequence)}, (${ids}))`;
}

/** The condition that leaves out ids which the sequence could not make; empty where there are none. */
export function withinSql(row: SequenceRow): string {
  const limit = BigInt(row.increment) > 0n ? `<= ${row.most}` : `>= ${row.least}`;
  return row.wider ? ` where ${quoteIdentifier(row.column)} ${limit}` : "";
}
