/**
 * One row at a time, on the server: a PL/pgSQL block that walks the raw rows in order and applies each as its own
 * statement, so that triggers, foreign keys and defaults see exactly what the law says. Pure.
 *
 * With `isolate` every row has its own subtransaction and a row at fault is noted in `upsurge_fault`;
 * without, the first one fails the block (and no transaction ids are spent).
 */
import { fires } from "../../../model/table-shape.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { RowShape } from "../../../model/batch.ts";
import { ROW_OUTCOMES } from "../../../model/counts.ts";
import type { RowOutcome } from "../../../model/counts.ts";
import type { PlannedStatement } from "../../../model/report/plan-report.ts";
import { isOfPolicySql, isOwnSql, isRaisedSql, isRowStateSql, isValueStateSql } from "../errors.ts";
import { meetSql, updateFoundSql } from "../../../sql/found-rows.ts";
import { insertedColumns, insertMissingSql, insertSql } from "../../../sql/insert.ts";
import { matchSql } from "../../../sql/match.ts";
import { lookedStatements } from "../../../sql/planned-statements.ts";
import { conflictTarget, POSTGRES, tableSql } from "../dialect.ts";
import { insertedSql, nativeSql, NOTE_MET, NOTE_UPDATED } from "./native-sql.ts";
import { doBlock, quoteIdentifier, quoteLiteral } from "../quote.ts";
import { lookingPlan } from "./write-method.ts";
import type { KeyedPlan } from "../../../sql/match.ts";
import { rawText } from "../stage/stage.ts";
import { TEMPORARY } from "../stage/names.ts";
import { absentInStamps, absentValues, withGenerated } from "../stage/absent-columns.ts";
import { fromText } from "../types.ts";

/** Declares the variables that count outcomes. */
export const COUNTERS = ROW_OUTCOMES.map((outcome) => `${counterOf(outcome)} bigint := 0;`).join(
  " ",
);

/** Leaves the counts in a setting of the transaction. */
export const NOTE_COUNTS = `perform set_config('upsurge.counts', json_build_object(${ROW_OUTCOMES.map((outcome) => `'${outcome}', ${counterOf(outcome)}`).join(", ")})::text, true);`;

/** Counts a row. */
export function countSql(outcome: RowOutcome): string {
  return `${counterOf(outcome)} := ${counterOf(outcome)} + 1;`;
}

/** The variable in which a block counts an outcome. */
export function counterOf(outcome: RowOutcome): string {
  return `upsurge_n_${outcome}`;
}

/** How a block goes about its rows. */
export interface EachRules {
  /** Every row has its own subtransaction. */
  readonly isolate: boolean;
  /** The outcomes of the rows are left in a setting of the transaction, in order. */
  readonly tells: boolean;
}

/** The block that applies the raw rows of `shapes`. */
export function eachSql(
  plan: TablePlan,
  shapes: readonly RowShape[],
  { isolate, tells }: EachRules,
): string {
  const apply = branches("upsurge_r", shapes, ({ columns }) => applySql(plan, columns).block);
  const count = ROW_OUTCOMES.map((outcome) => `when '${outcome}' then ${countSql(outcome)}`);
  return doBlock(`#variable_conflict use_column
declare
  upsurge_r record;
  upsurge_typed ${tableSql(plan)}%rowtype;
  upsurge_met text;
  upsurge_inserted boolean;
  upsurge_matched bigint;
  upsurge_skipped bigint;
  upsurge_unchanged bigint;
  upsurge_state text; upsurge_constraint text; upsurge_column text; upsurge_message text; upsurge_detail text; upsurge_hint text;
  upsurge_context text; upsurge_raised boolean;
  upsurge_told text := '';
  ${COUNTERS}
begin
  for upsurge_r in select * from ${TEMPORARY.raw(plan)} order by upsurge_ord loop
    upsurge_met := 'suppressed';
    ${isolate ? isolated(plan, shapes, apply) : apply}
    case upsurge_met ${count.join(" ")} else null; end case;${tells ? NOTE_OUTCOME : ""}
  end loop;
  ${NOTE_COUNTS}${tells ? NOTE_OUTCOMES : ""}
end`);
}

/** What is done with a row of each shape: `if excluded.upsurge_shape = 0 then … elsif … end if;`. */
export function branches(
  record: string,
  shapes: readonly RowShape[],
  step: (shape: RowShape) => string,
): string {
  const each = shapes.map(
    (shape) => `if ${record}.upsurge_shape = ${shape.id} then\n${step(shape)}`,
  );
  return `${each.join("\nels")}\nend if;`;
}

const NOTE_OUTCOME = "\n    upsurge_told := upsurge_told || upsurge_met || ' ';";
const NOTE_OUTCOMES = "\n  perform set_config('upsurge.told', upsurge_told, true);";

/** The question for the outcomes that a block has left. */
export const OUTCOMES_SQL = "select current_setting('upsurge.told') as told";

/** Where an error is noted: its state first, then what else is told of it. */
const DIAGNOSTICS = [
  ["state", "returned_sqlstate"],
  ["constraint", "constraint_name"],
  ["column", "column_name"],
  ["message", "message_text"],
  ["detail", "pg_exception_detail"],
  ["hint", "pg_exception_hint"],
] as const;

/** `get stacked diagnostics`, but for what is left out. */
function diagnose(without: "column" | null): string {
  const items = DIAGNOSTICS.filter(([name]) => name !== without);
  return `get stacked diagnostics ${items.map(([name, item]) => `upsurge_${name} = ${item}`).join(", ")};`;
}

function isolated(plan: TablePlan, shapes: readonly RowShape[], apply: string): string {
  const ofPolicy = isOfPolicySql(quoteLiteral(tableSql(plan)), {
    state: "upsurge_state",
    message: "upsurge_message",
    context: "upsurge_context",
  });
  const isRow = `(${isRowStateSql("upsurge_state")} or ${ofPolicy})`;
  const noted = DIAGNOSTICS.map(([name]) => `upsurge_${name}`).join(", ");
  return `begin
${apply}
exception when query_canceled or assert_failure or others then
  ${diagnose(null)}
  get stacked diagnostics upsurge_context = pg_exception_context;
  upsurge_raised := ${isRaisedSql("upsurge_context")};
  if not upsurge_raised and not ${isRow} and not ${isValueStateSql("upsurge_state")} then raise; end if;
  if upsurge_column = '' and (upsurge_raised or left(upsurge_state, 2) in ('22', '54') or upsurge_state in ('23502', '23514') or not ${isRow}) then
${findColumn(plan, shapes)}
    if upsurge_column = '' and not upsurge_raised and not ${isRow} then raise; end if;
  end if;
  upsurge_met := 'r';
  insert into ${TEMPORARY.fault(plan)} values (upsurge_r.upsurge_ord, ${noted}, upsurge_raised);
end;`;
}

/**
 * Tries the values of the row one by one, as the table's columns take them, to name the one that does not fit; everything
 * that is told of the fault is then told by this try.
 */
function findColumn(plan: TablePlan, shapes: readonly RowShape[]): string {
  const branches = shapes.map((shape, index) => {
    const tries = shape.columns.map((name) => {
      const place = plan.columns.findIndex((column) => column.name === name);
      return `    upsurge_column := ${quoteLiteral(name)}; upsurge_typed.${quoteIdentifier(name)} := ${rawText(plan, place)};`;
    });
    return `    ${index === 0 ? "if" : "elsif"} upsurge_r.upsurge_shape = ${shape.id} then\n${tries.join("\n")}`;
  });
  return `  begin
${branches.join("\n")}
    end if;
    upsurge_column := '';
  exception when query_canceled or assert_failure or others then
    ${diagnose("column")}
    get stacked diagnostics upsurge_context = pg_exception_context;
    if not ${isRowStateSql("upsurge_state")} and not ${isValueStateSql("upsurge_state")} and not ${isRaisedSql("upsurge_context")} then raise; end if;
  end;`;
}

/** How a row is applied. */
interface RowApplication {
  /** Leaves the outcome in `upsurge_met`. */
  readonly block: string;
  /** The statements of the block that bring the row to the table, or look for it there. */
  readonly statements: readonly PlannedStatement[];
}

/** The statements for a row that carries `columns`, the raw row being `upsurge_r`, for `upsurge plan`. */
export function rowStatements(
  plan: TablePlan,
  columns: readonly string[],
): readonly PlannedStatement[] {
  return applySql(plan, columns).statements;
}

/** One statement, and what is done around it. */
function applied(sql: string, after: string, before = ""): RowApplication {
  return { block: `${before}${sql}${after}`, statements: [{ sql }] };
}

const NOTE_INSERTED = ";\nif found then upsurge_met := 'inserted'; end if;";

const NOTHING_MET = "perform set_config('upsurge.met', 'suppressed', true);\n";

const NOTE_WRITTEN = `;
if found then upsurge_met := case when upsurge_inserted then 'inserted' else 'updated' end;
else upsurge_met := current_setting('upsurge.met'); end if;`;

/** A row that was to be updated and is not was dropped by a trigger. */
const NOTE_TOLD = `;
if found then upsurge_met := case current_setting('upsurge.met') when 'updated' then 'updated' else 'inserted' end;
else upsurge_met := coalesce(nullif(current_setting('upsurge.met'), 'updated'), 'suppressed'); end if;`;

function applySql(plan: TablePlan, columns: readonly string[]): RowApplication {
  const looking = lookingPlan(plan);
  if (looking !== null) return lookSql(looking, columns);
  const rows = rawRow(plan, columns);
  const native = nativeSql(plan, columns, rows, NOTE_MET);
  if (plan.mode === "insert") return applied(native.sql, NOTE_INSERTED);
  if (plan.method.statement === "insert") {
    return insertOrIgnore(plan, insertSql(plan, columns, rows, POSTGRES));
  }
  if (!native.updates) return ignoreSql(plan, columns, rows);
  if (plan.uncounted) return tellingUpsert(plan, columns, rows);
  const sql = `${native.sql}\nreturning ${insertedSql(plan)}`;
  return applied(sql, ` into upsurge_inserted${NOTE_WRITTEN}`, NOTHING_MET);
}

/**
 * Ignoring a row. DO NOTHING does not tell a conflict from a row that a trigger dropped; where one may, an update whose
 * condition only notes the conflict does.
 */
function ignoreSql(plan: TablePlan, columns: readonly string[], rows: string): RowApplication {
  const { arbiter, table } = plan;
  // A trigger may change the row as well.
  const mayDrop = fires(table, "before", "insert", "row");
  const assigned = table.missingPrivileges.includes("update") ? null : assignable(plan);
  if (arbiter?.kind !== "expressions" || !mayDrop || assigned === null) {
    const { sql } = nativeSql(plan, columns, rows, NOTE_MET);
    const after =
      ";\nif found then upsurge_met := 'inserted'; else upsurge_met := 'ignored'; end if;";
    return applied(sql, after);
  }
  const column = quoteIdentifier(assigned);
  const sql = `${insertSql(plan, columns, rows, POSTGRES)}
${conflictTarget(arbiter)} do update set ${column} = target.${column} where set_config('upsurge.met', 'ignored', true) is null`;
  const after =
    ";\nif found then upsurge_met := 'inserted'; else upsurge_met := current_setting('upsurge.met'); end if;";
  return applied(sql, after, NOTHING_MET);
}

/** A column that an update may name, one of the key if there is such; `null`: the server makes all of them. */
function assignable({ arbiter, table }: TablePlan): string | null {
  const all = table.columns
    .filter(({ generatedSql, identity }) => generatedSql === null && identity !== "always")
    .map(({ name }) => name);
  return all.find((name) => arbiter?.columns.includes(name)) ?? all[0] ?? null;
}

/** The condition of the update is asked only of a row that is met, whatever key a trigger gave the proposed one. */
function tellingUpsert(plan: TablePlan, columns: readonly string[], rows: string): RowApplication {
  const { sql } = nativeSql(plan, columns, rows, NOTE_UPDATED);
  return applied(sql, NOTE_TOLD, NOTHING_MET);
}

/**
 * The raw row as a relation `excluded` of one row: `(select (upsurge_r.f0)::integer as "a") as excluded`. A stamp may read
 * columns that the row does not carry.
 */
function rawRow(plan: TablePlan, columns: readonly string[]): string {
  const values = columns.map((name) => {
    const place = plan.columns.findIndex((column) => column.name === name);
    const column = plan.columns[place];
    const text = rawText(plan, place);
    return `${column === undefined ? text : fromText(text, column)} as ${quoteIdentifier(name)}`;
  });
  const others = absentValues(absentInStamps(plan, columns));
  return `${withGenerated(plan, `(select ${[...values, ...others].join(", ")})`)} as excluded`;
}

/** select-then-write for one row: stage it (which tells whether it is insertable), look, then update or insert. */
function lookSql(plan: KeyedPlan, columns: readonly string[]): RowApplication {
  const { names, values } = insertedColumns(plan, columns, POSTGRES);
  const stage = `insert into ${TEMPORARY.stage(plan)} (${["upsurge_ord", ...names].join(", ")})
select ${["upsurge_r.upsurge_ord", ...values].join(", ")} from ${rawRow(plan, columns)}`;
  const { block, statements } = meetAndWrite(plan, columns);
  return {
    block: `delete from ${TEMPORARY.stage(plan)};\n${stage};\n${block}`,
    statements: [{ sql: stage }, ...statements],
  };
}

/**
 * A conflict on whatever key shows when the row is written. What a trigger of a table has run into elsewhere is none; the
 * trigger of a view writes in its place.
 */
function insertOrIgnore(plan: TablePlan, insert: string): RowApplication {
  const { arbiter, table } = plan;
  const named = arbiter?.kind === "constraint" ? quoteLiteral(arbiter.name ?? "") : null;
  const others = [
    ...(named === null ? [] : [`upsurge_constraint <> ${named}`]),
    ...(table.kind === "view" ? [] : [`not ${isOwnSql("upsurge_context")}`]),
  ].join(" or ");
  return applied(
    insert,
    `;
  if found then upsurge_met := 'inserted'; end if;
exception when unique_violation or exclusion_violation then
  get stacked diagnostics upsurge_constraint = constraint_name, upsurge_context = pg_exception_context;
  ${others === "" ? "" : `if ${others} then raise; end if;`}
  upsurge_met := 'ignored';
end;`,
    "begin\n  ",
  );
}

function meetAndWrite(plan: KeyedPlan, columns: readonly string[]): RowApplication {
  const { arbiter, mode } = plan;
  // The limit tells the planner that it is one row, or it would read the whole table for it.
  const relation = `(select * from ${TEMPORARY.stage(plan)} limit 1)`;
  const rows = { relation, match: matchSql(plan, arbiter, POSTGRES), condition: null };
  const meet = meetSql(plan, columns, rows, POSTGRES);
  const update = updateFoundSql(plan, columns, rows, POSTGRES);
  const insert = mode === "update" ? null : insertMissingSql(plan, columns, rows, POSTGRES);
  const found =
    update === null
      ? "upsurge_met := 'ignored';"
      : `${update};\n  if found then upsurge_met := '${plan.deletesRows === true ? "deleted" : "updated"}'; end if;`;
  const missing =
    insert === null
      ? "upsurge_met := 'skipped';"
      : `${insert};\n  if found then upsurge_met := 'inserted'; end if;`;
  const block = `${meet}
into upsurge_matched, upsurge_skipped, upsurge_unchanged;
if upsurge_matched > 1 then raise exception 'the key matches % rows', upsurge_matched using errcode = '21000';
elsif upsurge_matched = 0 then
  ${missing}
elsif upsurge_skipped > 0 then upsurge_met := 'skipped';
elsif upsurge_unchanged > 0 then upsurge_met := 'unchanged';
else
  ${found}
end if;`;
  return { block, statements: [{ sql: meet }, ...lookedStatements({ update, insert })] };
}
