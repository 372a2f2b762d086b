/** Values that a column takes without a part of them, told by a plan. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { Column, LosingType } from "../../model/table-shape.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { lossText, lostPart } from "../../values/lost-parts.ts";
import type { SampleValues } from "./notations.ts";

/** What a plan knows of the fields of its records. */
type FilledPlan = Pick<TablePlan, "table" | "mapping" | "notations">;

/** A column that loses parts, and a field that fills it as it stands. */
interface LosingField {
  readonly field: string;
  readonly column: Column;
  readonly loses: LosingType;
}

function losingFields({ table, mapping, notations }: FilledPlan): readonly LosingField[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  return mapping.flatMap(({ field, column: name }) => {
    const column = columns.get(name);
    const isRewritten = notations?.[name] !== undefined;
    return column?.loses === undefined || isRewritten
      ? []
      : [{ field, column, loses: column.loses }];
  });
}

/** Says whether a plan has columns whose values may lose a part. */
export function mayLose(plan: FilledPlan): boolean {
  return losingFields(plan).length > 0;
}

/** For each column with a value that loses a part: the flag by which it stays. */
export function explainLosses(
  plan: FilledPlan,
  samples: SampleValues,
  { madeOf }: Pick<Capabilities, "madeOf">,
): string[] {
  return losingFields(plan).flatMap(({ field, column, loses }) => {
    for (const value of samples.get(field) ?? []) {
      const part = lostPart(loses, value);
      if (part === null) continue;
      const instant = part === "offset" ? (madeOf?.("instant", field, column.type) ?? null) : null;
      return [lossText({ column, field, value, part }, instant)];
    }
    return [];
  });
}
