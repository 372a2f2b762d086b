/**
 * The statement that takes rows away which no record mentions, for PostgreSQL:
 *
 *   delete from only "public"."lines" as target where (target.tableoid, target.ctid) in (
 *     select own.tableoid, own.ctid from only "public"."lines" as own where own."order_id" = any(($1::text[])::bigint[])
 *     except select named.tableoid, named.ctid from unnest($2::text[], $3::text[]) as m(k1, k2)
 *       join only "public"."lines" as named on named."order_id" = ((m.k1)::bigint)::bigint and …)
 *
 * Both halves are answered by indexes, and the difference of places by none: a load has switched joins by hash off. Pure.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { missingPlan, openKeys, takeSql } from "../../../sql/missing-rows.ts";
import type { MissingDialect, MissingPlan } from "../../../sql/missing-rows.ts";
import { updateSql } from "../../../sql/update.ts";
import type { KeyTexts } from "../../../model/sql/lookup-sql.ts";
import type { MissingSql } from "../../missing-sql.ts";
import { onlyTable, POSTGRES } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { textArray } from "../stage/array-text.ts";
import { storedFrom } from "../types.ts";

const DIALECT: MissingDialect = {
  ...POSTGRES,
  update: (changing) => updateSql(changing, [], POSTGRES),
};

/** The statements. */
export function missingSql(given: TablePlan): MissingSql {
  const plan = missingPlan(given);
  const { links, keys } = plan.missing;
  const sql = takeSql(plan, DIALECT, conditionSql(plan));
  return {
    scope: `select count(*) as n from ${onlyTable(plan)} as target`,
    take: (of, mentioned) => ({
      sql,
      values: [...arraysOf(of.texts, links.length), ...arraysOf(mentioned.texts, keys.length)],
    }),
  };
}

function conditionSql(plan: MissingPlan): string {
  const { links, keys } = plan.missing;
  const table = onlyTable(plan);
  const named = `from ${textsFrom("m", keys.length, links.length)} join ${table} as named on ${equal("named", "m", keys)}`;
  return `(target.tableoid, target.ctid) in (select own.tableoid, own.ctid from ${ownSql(plan)} except select named.tableoid, named.ctid ${named})`;
}

/** Types whose texts are cast as a whole array, which is searched without a join. */
const PLAIN = /^(?:smallint|integer|bigint|uuid|text|character varying|citext)$/;

/** The rows that refer to those of the records. */
function ownSql(plan: MissingPlan): string {
  const { links } = plan.missing;
  const table = onlyTable(plan);
  const solid = openKeys(plan).map(({ name }) => `own.${quoteIdentifier(name)} is not null`);
  const [link] = links;
  const type = link?.type.replace(/\(\d+\)|\s+collate\s.*$/gs, "") ?? "";
  if (links.length === 1 && link !== undefined && PLAIN.test(type)) {
    const among = `own.${quoteIdentifier(link.name)} = any(($1::text[])::${type}[])`;
    return `${table} as own where ${[among, ...solid].join(" and ")}`;
  }
  const on = [equal("own", "p", links), ...solid].join(" and ");
  return `${textsFrom("p", links.length, 0)} join ${table} as own on ${on}`;
}

/** `unnest($1::text[], $2::text[]) as m(k1, k2)` */
function textsFrom(alias: string, width: number, before: number): string {
  const places = Array.from({ length: width }, (_, at) => at + 1);
  const arrays = places.map((place) => `$${before + place}::text[]`).join(", ");
  return `unnest(${arrays}) as ${alias}(${places.map((place) => `k${place}`).join(", ")})`;
}

function equal(alias: string, texts: string, columns: readonly Column[]): string {
  // What was written was cut and rounded to the type of its column.
  return columns
    .map((column, at) => {
      const value = storedFrom(`${texts}.k${at + 1}`, column);
      return `${alias}.${quoteIdentifier(column.name)} = ${value}`;
    })
    .join(" and ");
}

function arraysOf(keys: readonly KeyTexts[], width: number): string[] {
  return Array.from({ length: width }, (_, at) => textArray(keys.map((key) => key[at] ?? "")));
}
