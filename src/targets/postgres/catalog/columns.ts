/** Reads the columns of a table from the catalog: their types, what their values mean, and the sequences behind them. */
import type { Client } from "pg";
import type {
  Column,
  TypeLoss,
  IdSequence,
  TableName,
  TypeFamily,
} from "../../../model/table-shape.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import { answersTo } from "../connect/run-together.ts";
import { quoteIdentifier } from "../quote.ts";
import { findSequences, sequenceSql, setvalSql } from "./sequences.ts";
import type { SequenceRow } from "./sequences.ts";
import type { TableFacts } from "./table-facts.ts";
import { readForms } from "./value-forms.ts";

/** `$2`: the numbers of the columns that own a sequence. */
const COLUMNS = `
  select a.attname as name, not a.attnotnull as nullable,
    format_type(b.oid, case when t.typtype = 'd' then t.typtypmod else a.atttypmod end)
      || case when a.attcollation <> 0 and a.attcollation <> b.typcollation
        then ' collate ' || (pg_identify_object('pg_collation'::regclass, a.attcollation, 0)).identity else '' end as type,
    case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as "defaultSql",
    case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as "generatedSql",
    case when a.attidentity = 'a' then 'always'
      when a.attidentity = 'd' or a.attgenerated = '' and pg_get_expr(d.adbin, d.adrelid) ~ '\\mnextval\\('
        or a.attnum = any ($2::int[]) then 'by-default' end as identity,
    a.attidentity <> '' as made, b.typcategory as category, b.typname as base, t.oid::text as oid,
    a.attnum::int as number, a.attcollation::text as collation, a.attlen < 0 as varies, t.typtype = 'd' as "isDomain"
  from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

/** What indexes and rules have to know of a column. */
export interface StoredColumn {
  readonly name: string;
  /** Its place among all columns that the table ever had, from 1. */
  readonly number: number;
  /** The oid of its collation; `0`: none. */
  readonly collation: string;
  /** Its values are not all of one length. */
  readonly varies: boolean;
  readonly isDomain: boolean;
}

/** What the catalog calls the type of a column. */
interface NamedType {
  readonly category: string;
  readonly base: string;
}

/** A column as the catalog has it, and what tells the rest of it. */
interface CatalogColumn
  extends NamedType, Omit<Column, "family" | "notation" | "integer" | "volatileDefault"> {
  /** It is an identity column. */
  readonly made: boolean;
}

interface ColumnRow extends CatalogColumn, StoredColumn {
  /** Of its type. */
  readonly oid: string;
}

/** Whether the type is made of others, or has labels. */
export function hasForm({ category, base }: NamedType): boolean {
  return base === "hstore" || ["A", "C", "E", "R"].includes(category);
}

/** Defaults that are the same for every row: literals and casts of literals. */
const CONSTANT = /^(-?[\d.]+|'(?:[^']|'')*'|true|false|null)(::[\w "[\](),.]+)?$/i;

/** The columns of a table. */
interface TableColumns {
  readonly attributes: readonly StoredColumn[];
  /** The same as the shape has them, once it is known what the table is called. */
  of(table: TableName): Column[];
}

/** The columns of a table that was found; `drawsIds`: there may be sequences behind them. */
export async function readColumns(
  client: Client,
  { oid, owners }: Pick<TableFacts, "oid" | "owners">,
  drawsIds: boolean,
): Promise<TableColumns> {
  const [{ rows }, found] = await answersTo([
    client.query<ColumnRow>(COLUMNS, [oid, owners]),
    drawsIds ? findSequences(client, oid, null) : [],
  ]);
  const forms = rows.some(hasForm) ? await readForms(client, oid) : null;
  const columns = (table: TableName): Column[] => {
    const sequences = sequencesAt(table, found);
    return rows.map((row) => {
      const column = columnOf(catalogColumn(row));
      const form = hasForm(row) ? forms?.get(row.oid) : undefined;
      return withSequence(
        form === undefined ? column : { ...column, form },
        sequences.get(row.name),
      );
    });
  };
  return { attributes: rows, of: columns };
}

/** Without what a shape does not have. */
function catalogColumn(row: ColumnRow): CatalogColumn {
  const { name, type, nullable, defaultSql, generatedSql, identity, made, category, base } = row;
  return { name, type, nullable, defaultSql, generatedSql, identity, made, category, base };
}

/** By column. */
function sequencesAt(table: TableName, found: readonly SequenceRow[]): Map<string, IdSequence> {
  const sql = tableSql(table, quoteIdentifier);
  return new Map(
    found.map((row) => [
      row.column,
      {
        name: sequenceSql(row),
        maySet: row.settable && row.readable,
        mayUse: row.usable,
        moveSql: setvalSql(sql, row),
      },
    ]),
  );
}

function withSequence(column: Column, sequence: IdSequence | undefined): Column {
  return sequence === undefined ? column : { ...column, sequence };
}

/** The column with what follows from its type and its default. */
export function columnOf({ category, base, made, ...column }: CatalogColumn): Column {
  const { defaultSql } = column;
  const isSteady = defaultSql === null || CONSTANT.test(defaultSql) || isClock(defaultSql);
  return {
    ...column,
    family: familyOf({ category, base }),
    ...notationOf(base),
    ...lossOf(base),
    volatileDefault: made || !isSteady,
  };
}

/** The transaction's time is the same for all of its rows. */
function isClock(sql: string): boolean {
  return /^\(?(now\(\)|current_timestamp|current_date|localtimestamp|transaction_timestamp\(\))[^(]*$/i.test(
    sql,
  );
}

function familyOf({ category, base }: NamedType): TypeFamily {
  if (base === "json" || base === "jsonb") return "json";
  if (base === "bytea") return "binary";
  return ({ S: "text", N: "number", B: "boolean", A: "array" } as const)[category] ?? "other";
}

const INTEGERS = /^int[248]$/;
const NUMBERS = /^(?:numeric|float[48])$/;
const DATES = /^(?:date|timestamp|timestamptz)$/;

/** Of money the locale of the server says how it is read. */
function notationOf(base: string): Pick<Column, "notation" | "integer"> {
  if (INTEGERS.test(base)) return { notation: "number", integer: true };
  if (NUMBERS.test(base)) return { notation: "number" };
  return DATES.test(base) ? { notation: "date" } : {};
}

const LOSES: Readonly<Record<string, TypeLoss>> = {
  timestamp: "offset",
  time: "offset",
  date: "time",
  bytea: "encoding",
};

function lossOf(base: string): Pick<Column, "loses"> {
  const loses = LOSES[base];
  return loses === undefined ? {} : { loses };
}
