/** The expressions of the user's, each to be tried by itself, so that an error can name its flag. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import type { TriedRows } from "./dialect.ts";

/** One of them, and the rows that it may read. */
export interface ExpressionTry {
  readonly flag: string;
  readonly expression: string;
  readonly isCondition: boolean;
  readonly rows: TriedRows;
}

/** Those of a plan, in the order in which they are tried. */
export function expressionsToTry({
  mode,
  update,
  removal,
  missing,
}: TablePlan): readonly ExpressionTry[] {
  const met: TriedRows = mode === "insert" || mode === "ignore" ? "excluded" : "both";
  return [
    ...values("--set", update.sets, met),
    ...values("--stamp", update.stamps, "proposed"),
    ...condition("--update-where", update.where, met),
    ...condition("--delete-where", removal?.where ?? null, "target"),
    ...values("--delete-set", removal?.sets ?? [], "target"),
    ...values(missingFlag(missing), missing?.said === "set" ? missing.sets : [], "target"),
  ];
}

/** What errors call the expressions of `missing: set`. */
export function missingFlag(missing: TablePlan["missing"]): string {
  return `--nest ${missing?.level ?? ""}: missing: set`;
}

function values(
  flag: string,
  assigned: TablePlan["update"]["sets"],
  rows: TriedRows,
): ExpressionTry[] {
  return assigned.map(({ column, expression }) => {
    return { flag: `${flag} "${column} = …"`, expression, isCondition: false, rows };
  });
}

function condition(flag: string, where: string | null, rows: TriedRows): ExpressionTry[] {
  return where === null ? [] : [{ flag, expression: where, isCondition: true, rows }];
}
