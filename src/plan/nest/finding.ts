/** How rows are found that others refer to, once they are written: by which key, and with which look-up. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import type { RelationLink } from "./relations.ts";

/** The columns by which a row is found after it was written: those of its key, or of a unique key that records fill. */
export function findingKey(source: TablePlan): readonly string[] | null {
  const { arbiter, table, made } = source;
  if (made !== undefined) return null;
  if (arbiter !== null) {
    const isPlain = arbiter.kind === "expressions" && arbiter.plain && arbiter.predicate === null;
    return isPlain ? arbiter.columns : null;
  }
  const filled = filledBy(source);
  const key = table.uniqueKeys.find(
    ({ kind, columns, predicate, standard }) =>
      kind === "unique" &&
      predicate === null &&
      standard !== false &&
      columns.every((name) => name !== null && filled.has(name)),
  );
  return key?.columns.filter((name) => name !== null) ?? null;
}

/** The columns that rows have values in before they are written. */
export function filledBy(plan: TablePlan): ReadonlySet<string> {
  const { mapping, constants, values, lookups = [], linked = [], made } = plan;
  const columns = [
    ...[...(values?.columns ?? []), ...lookups, ...(made?.before ?? [])].map((each) => each.column),
    ...(made?.written ?? []),
    ...linked.flatMap((each) => each.columns),
  ];
  return new Set([
    ...[...mapping, ...constants].map(({ column }) => column),
    ...columns.map(({ name }) => name),
  ]);
}

/** Where rows are found that others refer to. */
export interface FindingPlace {
  readonly source: TablePlan;
  /** The table whose column takes what is found. */
  readonly filled: TablePlan | undefined;
  readonly key: readonly string[] | null;
  /** They are only looked up. */
  readonly finds: boolean;
}

/** The look-up of rows that others refer to; `null`: they have no key. */
export function finding(
  { column, refersTo }: RelationLink,
  { source, filled, key, finds }: FindingPlace,
): LookupPlan | null {
  if (key === null) return null;
  const { table } = source;
  const keys = key.flatMap((name) => {
    const found = table.columns.find((each) => each.name === name);
    if (found === undefined) return [];
    return [{ column: found, field: null, constant: null, ...notationOf(source, name) }];
  });
  return {
    text: `${column.name} of a level`,
    column,
    parent: table,
    keys,
    refersTo,
    ...notationOf(filled, column.name),
    missing: "reject",
    unique: true,
    ...(finds ? {} : { written: true as const }),
    eachRecord: "each batch writes the rows that it finds",
  };
}

/** How the texts of a column are written, where not as databases read them. */
function notationOf(plan: TablePlan | undefined, name: string): Pick<LookupPlan, "notation"> {
  const notation = plan?.notations?.[name];
  return notation === undefined ? {} : { notation };
}
