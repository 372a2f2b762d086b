/** The fields that expressions of `--value` read. Pure. */
import { isValueField } from "../../model/value-plan.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { excludedNames } from "../../sql/excluded-fields.ts";
import { columnsAlike } from "../names.ts";

/** What tells the fields of expressions. */
export type ValueOptions = Pick<Options, "value">;

/** What expressions do with fields. */
export interface ValueUses {
  /** Whether an expression reads the field. */
  reads(field: string): boolean;
  /** Whether an expression fills the column. */
  fills(column: string): boolean;
}

/** The names of the fields that expressions read. */
export function namedByValues({ value }: ValueOptions): readonly string[] {
  const names = (value ?? []).flatMap(({ expression }) => excludedNames(expression));
  return [...new Set(names.map(({ name }) => name))];
}

/** What the expressions do with fields of sources for this table. */
export function valueUses(shape: Pick<TableShape, "columns">, { value }: ValueOptions): ValueUses {
  const names = (value ?? []).flatMap(({ expression }) => excludedNames(expression));
  const columns = new Set(
    (value ?? []).flatMap(({ column }) => columnsAlike(shape, column).map(({ name }) => name)),
  );
  return {
    reads: (field) => names.some((name) => isValueField(name, field)),
    fills: (column) => columns.has(column),
  };
}
