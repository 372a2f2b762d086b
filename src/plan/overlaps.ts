/**
 * Columns that two things would fill: fields, constants, `--set`, `--stamp` and `--update-columns`. Flags that contradict
 * each other are refused; where a flag wins over a field of the source, that is said. Nothing is dropped without a word.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, Assignment, FieldMapping, TablePlan, Mode } from "../model/load-plan.ts";
import type { UpdateRule } from "../model/load-plan.ts";
import { readsColumn } from "../sql/expressions.ts";
import type { FieldNames } from "./mapping/field-names.ts";
import type { ExpressionNames } from "../sql/expressions.ts";

/** What fills columns. */
export interface ColumnSources {
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly mapping: readonly FieldMapping[];
  readonly constants: TablePlan["constants"];
  readonly update: UpdateRule;
  readonly naming: ExpressionNames;
  /** What the fields are called. */
  readonly fieldNames: FieldNames;
}

/** What becomes of the fields that give way to a flag. */
export interface Overlaps {
  /** Fields that are never written. */
  readonly warnings: readonly string[];
  /** Fields that are written for some rows only. */
  readonly why: readonly string[];
}

/** Throws `PLAN_DUPLICATE_COLUMN` or `OPTION_CONFLICT` where flags contradict each other; tells which fields give way. */
export function findOverlaps(fillings: ColumnSources): Overlaps {
  const { update, mode } = fillings;
  const { told, keptOut } = fillings.fieldNames;
  refuseStampedKey(fillings);
  refuseSetAndStamp(update);
  refuseConstants(fillings);
  const never = [
    ...hidden(fillings, update.stamps).map((each) => ({ ...each, flag: "--stamp" })),
    ...(mode === "update" ? hidden(fillings, update.sets) : []).map((each) => ({
      ...each,
      flag: "--set",
    })),
  ];
  const onInsert = mode === "update" ? [] : hidden(fillings, update.sets);
  return {
    warnings: never.map(
      ({ field, column, flag }) =>
        `the field ${told(field)} is not written, because ${flag} fills ${column}; to say so, ${keptOut(field)}, or leave ${flag} out to write it`,
    ),
    why: onInsert.map(
      ({ field, column }) =>
        `the field ${told(field)} is written to rows that are inserted; what an update writes to ${column}, --set says`,
    ),
  };
}

/** Throws `PLAN_DUPLICATE_COLUMN` for a column that is to be updated from the source and by an expression that ignores it. */
export function refuseListed(
  listed: readonly string[],
  { sets, stamps }: Pick<UpdateRule, "sets" | "stamps">,
  naming: ExpressionNames,
): void {
  for (const [flag, each] of [...stamps.map(flagged("--stamp")), ...sets.map(flagged("--set"))]) {
    if (!listed.includes(each.column) || reads(each, naming)) continue;
    throw twice(each.column, ["--update-columns", flag]);
  }
}

function flagged(flag: string): (each: Assignment) => [string, Assignment] {
  return (each) => [flag, each];
}

function refuseSetAndStamp({ sets, stamps }: UpdateRule): void {
  const both = sets.find(({ column }) => stamps.some((stamp) => stamp.column === column));
  if (both !== undefined) throw twice(both.column, ["--set", "--stamp"]);
}

function refuseConstants({ mode, constants, update, naming }: ColumnSources): void {
  for (const { column } of constants) {
    const flag = [
      ...update.stamps.map(flagged("--stamp")),
      ...(mode === "update" ? update.sets.map(flagged("--set")) : []),
    ].find(([, each]) => each.column === column && !reads(each, naming))?.[0];
    if (flag !== undefined) throw twice(column, ["--const", flag]);
  }
}

/** The fields whose columns these expressions fill without a look at them. */
function hidden(
  { mapping, naming }: ColumnSources,
  expressions: readonly Assignment[],
): readonly FieldMapping[] {
  const blind = expressions.filter((each) => !reads(each, naming));
  return mapping.filter(({ column }) => blind.some((each) => each.column === column));
}

function reads({ column, expression }: Assignment, naming: ExpressionNames): boolean {
  return readsColumn(expression, "excluded", { column, naming });
}

function twice(column: string, [one, other]: readonly [string, string]): Error {
  return upsurgeError(
    "PLAN_DUPLICATE_COLUMN",
    { column, reason: `by ${one} and by ${other}` },
    { fix: `leave ${column} out of ${one} or out of ${other}`, where: one },
  );
}

/** A stamped column is no part of a key, of an expression neither. */
function refuseStampedKey({ arbiter, update, naming }: ColumnSources): void {
  const stamp = update.stamps.find(
    ({ column }) =>
      arbiter?.columns.includes(column) === true ||
      arbiter?.keyExpressions.some((expression) =>
        readsColumn(expression, null, { column, naming }),
      ) === true,
  );
  if (stamp === undefined) return;
  throw upsurgeError("OPTION_CONFLICT", {
    flag: `--stamp "${stamp.column} = …"`,
    other: "a key that holds this column",
    reason: "a row is found by its key before anything is stamped",
  });
}
