/** The statements that apply staged rows as a set. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Selection } from "../../set-writer.ts";
import { lookingPlan } from "./write-method.ts";
import { keyedPlan, matchSql } from "../../../sql/match.ts";
import { mergeSql } from "./merge-sql.ts";
import { meetSql, updateFoundSql } from "../../../sql/found-rows.ts";
import { insertMissingSql, insertSql, rowsInOrder } from "../../../sql/insert.ts";
import { POSTGRES } from "../dialect.ts";
import { COUNT_SKIPPED, insertedSql, nativeSql } from "./native-sql.ts";
import { withinSql } from "./select-then-write-sql.ts";
import { insertedSequence, TEMPORARY } from "../stage/names.ts";

/** Which staged rows a statement takes: `$1` is the list of `ord`s. */
export interface RowSelector {
  readonly kind: Selection["kind"];
  /** `null` when all staged rows have one shape. */
  readonly shape: number | null;
  /** They hold no key twice, and the plan may merge. */
  readonly merges: boolean;
  /** Their keys are integers from `$1` to `$2`. */
  readonly ranged?: boolean;
  /** A merge takes them in the order of their keys: of a table that is larger than the server's memory a page is read once then. */
  readonly sorted?: boolean;
}

/** The statements for staged rows of one shape: one native statement, a merge, or look, update and insert. */
export type SetSql =
  | {
      readonly kind: "native";
      readonly write: string;
      readonly mayUpdate: boolean;
      readonly counts: boolean;
      readonly bounded: false;
    }
  | {
      readonly kind: "merge";
      readonly write: string;
      /** It notes the rows that the condition turns down. */
      readonly counts: boolean;
      /** The sequence that counts the rows which are inserted. */
      readonly sequence: string;
      /** The statement takes the range of the keys as parameters. */
      readonly bounded: boolean;
    }
  | {
      readonly kind: "update-then-insert";
      readonly update: string;
      readonly insert: string;
      /** Both take the range of the keys as parameters. */
      readonly bounded: boolean;
    }
  | {
      readonly kind: "look";
      readonly meet: string;
      readonly update: string | null;
      readonly insert: string | null;
      /** Inserts all of them, where none was found; `null` when one may have been found twice. */
      readonly insertAll: string | null;
      /** The other statements take the range of the keys as parameters, this one none. */
      readonly bounded: boolean;
    };

const RANGE = ["$1", "$2"] as const;

/** The statements for staged rows that carry `columns`. */
export function setSql(plan: TablePlan, columns: readonly string[], taken: RowSelector): SetSql {
  const condition = conditionSql(taken);
  const relation = TEMPORARY.stage(plan);
  const from = rowsInOrder({ relation, condition });
  const looking = lookingPlan(plan);
  if (looking !== null) {
    const range = taken.ranged === true ? RANGE : null;
    const match = `${matchSql(plan, looking.arbiter, POSTGRES)}${withinSql(plan, range)}`;
    const rows = { relation, match, condition };
    const all = insertSql(plan, columns, from, POSTGRES);
    return {
      kind: "look",
      meet: meetSql(plan, columns, rows, POSTGRES),
      update: updateFoundSql(plan, columns, rows, POSTGRES),
      insert: plan.mode === "update" ? null : insertMissingSql(plan, columns, rows, POSTGRES),
      bounded: range !== null,
      insertAll: plan.mode === "update" || !plan.method.byIndex ? null : all,
    };
  }
  const native = nativeSql(plan, columns, from, COUNT_SKIPPED);
  const updates = native.updates && !plan.uncounted;
  const counts = updates && plan.update.where !== null;
  if (taken.merges && updates) {
    const merging = mergingSql(plan, columns, taken);
    if (merging !== null) return merging;
  }
  const found = { kind: "native", counts, bounded: false } as const;
  if (!updates) return { ...found, write: native.sql, mayUpdate: false };
  const returning = `${native.sql}\nreturning ${insertedSql(plan)} as inserted`;
  return { ...found, write: counted(returning), mayUpdate: true };
}

/** The merge of rows that update something and hold no key twice. */
function mergingSql(
  plan: TablePlan,
  columns: readonly string[],
  taken: RowSelector,
): SetSql | null {
  const keyed = keyedPlan(plan);
  if (keyed === null) return null;
  const condition = conditionSql(taken);
  const range = taken.ranged === true ? RANGE : null;
  const bounded = range !== null;
  const relation = taken.sorted === true ? sortedSql(plan) : TEMPORARY.stage(plan);
  if (plan.method.merges === "merge") {
    const write = mergeSql(keyed, columns, { relation, condition, range });
    const counts = plan.update.where !== null;
    return { kind: "merge", write, counts, sequence: insertedSequence(plan), bounded };
  }
  const match = `${matchSql(plan, keyed.arbiter, POSTGRES)}${withinSql(plan, range)}`;
  const rows = { relation, match, condition };
  const update = updateFoundSql(plan, columns, rows, POSTGRES);
  const insert = insertMissingSql(plan, columns, rows, POSTGRES);
  return update === null ? null : { kind: "update-then-insert", update, insert, bounded };
}

/** The staged rows in the order of their keys. */
function sortedSql(plan: TablePlan): string {
  const keys = (plan.arbiter?.keyExpressions ?? []).map((part) => `excluded.${part}`).join(", ");
  return `(select * from ${TEMPORARY.stage(plan)} as excluded order by ${keys})`;
}

/** The statements, in their order. */
export function statementsIn(sql: SetSql): string[] {
  if (sql.kind === "update-then-insert") return [sql.update, sql.insert];
  if (sql.kind !== "look") return [sql.write];
  return [sql.meet, sql.update, sql.insert].filter((each) => each !== null);
}

/** The statement's rows counted: those inserted, and the others. */
function counted(statement: string): string {
  return `with upsurge_written as (
${statement})
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from upsurge_written`;
}

function conditionSql({ kind, shape }: RowSelector): string | null {
  const tests = [];
  if (shape !== null) tests.push(`excluded.upsurge_shape = ${shape}`);
  if (kind === "only") tests.push("excluded.upsurge_ord = any ($1::bigint[])");
  if (kind === "except") tests.push("excluded.upsurge_ord <> all ($1::bigint[])");
  return tests.length === 0 ? null : tests.join(" and ");
}

/**
 * Rows whose key occurred before in the batch, by the database's equality:
 *   select ord, wave from (select upsurge_ord as ord, row_number() over of_key as wave from pg_temp.upsurge_stage
 *   where "a" is not null window of_key as (partition by "a" order by upsurge_ord)) as r where wave > 1
 */
export function repeatsSql(plan: TablePlan): string {
  return `select ord, wave from (${wavesSql(plan, "upsurge_ord as ord")}) as r where wave > 1`;
}

/** What is known of the keys of a batch once its repeats are set aside. */
export interface SeparatedRepeats {
  readonly keys: string;
  /** Rows that have a key; others repeat nothing. */
  readonly keyed: string;
  /** Rows that were moved, by shape; `null` when they were not. */
  readonly moved: Readonly<Record<string, number>> | null;
}

/**
 * Counts the keys, and moves the rows of those that repeat from the stage to where they wait, unless most rows are such:
 * then nothing is moved, since all `$1` rows may be folded as they are.
 */
export function setAsideSql(plan: TablePlan): string {
  return `with upsurge_waves as materialized (
${wavesSql(plan, "ctid as place, lead(true) over of_key as followed")}),
upsurge_known as (select count(*) filter (where wave = 1) as keys, count(*) as keyed from upsurge_waves),
upsurge_moved as (delete from ${TEMPORARY.stage(plan)} where ctid = any (array(select place from upsurge_waves
  where (wave > 1 or followed) and (select not (${MANY_REPEATS}) from upsurge_known))) returning *),
upsurge_kept as (insert into ${TEMPORARY.repeats(plan)} select * from upsurge_moved returning upsurge_shape),
upsurge_shapes as (select coalesce(upsurge_shape, 0) as shape, count(*) as rows from upsurge_kept group by upsurge_shape)
select keys, keyed, (select json_object_agg(shape, rows) from upsurge_shapes) as moved from upsurge_known`;
}

/** Every row has a key, and a key has two rows or more on the average. */
const MANY_REPEATS = "keyed = $1::bigint and keys * 2 <= keyed";

function wavesSql(plan: TablePlan, selected: string): string {
  const { arbiter } = plan;
  const parts = (arbiter?.keyExpressions ?? []).map((part) => `(${part})`);
  const known =
    arbiter?.nullsEqual === true
      ? "true"
      : parts.map((part) => `${part} is not null`).join(" and ");
  return `select ${selected}, row_number() over of_key as wave
from ${TEMPORARY.stage(plan)} where ${known === "" ? "true" : known} window of_key as (partition by ${parts.join(", ")} order by upsurge_ord)`;
}
