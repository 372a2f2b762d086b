/** The error for tables that refer to each other in a circle that nothing breaks by itself, and what breaks it. Pure. */
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { tableSql } from "../sql/unique-index.ts";
import type { Edge, OrderingContext } from "./order.ts";

/** `RUN_CYCLE` for the circle of these keys. */
export function inCircle(circle: readonly Edge[], context: OrderingContext): Error {
  const tables = circle.map(({ child }) => child).join(", ");
  const keys = circle
    .map(({ child, name, lookup }) => `${lookup ?? name ?? "a key"} of ${child}`)
    .join(", ");
  const late = circle.filter(({ settable }) => settable.length > 0).map(lateFlag);
  const isOne = late.length === 1 && context.mayBeLate;
  const suggestions = [
    // In one transaction a circle may need no help.
    ...(context.inTurn && (isOne || circle.some(({ canWait }) => canWait))
      ? ["leave --commit out: one transaction for all loads can be loaded with this circle"]
      : []),
    ...(context.mayBeLate && !context.inTurn && late.length > 0 ? [lateFix(late)] : []),
    ...circle.slice(0, 1).flatMap((edge) => cycleFixes(edge, context)),
  ];
  return upsurgeError("RUN_CYCLE", { tables, keys, suggestion: suggestions.join("; or ") });
}

function lateFlag({ child, settable }: Edge): string {
  return `--late ${shellWord(settable.map((column) => `${child}.${column}`).join(","))}`;
}

function lateFix(flags: readonly string[]): string {
  return `set one of them after the last record, with ${flags.join(" or ")}`;
}

/** What breaks the circle at this key. */
function cycleFixes({ table, child, name, columns }: Edge, { session }: OrderingContext): string[] {
  const left = columns.map((column) => `--map ${shellWord(`${column}:`)}`).join(" ");
  const byHand = `load them one by one: first ${child} with ${left}, then the others, then ${child} whole`;
  if (session.leaveToCommit === undefined || name === null) return [byHand];
  const quote = (text: string): string => session.quoteIdentifier(text);
  return [
    `let one of the keys wait for the commit: alter table ${tableSql(table, quote)} alter constraint ${quote(name)} deferrable`,
    byHand,
  ];
}
