/** SQL that ends a parenthesis of ours would take the limits of what is around it with it: the one place that refuses it. Pure. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { isClosed, quotesInBrackets } from "../sql/expressions.ts";
import type { ExpressionNames } from "../sql/expressions.ts";

/** Throws `PLAN_EXPRESSION` for an expression of the flag whose parentheses do not match. */
export function refuseOpen(
  flag: string,
  sql: string,
  naming: Pick<ExpressionNames, "quoteIdentifier">,
): void {
  if (isClosed(sql, quotesInBrackets(naming))) return;
  const reason = "its parentheses do not match";
  const fix = "close each parenthesis that the expression opens, and no other";
  throw upsurgeError("PLAN_EXPRESSION", { flag, reason }, { where: flag, fix });
}
