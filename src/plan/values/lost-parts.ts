/** Values that a column takes without a part of them, told by a plan. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { lossText, lossyColumns, lostPart } from "../../values/lost-parts.ts";
import type { LossyColumn } from "../../values/lost-parts.ts";
import type { SampleValues } from "./notations.ts";

/** What a plan knows of the fields of its records. */
type FilledPlan = Pick<TablePlan, "table" | "mapping" | "notations">;

/** A lossy column, and a field that fills it as it stands. */
interface LossyField {
  readonly field: string;
  readonly column: LossyColumn;
}

function lossyFields(plan: FilledPlan): readonly LossyField[] {
  const columns = new Map(lossyColumns(plan).map((column) => [column.name, column]));
  return plan.mapping.flatMap(({ field, column: name }) => {
    const column = columns.get(name);
    return column === undefined ? [] : [{ field, column }];
  });
}

/** Says whether a plan has columns whose values may lose a part. */
export function mayLose(plan: FilledPlan): boolean {
  return lossyFields(plan).length > 0;
}

/** For each column with a value that loses a part: the flag by which it stays. */
export function explainLosses(
  plan: FilledPlan,
  samples: SampleValues,
  { madeOf }: Pick<Capabilities, "madeOf">,
): string[] {
  return lossyFields(plan).flatMap(({ field, column }) => {
    for (const value of samples.get(field) ?? []) {
      const part = lostPart(column.loses, value);
      if (part === null) continue;
      const instant = part === "offset" ? (madeOf?.("instant", field, column.type) ?? null) : null;
      return [lossText({ column, field, value, part }, instant)];
    }
    return [];
  });
}
