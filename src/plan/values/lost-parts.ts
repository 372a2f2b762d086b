/** Values that a column takes without a part of them, told by a plan. Pure. */
import { excludedField, nameInExpression } from "../../errors/expression-names.ts";
import { shellQuoted } from "../../errors/shell-word.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { SampleValues } from "./notations.ts";

/** A day, a time and an offset behind it. */
const WITH_OFFSET =
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/** What a plan knows of the fields of its records. */
type FilledPlan = Pick<TablePlan, "table" | "mapping" | "notations">;

/** The columns that are timestamps without a time zone, and the fields that fill them as they stand. */
function zoneless({ table, mapping, notations }: FilledPlan): TablePlan["mapping"] {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  return mapping.filter(
    ({ column }) =>
      types.get(column)?.endsWith(" without time zone") === true &&
      notations?.[column] === undefined,
  );
}

/** Says whether a plan has columns whose values may lose a part. */
export function mayLose(plan: FilledPlan): boolean {
  return zoneless(plan).length > 0;
}

/** For each column with a value that loses its offset: the flag by which the instant stays. */
export function explainLosses(plan: FilledPlan, samples: SampleValues): string[] {
  return zoneless(plan).flatMap(({ field, column }) => {
    const value = samples.get(field)?.find((each) => WITH_OFFSET.test(each.trim()));
    if (value === undefined || /Z$/i.test(value.trim())) return [];
    const name = nameInExpression(column);
    const isOwn = field.toLowerCase() === column.toLowerCase();
    const flag = `--value ${shellQuoted(`${name} = ${excludedField(field)}::timestamptz at time zone 'UTC'`)}`;
    const keeps = isOwn ? `; ${flag} takes the instant, as a time of UTC` : "";
    return [`${column}: ${JSON.stringify(value)} loses its offset: its type has none${keeps}`];
  });
}
