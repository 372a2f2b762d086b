/**
 * Lets the server check a plan: the statements run over an empty stage, in a transaction that the caller rolls back, so
 * that they write nothing. Each expression of the user's is tried by itself first, so that the error can name its flag.
 */
import { refusedExpression } from "../../../errors/refused-expression.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { onlySet } from "../connect/result-sets.ts";
import { classifyNumber, SqlServerError } from "../errors.ts";
import { tableSql, TEMPORARY } from "../names.ts";
import { keyNotUnique, refuseReservedNames, sharedKeySql } from "../../../sql/check-table.ts";
import { SQL_SERVER } from "../dialect.ts";
import { run } from "../apply/run-guarded.ts";
import { setSql } from "../apply/set-sql.ts";
import { checkStageSql, fillStageSql, stageDdl } from "../stage/stage-sql.ts";
import { guarded, script } from "../apply/guard.ts";
import { removalSql, seenDdl } from "../apply/removal-sql.ts";
import type { TriedRows } from "../../../sql/dialect.ts";
import { expressionsToTry } from "../../../sql/expression-tries.ts";

/** Checks `plan` for rows that carry `columns`. Throws `PLAN_*` errors. */
export async function checkPlan(
  connection: SqlServerConnection,
  plan: TablePlan,
  { columns, collation }: { readonly columns: readonly string[]; readonly collation: string },
): Promise<void> {
  refuseReservedNames(plan, /^upsurge_(ord|shape|wave)$/i);
  refuseKeyTypes(plan);
  await refuseInMemory(connection, plan);
  await checkUnique(connection, plan);
  await connection.batch(script(stageDdl(plan, collation)));
  await checkExpressions(connection, plan);
  await checkRemoval(connection, plan, collation);
  const shape = { id: 0, columns };
  await run(
    connection,
    guarded([...fillStageSql(plan, [shape]), ...checkStageSql(plan, [shape])]),
    [],
  );
  // A trigger fires for no rows as well, and might not like it.
  if (plan.table.triggers.length > 0) return;
  await run(connection, setSql(plan, { columns, condition: "upsurge_shape = 0" }), []);
}

/** The statements that remove rows: the queries find none, as no row is missing yet. */
async function checkRemoval(
  connection: SqlServerConnection,
  plan: TablePlan,
  collation: string,
): Promise<void> {
  if (plan.removal === undefined) return;
  await connection.batch(script(seenDdl(plan, collation)));
  const { references, remove } = removalSql(plan);
  for (const { first, count } of references) await connection.batch(script([first, count]));
  // A trigger fires for no rows as well, and might not like it.
  if (plan.table.triggers.length === 0) await run(connection, guarded([remove]), []);
}

/** Types whose values the server does not compare: errors 306, 402 and 305. */
const NOT_COMPARED = /^(text|ntext|image|xml|json|geometry|geography)\b/;

function refuseKeyTypes({ table, arbiter }: TablePlan): void {
  const key = table.columns.find(
    ({ name, type }) => arbiter?.columns.includes(name) === true && NOT_COMPARED.test(type),
  );
  if (key === undefined) return;
  const [type] = NOT_COMPARED.exec(key.type) ?? [];
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: `a key with the column ${key.name} of type ${type}`,
    reason: `SQL Server compares no values of type ${type}`,
    suggestion:
      "name other columns with --key; varchar(max), nvarchar(max) and varbinary(max), which take the place of the old large types, can be compared",
  });
}

/** A memory-optimized table takes none of the locks that a load relies on. */
async function refuseInMemory(connection: SqlServerConnection, plan: TablePlan): Promise<void> {
  const sets = await connection.execute(
    `SELECT is_memory_optimized AS in_memory FROM sys.tables WHERE object_id = OBJECT_ID(@name)`,
    [{ name: "name", value: tableSql(plan) }],
  );
  const [kind] = onlySet(sets, "in_memory");
  if (kind?.["in_memory"] !== true && Number(kind?.["in_memory"] ?? 0) === 0) return;
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: "a memory-optimized table",
    reason: "it takes no range locks, which a load relies on",
    suggestion: "load into an ordinary table, and copy the rows from there",
  });
}

/** A key without a unique index must at least be unique now; the range locks of the load keep it so. */
async function checkUnique(connection: SqlServerConnection, plan: TablePlan): Promise<void> {
  const { key: arbiter } = plan.method;
  if (arbiter === null || arbiter.name !== null) return;
  const sql = sharedKeySql(plan, arbiter, SQL_SERVER, `${SQL_SERVER.count} AS number`);
  const shared = onlySet(await connection.batch(sql), "number");
  if (shared.length > 0) throw keyNotUnique(plan, arbiter, SQL_SERVER);
}

/** What tries each expression of the user's by itself, and the flag that it comes from. */
export function expressionTries(plan: TablePlan): readonly (readonly [string, string])[] {
  const staged = `${TEMPORARY.stage(plan)} as excluded`;
  const target = `${tableSql(plan)} as target`;
  const from: Readonly<Record<TriedRows, string>> = {
    both: `${target} cross join ${staged}`,
    excluded: staged,
    target,
    proposed: staged,
  };
  return expressionsToTry(plan).map(({ flag, expression, isCondition, rows }) => [
    flag,
    isCondition
      ? `select 1 as value from ${from[rows]} where 1 = 0 and (${expression})`
      : `select (${expression}) as value from ${from[rows]} where 1 = 0`,
  ]);
}

async function checkExpressions(connection: SqlServerConnection, plan: TablePlan): Promise<void> {
  for (const [flag, statement] of expressionTries(plan)) {
    try {
      await connection.batch(statement);
    } catch (error) {
      const isOther =
        !(error instanceof SqlServerError) ||
        error.number === 229 ||
        classifyNumber(error.number) === "transient";
      if (isOther) throw error;
      throw refusedExpression(flag, `${error.message} (${error.number})`, error);
    }
  }
}
