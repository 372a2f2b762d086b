/** How incoming rows meet those of the table. Pure. */
import type { Arbiter, TablePlan } from "../model/load-plan.ts";
import type { Dialect } from "./dialect.ts";
import { qualify } from "./expressions.ts";

/** A plan whose rows are looked up by a key. */
export type KeyedPlan = TablePlan & { readonly arbiter: Arbiter };

/** The plan with the key that its method looks rows up by; `null` where a conflict shows only in the writing. */
export function keyedPlan(plan: TablePlan): KeyedPlan | null {
  const { key } = plan.method;
  return key === null ? null : { ...plan, arbiter: key };
}

type KeySpelling = Pick<Dialect, "quote" | "equalOrNull">;

/** `target."a" = excluded."a"` for every part of the key; the predicate of its index on both sides. */
export function matchSql(plan: TablePlan, arbiter: Arbiter, dialect: KeySpelling): string {
  const { predicate } = arbiter;
  const sides = ["target", "excluded"] as const;
  const predicates =
    predicate === null
      ? []
      : sides.map((alias) => `(${qualify(predicate, alias, naming(plan, dialect))})`);
  return [...equalKeys(plan, arbiter, sides, dialect), ...predicates].join(" and ");
}

/** The same for any two rows, by their aliases, without the predicate. */
export function equalKeys(
  plan: TablePlan,
  { keyExpressions, columns, plain, nullsEqual }: Arbiter,
  [one, other]: readonly [string, string],
  dialect: KeySpelling,
): string[] {
  const names = naming(plan, dialect);
  return keyExpressions.map((part, at) => {
    const [left, right] = [qualify(part, one, names), qualify(part, other, names)];
    const column = plain ? plan.table.columns.find(({ name }) => name === columns[at]) : undefined;
    return nullsEqual
      ? dialect.equalOrNull(left, right, column?.nullable ?? true)
      : `${left} = ${right}`;
  });
}

function naming({ table }: TablePlan, { quote }: KeySpelling) {
  return { columns: table.columns.map(({ name }) => name), quoteIdentifier: quote };
}
