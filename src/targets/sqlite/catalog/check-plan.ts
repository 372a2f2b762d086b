/**
 * Lets SQLite check the statements of a plan by preparing them, and tells which part of the plan it does not accept.
 * SQLite gives every such error the same code, so each part is prepared by itself.
 */
import { fires } from "../../../model/table-shape.ts";
import { refusedExpression } from "../../../errors/refused-expression.ts";
import { shellWord } from "../../../errors/shell-word.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { keyFix, keyNotUnique, sharedKeySql } from "../../../sql/check-table.ts";
import { missingFlag } from "../../../sql/expression-tries.ts";
import { backing, conflictTarget, firstColumn, SQLITE, tableName } from "../dialect.ts";
import type { RowSql } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { fromStaged } from "../stage/staged-row.ts";
import { emptyMissing, removalSql } from "../apply/removal-sql.ts";
import { arbiterOnly, listStatements } from "../apply/row-statements.ts";

/** Throws `PLAN_NO_CONFLICT_TARGET`, `PLAN_EXPRESSION`, `PLAN_KEY_NOT_UNIQUE` or `PLAN_UNSUPPORTED`. The staged table exists. */
export function checkStatements(db: SqliteConnection, row: RowSql): void {
  const { plan } = row;
  checkInsertable(db, row);
  checkExpressions(db, plan);
  const { arbiter } = plan;
  if (arbiter !== null) checkArbiter(db, row, arbiter);
  for (const { sql } of listStatements(row)) {
    const failure = attempt(db, sql);
    if (failure === null) continue;
    throw isUpdatable(plan)
      ? badExpression(blamedFlag(plan), failure)
      : unwritable(plan, failure.message, "--ignore leaves existing rows as they are");
  }
}

/** Checks what takes rows away. Throws `PLAN_EXPRESSION`. The tables of keys exist. */
export function checkRemoval(db: SqliteConnection, row: RowSql): void {
  const { plan } = row;
  const { where = null, sets = [] } = plan.removal ?? {};
  const from = `${tableName(plan)} as target`;
  const check = (flag: string, expression: string): void => {
    const failure = attemptWithoutParameters(db, `select (${expression}) from ${from}`);
    if (failure !== null) throw badExpression(flag, failure);
  };
  if (where !== null) check("--delete-where", where);
  for (const { expression } of sets) check("--delete-set", expression);
  const { scope, find, references, remove } = removalSql(row);
  const failure = attempt(db, scope);
  if (failure !== null) throw badExpression("--delete-where", failure);
  const prepare = (statement: string): void => {
    const refused = attempt(db, statement);
    if (refused !== null) throw badExpression("--delete-missing", refused);
  };
  for (const statement of find) prepare(statement);
  db.exec(emptyMissing(row));
  for (const { first, count } of references) [first, count].forEach(prepare);
  prepare(remove);
}

/** A view takes the updates of an upsert only by a trigger of its own. */
function isUpdatable({ table }: TablePlan): boolean {
  return table.kind !== "view" || fires(table, "instead", "update");
}

function unwritable({ table, mode }: TablePlan, reason: string, otherwise?: string): Error {
  const isView = table.kind === "view";
  const needed =
    mode === "upsert" ? "INSTEAD OF INSERT and UPDATE triggers" : "an INSTEAD OF trigger";
  const wanted = isView
    ? `give the view ${needed}, or load into the table behind it`
    : "load into another table";
  return upsurgeError("PLAN_UNSUPPORTED", {
    what: `mode ${mode} into ${isView ? "the view " : ""}${table.name.name}`,
    reason,
    suggestion: otherwise === undefined ? wanted : `${wanted}; ${otherwise}`,
  });
}

/** The plain insert or update, without anything of the user's. */
function checkInsertable(db: SqliteConnection, { plan, columns }: RowSql): void {
  const name = quoteIdentifier(columns[0] ?? firstColumn(plan));
  const table = tableName(plan);
  const sql =
    plan.mode === "update"
      ? `update ${table} set ${name} = ${name}`
      : `insert into ${table} (${name}) values (null)`;
  const failure = attempt(db, sql);
  if (failure === null) return;
  throw unwritable(plan, failure.message);
}

/** What tries each expression of the user's by itself, and the flag that it comes from. */
export function expressionTries(plan: TablePlan): readonly (readonly [string, string])[] {
  const { update, arbiter, mode, missing } = plan;
  const target = `${tableName(plan)} as target`;
  const staged = fromStaged(plan);
  const both = `${staged} cross join ${target}`;
  const stamped = mode === "update" ? both : staged;
  const tries: [flag: string, expression: string, from: string][] = [
    ...update.sets.map(({ expression }): [string, string, string] => ["--set", expression, both]),
    ...(update.where === null
      ? []
      : [["--update-where", update.where, both] satisfies [string, string, string]]),
    ...update.stamps.map(({ expression }): [string, string, string] => [
      "--stamp",
      expression,
      stamped,
    ]),
    ...(missing?.said === "set" ? missing.sets : []).map(
      ({ expression }): [string, string, string] => [missingFlag(missing), expression, target],
    ),
  ];
  const predicate = arbiter?.predicate ?? null;
  if (predicate !== null) tries.unshift(["--key-where", predicate, target]);
  return tries.map(([flag, expression, from]) => [flag, `select (${expression}) from ${from}`]);
}

function checkExpressions(db: SqliteConnection, plan: TablePlan): void {
  for (const [flag, statement] of expressionTries(plan)) {
    const failure = attemptWithoutParameters(db, statement);
    if (failure !== null) throw badExpression(flag, failure);
  }
}

function checkArbiter(db: SqliteConnection, row: RowSql, arbiter: Arbiter): void {
  const { plan } = row;
  const key =
    arbiter.columns.length > 0 ? arbiter.columns.join(", ") : arbiter.keyExpressions.join(", ");
  if (arbiter.kind === "expressions" && backing(plan) === null) {
    if (plan.method.statement === "upsert") throw noConflictTarget(plan, key, null);
    if (db.prepare(sharedKeySql(plan, arbiter, SQLITE)).get() === undefined) return;
    throw keyNotUnique(plan, arbiter, SQLITE);
  }
  if (plan.table.kind !== "table" || plan.mode === "update") return;
  const sql = arbiterOnly(row);
  const failure = sql === null ? null : attempt(db, sql);
  if (failure !== null) throw noConflictTarget(plan, key, failure);
}

function noConflictTarget(plan: TablePlan, key: string, cause: Error | null): Error {
  const { arbiter } = plan;
  const named = arbiter === null ? "" : conflictTarget(arbiter);
  const { table } = plan;
  return upsurgeError(
    "PLAN_NO_CONFLICT_TARGET",
    {
      table: table.name.name,
      key,
      reason: `SQLite finds no unique index for: ${named}`,
      suggestion: conflictFix(plan),
    },
    { cause },
  );
}

/** What helps where SQLite finds no index for a conflict. */
function conflictFix(plan: TablePlan): string {
  const { arbiter, table } = plan;
  const rowid = table.columns.find(({ identity }) => identity === "rowid")?.name;
  if (rowid !== undefined && arbiter?.keyExpressions.includes(quoteIdentifier(rowid)) === true) {
    return `pass --key ${shellWord(rowid)}, which is unique by itself: SQLite lets no index with an INTEGER PRIMARY KEY among its columns decide a conflict`;
  }
  const partial = table.uniqueKeys.find((each) => each.predicate !== null);
  if (partial === undefined) return keyFix(plan, SQLITE);
  return `spell the predicate exactly as the index does: ${partial.predicate ?? ""}`;
}

/** Every expression was accepted alone, so one is at fault by where it is. */
function blamedFlag({ update }: TablePlan): string {
  if (update.sets.length > 0) return "--set";
  if (update.where !== null) return "--update-where";
  return update.stamps.length > 0 ? "--stamp" : "the statement";
}

function badExpression(flag: string, cause: Error): Error {
  return refusedExpression(flag, cause.message, cause);
}

/** Prepares `sql`, which has no parameter of ours; the error when SQLite does not accept it, or it has one of the user's. */
function attemptWithoutParameters(db: SqliteConnection, sql: string): Error | null {
  const failure = attempt(db, sql);
  if (failure !== null) return failure;
  if (!db.hasParameters(sql)) return null;
  return new Error("it holds a parameter (?, :name, @name or $name) that has no value");
}

/** Prepares `sql`; the error when SQLite does not accept it. */
function attempt(db: SqliteConnection, sql: string): Error | null {
  try {
    db.prepare(sql);
    return null;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
