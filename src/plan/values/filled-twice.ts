/** Columns that an expression of `--value` and something else would fill. Pure. */
import { excludedField } from "../../errors/expression-names.ts";
import type { Assignment, Mode, TablePlan } from "../../model/load-plan.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { ValueColumn } from "../../model/value-plan.ts";
import { readsColumn } from "../../sql/expressions.ts";
import type { ExpressionNames } from "../../sql/expressions.ts";
import type { FieldNames } from "../mapping/field-names.ts";
import { filledTwice } from "../mapping/mapping-errors.ts";

/** What else fills columns. */
export interface OtherFillings {
  readonly shape: TableShape;
  readonly quoteIdentifier: (name: string) => string;
  readonly mode: Mode;
  readonly mapping: TablePlan["mapping"];
  readonly constants: TablePlan["constants"];
  readonly update: TablePlan["update"];
  readonly called: FieldNames;
}

/** Throws `PLAN_DUPLICATE_COLUMN`. */
export function refuseFilled(others: OtherFillings, columns: readonly ValueColumn[]): void {
  const { shape, quoteIdentifier, mapping, constants, called } = others;
  const naming = { columns: shape.columns.map(({ name }) => name), quoteIdentifier };
  for (const { column } of columns) {
    const { name } = column;
    const twice = (reason: string, fix: string): Error =>
      filledTwice(name, reason, { fix, where: "--value" });
    const leave = (flag: string): string => `leave ${flag} ${name} or the --value of it out`;
    const field = mapping.find((each) => each.column === name)?.field;
    if (field !== undefined) {
      const drop = `read it, as ${excludedField(field)}; or ${called.keptOut(field)}; or leave the --value of ${name} out`;
      throw twice(
        `by the field ${called.told(field)}, which its --value does not read, and by --value`,
        drop,
      );
    }
    if (constants.some((each) => each.column === name))
      throw twice("by --const and by --value", leave("--const"));
    const flag = flagOver(others, name, naming);
    if (flag !== null) throw twice(`by ${flag} and by --value`, leave(flag));
  }
}

/** The flag that writes the column whatever its value is. */
function flagOver(
  { update, mode }: OtherFillings,
  column: string,
  naming: ExpressionNames,
): string | null {
  const isBlind = (each: Assignment): boolean =>
    each.column === column && !readsColumn(each.expression, "excluded", { column, naming });
  if (update.stamps.some(isBlind)) return "--stamp";
  return mode === "update" && update.sets.some(isBlind) ? "--set" : null;
}
