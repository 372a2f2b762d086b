/** What is said where the server refuses an upsert for the rules of the table: which rules, and what loads all the same. */
import type { Client } from "pg";
import { UpsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { tableName } from "../../../model/table-shape.ts";
import { planRefused } from "../../session-errors.ts";
import { tableSql } from "../dialect.ts";
import { isServerError, saidOf } from "../errors.ts";
import { checkPlan } from "./check-plan.ts";
import { quoteIdentifier, quoteLiteral } from "../quote.ts";

/** Asks in a transaction of its own, of which nothing is left. */
type Question = <T>(ask: (client: Client) => Promise<T>) => Promise<T>;

/** What the server does not do for a table with rules. */
const NOT_SUPPORTED = "0A000";

/** Has a plan checked. Throws what the check throws, and `PLAN_REFUSED`. */
export async function checkNamingRules(
  plan: TablePlan,
  columns: readonly string[],
  question: Question,
): Promise<void> {
  try {
    await question((client) => checkPlan(client, plan, columns));
  } catch (error) {
    const cause = error instanceof UpsurgeError ? error.cause : null;
    const mayBeRules = plan.table.rewritten && isServerError(cause) && cause.code === NOT_SUPPORTED;
    const rules = mayBeRules ? await question((client) => rulesOf(client, plan)) : [];
    throw planRefused(error, saidOf, rules.length === 0 ? {} : { fix: fixOf(plan, rules) });
  }
}

/** The names of those that an upsert meets; one that is disabled hinders as well. */
async function rulesOf(client: Client, plan: TablePlan): Promise<readonly string[]> {
  const sql = `select rulename::text as name from pg_catalog.pg_rewrite
  where ev_class = to_regclass(${quoteLiteral(tableSql(plan))}) and ev_type in ('2', '3') order by 1`;
  const { rows } = await client.query<{ name: string }>(sql);
  return rows.map(({ name }) => name);
}

function fixOf(plan: TablePlan, rules: readonly string[]): string {
  const drops = rules.map((name) => `drop rule ${quoteIdentifier(name)} on ${tableSql(plan)}`);
  const table = tableName(plan.table.name);
  return `pass --mode update or --mode insert, which a table with rules takes; or put triggers in the place of the rules of ${table}, and then: ${drops.join("; ")}`;
}
