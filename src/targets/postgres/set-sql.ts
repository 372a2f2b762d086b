/** The statements that apply staged rows as a set. Pure. */
import type { LoadPlan } from "../../model/load-plan.ts";
import type { Selection } from "../target.ts";
import { findsByIndex, isLooking, looksUp } from "./how.ts";
import { mergeSql } from "./merge-sql.ts";
import { COUNT_SKIPPED, insertedSql, insertSql, mayUpdate, nativeSql } from "./native-sql.ts";
import {
  insertMissingSql,
  matchSql,
  meetSql,
  updateFoundSql,
  withinSql,
} from "./select-then-write-sql.ts";
import { STAGE } from "./stage.ts";

/** Which staged rows a statement takes: `$1` is the list of `ord`s. */
export interface Taken {
  readonly kind: Selection["kind"];
  /** `null` when all staged rows have one shape. */
  readonly shape: number | null;
  /** They hold no key twice, and the plan may merge. */
  readonly merges: boolean;
  /** Their keys are integers from `$1` to `$2`. */
  readonly ranged?: boolean;
}

/** The statements for staged rows of one shape: one native statement, or look, update and insert. */
export type SetSql =
  | {
      readonly kind: "native";
      readonly write: string;
      readonly mayUpdate: boolean;
      readonly counts: boolean;
      /** The statement takes the range of the keys as parameters. */
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
export function setSql(plan: LoadPlan, columns: readonly string[], taken: Taken): SetSql {
  const condition = conditionSql(taken);
  if (looksUp(plan)) {
    const range = taken.ranged === true ? RANGE : null;
    const match = `${matchSql(plan, plan.arbiter)}${withinSql(plan, range)}`;
    const rows = { relation: STAGE, match, condition };
    const all = insertSql(plan, columns, { from: fromStage(condition) });
    return {
      kind: "look",
      meet: meetSql(plan, columns, rows),
      update: updateFoundSql(plan, columns, rows),
      insert: plan.mode === "update" ? null : insertMissingSql(plan, columns, rows),
      bounded: range !== null,
      insertAll: plan.mode === "update" || !findsByIndex(plan) ? null : all,
    };
  }
  const updates = mayUpdate(plan, columns) && !plan.looksFirst;
  const counts = updates && plan.update.where !== null;
  if (taken.merges && updates && isLooking(plan)) {
    const range = taken.ranged === true ? RANGE : null;
    const write = counted(mergeSql(plan, columns, { condition, range }));
    return { kind: "native", write, mayUpdate: true, counts, bounded: range !== null };
  }
  const from = fromStage(condition);
  const write = nativeSql(plan, columns, { from }, COUNT_SKIPPED);
  const native = { kind: "native", counts, bounded: false } as const;
  if (!updates) return { ...native, write, mayUpdate: false };
  const returning = `${write}\nreturning ${insertedSql(plan)} as inserted`;
  return { ...native, write: counted(returning), mayUpdate: true };
}

/** The staged rows that are meant, in the order of the source. */
function fromStage(condition: string | null): string {
  const where = condition === null ? "" : ` where ${condition}`;
  return `${STAGE} as excluded${where} order by excluded.upsurge_ord`;
}

/** The statement's rows counted: those inserted, and the others. */
function counted(statement: string): string {
  return `with upsurge_written as (
${statement})
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from upsurge_written`;
}

function conditionSql({ kind, shape }: Taken): string | null {
  const tests = [];
  if (shape !== null) tests.push(`excluded.upsurge_shape = ${shape}`);
  if (kind === "only") tests.push("excluded.upsurge_ord = any ($1::bigint[])");
  if (kind === "except") tests.push("excluded.upsurge_ord <> all ($1::bigint[])");
  return tests.length === 0 ? null : tests.join(" and ");
}

/**
 * Rows whose key occurred before in the batch, by the database's equality:
 *   select upsurge_ord as ord, wave from (select upsurge_ord, row_number() over (partition by "a" order by upsurge_ord) as wave
 *   from pg_temp.upsurge_stage where "a" is not null) as r where wave > 1
 */
export function repeatsSql({ arbiter }: LoadPlan): string {
  const parts = (arbiter?.parts ?? []).map((part) => `(${part})`);
  const known =
    arbiter?.nullsEqual === true
      ? "true"
      : parts.map((part) => `${part} is not null`).join(" and ");
  return `select upsurge_ord as ord, wave from (
select upsurge_ord, row_number() over (partition by ${parts.join(", ")} order by upsurge_ord) as wave
from ${STAGE} where ${known === "" ? "true" : known}) as r where wave > 1`;
}
