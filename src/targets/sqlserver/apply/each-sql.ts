/**
 * One row at a time, on the server: a loop over the staged rows in order that applies each by itself, so that triggers,
 * foreign keys and defaults see exactly what the law says. A row at fault is undone by its savepoint and noted in
 * `#upsurge_fault`; any other error ends the loop. Pure.
 */
import type { RowShape } from "../../../model/batch.ts";
import { ROW_OUTCOMES } from "../../../model/counts.ts";
import type { RowOutcome } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { PlannedStatement } from "../../../model/report/plan-report.ts";
import { lookedStatements, WHEN } from "../../../sql/planned-statements.ts";
import { isRowNumberSql } from "../error-numbers.ts";
import { madeSql } from "./made-sql.ts";
import { answering, block, counter, tried } from "./guard.ts";
import { TEMPORARY } from "../names.ts";
import { checkRowSql } from "../stage/stage-sql.ts";
import {
  identityOffSql,
  identitySql,
  insertSql,
  lookSql,
  mergeSql,
  updateFoundSql,
} from "./write-sql.ts";
import { keyedPlan } from "../../../sql/match.ts";
import type { RowCondition } from "./write-sql.ts";

/** What a look at the target row answers with. */
const LOOKED: readonly string[] = ["matched", "met", "skipped", "unchanged"];

/** The variable in which the loop counts an outcome; the look at a row has taken some of the names. */
export function counterOf(outcome: RowOutcome): string {
  return LOOKED.includes(outcome) ? `${outcome}_rows` : outcome;
}

/** The error of a row whose key finds several target rows; the server has none for it. */
const SEVERAL_MATCHES = 8672;

const VARIABLES = [
  ...[...ROW_OUTCOMES.map(counterOf), ...LOOKED, "rows"].map(counter),
  { name: "shape", type: "int", initial: "NULL" },
  { name: "ord", type: "bigint", initial: "NULL" },
  // The row at which the loop stopped.
  { name: "failed", type: "bigint", initial: "NULL" },
];

/** The variables that tell the outcome of each row: a digit a row, the place of its name in `ROW_OUTCOMES`; 0: refused. */
const TELLING = [
  { name: "told", type: "varchar(max)", initial: "''" },
  { name: "total", type: "bigint", initial: "0" },
];

/** A row adds the place of its outcome to this sum, and nothing else does. */
const TOTAL = ROW_OUTCOMES.map((outcome, at) => `${at + 1} * @${counterOf(outcome)}`).join(" + ");

const NOTE_OUTCOME = [`SET @told = CONCAT(@told, ${TOTAL} - @total)`, `SET @total = ${TOTAL}`];

/**
 * The batch that applies the staged rows of `shapes`, one at a time; it answers with its counts and the faults of rows.
 * `tells`: with their outcomes as well.
 */
export function eachSql(plan: TablePlan, shapes: readonly RowShape[], tells = false): string {
  const keys = madeSql(plan);
  const faults = `SELECT upsurge_ord, code, number, message${keys === null ? "" : keys.none} FROM ${TEMPORARY.fault(plan)}`;
  const branches = shapes.map(
    (shape) => `IF @shape = ${shape.id}\n${block(checkedRowSql(plan, shape))}`,
  );
  const loop = [
    `SELECT @shape = upsurge_shape FROM ${TEMPORARY.stage(plan)} WHERE upsurge_ord = @ord`,
    "SET @number = 0",
    "SAVE TRANSACTION upsurge_row",
    tried(branches),
    `IF @number <> 0\n${block(failedSql(plan))}`,
    ...(tells ? NOTE_OUTCOME : []),
    `IF @failed IS NOT NULL SET @ord = NULL ELSE SELECT @ord = MIN(upsurge_ord) FROM ${TEMPORARY.stage(plan)} WHERE upsurge_ord > @ord`,
  ];
  return answering(
    tells ? [...VARIABLES, ...TELLING] : VARIABLES,
    [
      ...(keys === null ? [] : [keys.declare]),
      `SELECT @ord = MIN(upsurge_ord) FROM ${TEMPORARY.stage(plan)}`,
      `WHILE @ord IS NOT NULL\n${block(loop)}`,
      ...identityOffSql(plan),
    ],
    keys === null
      ? `${faults} ORDER BY upsurge_ord`
      : `${faults} ${keys.union} ORDER BY upsurge_ord`,
  );
}

/** The outcomes of the rows, beside them; `null` for one that was refused. */
export function readOutcomes(told: string): (RowOutcome | null)[] {
  return told.split("").map((digit) => ROW_OUTCOMES[Number(digit) - 1] ?? null);
}

/** What becomes of a row that failed: ignored, noted, or the end of the loop. */
function failedSql(plan: TablePlan): string[] {
  const note = block([
    "ROLLBACK TRANSACTION upsurge_row",
    `INSERT INTO ${TEMPORARY.fault(plan)} (upsurge_ord, number, message) VALUES (@ord, @number, @message)`,
  ]);
  const noted = `IF ${isRowNumberSql("@number")} ${note}`;
  const ignored = `IF @number IN (2601, 2627) ${tally("ignored")}`;
  const alive = plan.arbiter?.kind === "any" ? `${ignored}\nELSE ${noted}` : noted;
  return [
    `IF @doomed = 1 SET @failed = @ord\nELSE ${alive}\nELSE SET @failed = @ord`,
    "IF @failed IS NULL SET @number = 0",
  ];
}

const ROW = "upsurge_ord = @ord";

/** The statements for a row, for `upsurge plan`. */
export function rowStatements(
  plan: TablePlan,
  columns: readonly string[],
): readonly PlannedStatement[] {
  return applySql(plan, { columns, condition: ROW }).statements;
}

/** Checks the row first: SQL of the user's may fail there as well. */
function checkedRowSql(plan: TablePlan, shape: RowShape): string[] {
  const { columns } = shape;
  const apply = [
    ...identitySql(plan, columns),
    ...applySql(plan, { columns, condition: ROW }).script,
  ];
  const checks = checkRowSql(plan, shape);
  if (checks.length === 0) return apply;
  const isSound = `EXISTS (SELECT 1 FROM ${TEMPORARY.stage(plan)} WHERE upsurge_ord = @ord)`;
  return [...checks, `IF ${isSound}\n${block(apply)}`];
}

/** How a row is applied: what the loop runs, and the statements in it that look for the row in the table, or write it. */
interface RowScript {
  readonly script: readonly string[];
  readonly statements: readonly PlannedStatement[];
}

function applySql(plan: TablePlan, rows: RowCondition): RowScript {
  const keyed = keyedPlan(plan);
  const written = insertSql(plan, rows, madeSql(plan)?.output);
  if (keyed === null) {
    return { script: [written, ...counted("inserted", plan)], statements: [{ sql: written }] };
  }
  const look = lookSql(keyed, rows);
  const merge = plan.method.statement === "merge" ? mergeSql(keyed, rows) : null;
  const insert = plan.mode === "update" ? null : (merge ?? written);
  const update = updateFoundSql(keyed, rows);
  const outcome = plan.deletesRows === true ? "deleted" : "updated";
  const script = `IF @matched > 1 ${refuse(plan)}
ELSE IF @matched = 0 ${insert === null ? tally("skipped") : block([insert, ...counted("inserted", plan)])}
ELSE IF @skipped > 0 ${tally("skipped")}
ELSE IF @unchanged > 0 ${tally("unchanged")}
ELSE ${update === null ? tally("ignored") : block([merge ?? update, ...counted(outcome, plan)])}`;
  const writing =
    merge === null
      ? lookedStatements({ update, insert })
      : [{ sql: merge, when: `${WHEN.missing}, or change` }];
  return { script: [look, script], statements: [{ sql: look }, ...writing] };
}

function refuse(plan: TablePlan): string {
  return `INSERT INTO ${TEMPORARY.fault(plan)} (upsurge_ord, number, message) VALUES (@ord, ${SEVERAL_MATCHES}, N'the key finds several rows of the table')`;
}

/** Counts a row. */
function tally(outcome: RowOutcome): string {
  return `SET @${counterOf(outcome)} = @${counterOf(outcome)} + 1`;
}

/**
 * A statement that says it wrote nothing was overruled: by a trigger, or an index that ignores duplicates, which says no more
 * than that the row met another.
 */
function counted(as: RowOutcome, { arbiter, table }: TablePlan): string[] {
  const ignores = table.uniqueKeys.some((key) => key.ignoresDuplicates === true);
  const otherwise = arbiter?.kind === "any" && ignores ? "ignored" : "suppressed";
  return ["SET @rows = @@ROWCOUNT", `IF @rows = 0 ${tally(otherwise)} ELSE ${tally(as)}`];
}
