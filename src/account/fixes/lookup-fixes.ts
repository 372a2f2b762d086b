/** The fix of a record that names no row of another table. */
import { tableName } from "../../model/table-shape.ts";
import { shellWord } from "../../errors/shell-word.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { commitsOnce } from "../../options/grammar.ts";
import type { FixOptions, FixTarget, KnownReject } from "./known-reject.ts";

/** ROW_LOOKUP: only what the tables allow. */
export function lookupFix({ reject, target, options }: KnownReject): string | null {
  const lookup = target?.plan.lookups?.find(({ column }) => column.name === reject.column);
  if (lookup === undefined)
    return reject.place === undefined
      ? null
      : "load the table of that level first, or correct the record";
  const { parent, column, missing, unique } = lookup;
  const table = tableName(parent.name);
  if (missing === "insert") return `correct the record, or make the row of ${table} by hand`;
  const isOwn = target !== null && table === tableName(target.plan.table.name);
  const load = isOwn
    ? ownTableFix(lookup, target, options)
    : `load ${table} first, or correct the record`;
  const isKey = target?.plan.arbiter?.columns.includes(column.name) === true;
  const asNull = column.nullable && !isKey ? "--lookup-missing null leaves the column NULL" : null;
  const make = unique ? "--lookup-missing insert makes the row" : null;
  const flags = [asNull, make].filter((flag) => flag !== null);
  return flags.length === 0 ? load : `${load}; ${flags.join(", ")}`;
}

/** The row may be that of a later record. */
function ownTableFix(
  { column }: LookupPlan,
  { plan, levels = [] }: FixTarget,
  { commit }: Pick<FixOptions, "commit">,
): string {
  const { arbiter, recordDeletes, late } = plan;
  const isKeyed = arbiter?.kind === "expressions" && !arbiter.columns.includes(column.name);
  const may = isKeyed && recordDeletes === undefined && levels.length === 0 && commitsOnce(commit);
  if (!may || !(column.nullable || column.defaultSql !== null))
    return "put the record that it names before it, or correct it";
  const flag = `--late ${shellWord([column.name, ...(late?.columns ?? [])].join(","))}`;
  return `correct the record; or, where the row that it names comes later in the source, look it up after the last record with ${flag}`;
}

/** ROW_LOOKUP_SEVERAL: a level has its key, and no look-up. */
export function severalFix({ reject, target }: KnownReject): string | null {
  const isLookup = target?.plan.lookups?.some(({ column }) => column.name === reject.column);
  return reject.place === undefined || isLookup === true
    ? null
    : "name a unique key of that level, as key:; or remove the rows that are there twice";
}
