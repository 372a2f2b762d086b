/**
 * Lets the server check a plan without running it: EXPLAIN plans a statement and checks privileges.
 * Each expression of the user's is tried by itself first, so that the error can name its flag.
 */
import type { Client } from "pg";
import { refusedExpression } from "../../../errors/refused-expression.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { TriedRows } from "../../../sql/dialect.ts";
import { expressionsToTry } from "../../../sql/expression-tries.ts";
import { insertSql } from "../../../sql/insert.ts";
import { conflictTarget, onlyTable, POSTGRES, tableSql } from "../dialect.ts";
import {
  keyFix,
  keyNotUnique,
  refuseReservedNames,
  sharedKeySql,
} from "../../../sql/check-table.ts";
import { quoteIdentifier } from "../quote.ts";
import { classifyError, isServerError } from "../errors.ts";
import { answersTo, runTogether } from "../connect/run-together.ts";
import type { PostgresError } from "../errors.ts";
import { foldingOf } from "../apply/folding.ts";
import { refuseTooWide } from "./limits.ts";
import { removalSql, seenDdl } from "../apply/removal-sql.ts";
import { setSql, statementsIn } from "../apply/set-sql.ts";
import { lookingPlan } from "../apply/write-method.ts";
import { rawDdl, stageDdl } from "../stage/stage.ts";
import { TEMPORARY } from "../stage/names.ts";
import { tableName } from "../../../model/table-shape.ts";

/** Checks inside a transaction that the caller rolls back. Throws `PLAN_*` errors. */
export async function checkPlan(
  client: Client,
  plan: TablePlan,
  columns: readonly string[],
): Promise<void> {
  refuseReservedNames(plan, /^upsurge_(ord|shape)$/);
  refuseTooWide(plan);
  const looksStaged = plan.method.stages !== null || lookingPlan(plan) !== null;
  const sent = [
    checkExpressions(client, plan),
    checkUnique(client, plan),
    runTogether(client, looksStaged ? stageDdl(plan, foldingOf(plan) !== null) : [rawDdl(plan)]),
  ];
  // What takes rows away is asked question by question.
  if (plan.removal !== undefined) {
    await answersTo(sent.splice(0));
    await checkRemoval(client, plan);
  }
  await answersTo([...sent, checkWriting(client, plan, columns)]);
}

/** The statements that write what is staged. */
async function checkWriting(
  client: Client,
  plan: TablePlan,
  columns: readonly string[],
): Promise<void> {
  const { merges, stages } = plan.method;
  // Rows that cannot be staged are sent one by one; there is no statement for the server to look at beforehand.
  if (stages === null) return;
  const sql = setSql(plan, columns, { kind: "all", shape: null, merges: false });
  const statements = statementsIn(sql);
  const sent: Promise<unknown>[] =
    sql.kind === "native" && sql.counts
      ? [client.query(`select set_config('upsurge.skipped', '0', true)`)]
      : [];
  const named = namesIndex(plan);
  if (sql.kind === "look" && named && plan.arbiter !== null && plan.mode !== "update") {
    statements.push(`${insertSql(plan, columns, `${TEMPORARY.stage(plan)} as excluded`, POSTGRES)}
${conflictTarget(plan.arbiter)} do nothing`);
  }
  if (merges !== null) {
    statements.push(
      ...statementsIn(setSql(plan, columns, { kind: "all", shape: null, merges: true })),
    );
  }
  await answersTo([
    ...sent,
    ...statements.map(async (statement) => await explain(client, plan, statement)),
  ]);
}

/** The statements that remove rows, over no rows. */
async function checkRemoval(client: Client, plan: TablePlan): Promise<void> {
  if (plan.removal === undefined) return;
  const { scope, find, references, remove } = removalSql(plan);
  await runTogether(client, seenDdl(plan));
  for (const setting of find.slice(0, -1)) await client.query(setting);
  const search = find.at(-1) ?? "";
  for (const statement of [scope, search]) await explain(client, plan, statement);
  await client.query(`${search} with no data`);
  for (const { first, count } of references) {
    await explain(client, plan, first);
    await explain(client, plan, count);
  }
  await explain(client, plan, remove, "--delete-set");
}

/** True when ON CONFLICT could name the key: then it must, or the key is not what the user thinks. */
function namesIndex({ arbiter, table, nullKey }: TablePlan): boolean {
  if (arbiter === null || arbiter.name === null || nullKey === "match") return false;
  const key = table.uniqueKeys.find((each) => each.name === arbiter.name);
  if (table.kind === "view") return !table.triggers.some((trigger) => trigger.timing === "instead");
  return key?.deferrable !== true;
}

/** `flag` is at fault where the statement holds an expression of the wrong type. */
async function explain(
  client: Client,
  plan: TablePlan,
  statement: string,
  flag = "an expression of --set or --stamp",
): Promise<void> {
  try {
    await client.query(`explain ${statement}`);
  } catch (error) {
    throw planError(error, plan, flag);
  }
}

function planError(error: unknown, plan: TablePlan, flag = "an expression"): unknown {
  if (!isServerError(error)) return error;
  const table = tableSql(plan);
  const context = { cause: error };
  const parts = plan.arbiter?.keyExpressions.join(", ") ?? "";
  switch (error.code) {
    case "42P10":
    case "42809":
    case "55000":
      if (plan.table.kind === "view" && error.code !== "42P10") {
        return upsurgeError(
          "PLAN_UNSUPPORTED",
          {
            what: `loading into the view ${plan.table.name.name}`,
            reason: error.message,
            suggestion: "load into the table behind it, or give the view INSTEAD OF triggers",
          },
          context,
        );
      }
      return upsurgeError(
        "PLAN_NO_CONFLICT_TARGET",
        {
          table: tableName(plan.table.name),
          key: parts,
          reason: error.message,
          suggestion: keyFix(plan, POSTGRES),
        },
        context,
      );
    case "42501":
      return upsurgeError(
        "PLAN_PRIVILEGE",
        {
          privilege: `some of what mode ${plan.mode} needs`,
          table,
          suggestion: "`upsurge plan --grants` prints all that a load needs",
        },
        { ...context, why: error.message },
      );
    case "42804":
      return upsurgeError("PLAN_EXPRESSION", { flag, reason: error.message }, context);
    default:
      return error;
  }
}

/** What tries each expression of the user's by itself, and the flag that it comes from. */
export function expressionTries(plan: TablePlan): readonly (readonly [string, string])[] {
  const table = onlyTable(plan);
  const fields = plan.table.columns.map(
    ({ name, type }) => `null::${type} as ${quoteIdentifier(name)}`,
  );
  const from: Readonly<Record<TriedRows, string>> = {
    both: `${table} as target, ${table} as excluded`,
    excluded: `${table} as excluded`,
    target: `${table} as target`,
    proposed: `(select ${fields.join(", ")}) as excluded`,
  };
  return expressionsToTry(plan).map(({ flag, expression, isCondition, rows }) => [
    flag,
    isCondition
      ? `select from ${from[rows]} where (${expression})`
      : `select (${expression}) from ${from[rows]}`,
  ]);
}

async function checkExpressions(client: Client, plan: TablePlan): Promise<void> {
  await answersTo(
    expressionTries(plan).map(async ([flag, statement]) => {
      try {
        await client.query(`explain ${statement}`);
      } catch (error) {
        if (!isOfExpression(error)) throw planError(error, plan);
        throw refusedExpression(flag, `${error.message} (${error.code})`, error);
      }
    }),
  );
}

/** Neither a missing privilege nor a server that goes away is the fault of an expression. */
function isOfExpression(error: unknown): error is PostgresError {
  return isServerError(error) && error.code !== "42501" && classifyError(error) !== "transient";
}

/** A key without a unique index must at least be unique now; the lock of the load keeps it so. */
async function checkUnique(client: Client, plan: TablePlan): Promise<void> {
  const { arbiter } = plan;
  if (arbiter === null || arbiter.name !== null || arbiter.kind !== "expressions") return;
  const { rowCount } = await client.query(sharedKeySql(plan, arbiter, POSTGRES));
  if (rowCount !== 0) throw keyNotUnique(plan, arbiter, POSTGRES);
}
