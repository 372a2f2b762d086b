/** `--diff`: by which key a table is compared with itself as it was before the load, and what of it is shown. Pure. */
import { UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import type { Comparison } from "../../model/differences.ts";
import type { Arbiter, TablePlan } from "../../model/load-plan.ts";
import type { TableShape, UniqueKey } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { keyColumnsOfRecords } from "../deletes/removal.ts";
import type { RemovalRequest } from "../deletes/removal.ts";
import { columnsAlike, requireColumn, tableLabel } from "../names.ts";

const FLAG = "--diff";

/** The comparison of a load; nothing where none is asked for. Throws `PLAN_UNSUPPORTED`. */
export function chooseComparison(request: RemovalRequest): Pick<TablePlan, "comparison"> {
  const { shape, options, arbiter } = request;
  const { diff, diffHide } = options;
  if (diff === null) return {};
  const hidden = (diffHide ?? []).flatMap((name) =>
    columnsAlike(shape, name).map((column) => column.name),
  );
  const keyColumns = recordKeys(request);
  return { comparison: { ...keyOf(shape, arbiter), hidden, most: diff.most, keyColumns } };
}

/** Throws `PLAN_UNKNOWN_COLUMN` for a column of `--diff-hide` that none of the tables has. */
export function refuseUnknownHidden(shapes: readonly TableShape[], { diffHide }: Options): void {
  const [first] = shapes;
  if (first === undefined) return;
  for (const name of diffHide ?? []) {
    const isKnown = shapes.some((shape) => columnsAlike(shape, name).length > 0);
    if (!isKnown) requireColumn(first, name, "--diff-hide");
  }
}

/**
 * The key of the load where it tells all rows of the table apart, else another one that does; last, one that may be NULL, as
 * primary keys of SQLite may.
 */
function keyOf(shape: TableShape, arbiter: Arbiter | null): Pick<Comparison, "key" | "nullable"> {
  const ofLoad = shape.uniqueKeys.filter(({ name, columns }) => {
    const isNamed = arbiter?.plain === true && (name === null || name === arbiter.name);
    return isNamed && columns.every((column) => arbiter.columns.includes(column ?? ""));
  });
  const primary = shape.uniqueKeys.filter((key) => key.primary);
  const usable = [...ofLoad, ...primary, ...shape.uniqueKeys].filter(isUsable);
  const chosen = usable.find((key) => nullableOf(key, shape).length === 0) ?? usable[0];
  if (chosen !== undefined) return { key: namesOf(chosen), nullable: nullableOf(chosen, shape) };
  const table = tableLabel(shape);
  throw upsurgeError(
    "PLAN_UNSUPPORTED",
    {
      what: `${FLAG} on ${table}`,
      reason: "it has no unique key by which a row is known before and after",
      suggestion: `leave ${FLAG} out: --check tells the counts`,
    },
    { where: FLAG },
  );
}

function isUsable({ kind, predicate, columns, collations = [] }: UniqueKey): boolean {
  const isOwn = collations.every((collation) => collation === null);
  return kind === "unique" && predicate === null && isOwn && columns.every((name) => name !== null);
}

function namesOf({ columns }: UniqueKey): readonly string[] {
  return columns.filter((name) => name !== null);
}

function nullableOf(key: UniqueKey, { columns }: TableShape): readonly string[] {
  const open = columns.filter(({ nullable, identity }) => nullable && identity !== "rowid");
  return namesOf(key).filter((name) => open.some((column) => column.name === name));
}

/**
 * What is kept of each record; `null` where rows that no record has cannot be told: a table that was emptied, or deleted from,
 * has none, and there may be no key that a record is known by. Of nested records the keys come from several levels.
 */
function recordKeys(request: RemovalRequest): readonly string[] | null {
  const { deleteMissing, truncate } = request.options;
  if (deleteMissing || truncate || request.linked !== undefined) return null;
  try {
    return keyColumnsOfRecords(request).map(({ name }) => name);
  } catch (error) {
    if (error instanceof UpsurgeError) return null;
    throw error;
  }
}
