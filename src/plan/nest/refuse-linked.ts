/** A column that links levels is filled by its level alone. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { LinkedColumns } from "../../model/nest/nest-plan.ts";
import type { FieldNames } from "../mapping/field-names.ts";
import { filledTwice } from "../mapping/mapping-errors.ts";

/** What else fills columns. */
export interface UnlinkedFillings extends Pick<TablePlan, "mapping" | "constants"> {
  /** By expressions and look-ups, and by links. */
  readonly made: readonly string[];
}

/** The names of the columns that take the keys of rows of other levels. */
export function linkedNames(linked: readonly LinkedColumns[]): readonly string[] {
  return linked.flatMap(({ columns }) => columns.map(({ name }) => name));
}

/** Throws `PLAN_DUPLICATE_COLUMN`. */
export function refuseLinked(
  links: readonly string[],
  others: UnlinkedFillings,
  { told, keptOut }: FieldNames,
): void {
  for (const [at, name] of links.entries()) {
    if (links.indexOf(name) < at) {
      const fix = "link each member by a column of its own, with link: in --nest";
      throw filledTwice(name, "by two members of --nest", { fix, where: "--nest" });
    }
    const field = others.mapping.find(({ column }) => column === name)?.field;
    if (field !== undefined) {
      const reason = `by the field ${told(field)} and by --nest`;
      throw filledTwice(name, reason, { fix: keptOut(field), where: "--nest" });
    }
    if (others.constants.some(({ column }) => column === name)) {
      const fix = `leave --const ${name} out`;
      throw filledTwice(name, "by --const and by --nest", { fix, where: "--nest" });
    }
    if (others.made.indexOf(name) === others.made.lastIndexOf(name)) continue;
    const fix = `leave the --value or the --lookup of ${name} out`;
    throw filledTwice(name, "by --value or --lookup and by --nest", { fix, where: "--nest" });
  }
}
