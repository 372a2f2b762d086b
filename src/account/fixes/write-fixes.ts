/** Fixes of rows that a constraint of the table forbids, and of fields without a column. */
import { keyFlag } from "../../errors/key-flags.ts";
import { dropFlag, shellQuoted, shellWord } from "../../errors/shell-word.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { TableShape, UniqueKey } from "../../model/table-shape.ts";
import { commitsOnce } from "../../options/grammar.ts";
import type { KnownReject } from "./known-reject.ts";

/** ROW_UNIQUE: which key to name, and what to do with a row that is there. */
export function uniqueFix({ reject, options, target }: KnownReject): string | null {
  if (target === null) return null;
  const { plan } = target;
  const { constraint } = reject;
  const isExclusion = ({ kind, name }: UniqueKey): boolean =>
    kind === "exclusion" && name !== null && name === constraint;
  if (plan.table.uniqueKeys.some(isExclusion) && plan.mode !== "ignore") return EXCLUDED;
  if (plan.table.kind === "foreign" && plan.mode === "insert") return FOREIGN;
  const keys = plan.table.uniqueKeys.filter(({ kind }) => kind === "unique");
  const named = keys.find(({ name }) => name !== null && name === constraint);
  const bySqlite = keys.find((key) => constraint !== null && isListed(constraint, key));
  const key = named ?? bySqlite ?? (keys.length === 1 ? keys[0] : undefined);
  const made = key === undefined ? null : madeKeyFix(key, plan);
  if (made !== null) return made;
  if (plan.mode === "ignore" && plan.keyOrigin === "default") {
    return "correct the record, or pass --any-constraint to ignore a conflict on any unique key";
  }
  if (key !== undefined && plan.mode !== "insert" && key.name === plan.arbiter?.name) {
    return plan.table.rewritten ? HIDDEN : null;
  }
  if (options.key !== null || options.constraint !== null || plan.mode !== "insert") {
    return key?.name === undefined || key.name === null
      ? null
      : `correct the record, or let ${key.name} decide with --constraint ${shellWord(key.name)}`;
  }
  const flag = key === undefined ? null : keyFlag(key, keys).flag;
  if (flag === null) return "pass --key with the columns of the key to update rows that are there";
  return `pass ${flag} to update rows that are there, or ${flag} --ignore to leave them as they are`;
}

/** No key decides by it, and a record that it refuses is no row that is there. */
const EXCLUDED =
  "correct the record, or remove the row that it conflicts with: an exclusion constraint tells no row to update";

/** The load finds rows by this very key, and has not found the one that is there. */
const HIDDEN =
  "correct the record; or, where a policy of the table hides the row that is there from this user, create one that shows it (create policy), or load as the owner of the table";

/** Its keys are on its own server, and none of them is named here. */
const FOREIGN =
  "pass --ignore --any-constraint to leave rows that are there as they are, or load into the table itself, on its own server";

/** A key of one column that no field fills: its value is made by the database, and was one that is there. */
function madeKeyFix({ columns: [name, ...others] }: UniqueKey, plan: TablePlan): string | null {
  const column = plan.table.columns.find((each) => each.name === name);
  if (column === undefined || others.length > 0 || plan.columns.includes(column)) return null;
  const { sequence } = column;
  if (sequence !== undefined)
    return `the sequence of ${column.name} is behind the ids that are there: \`${sequence.moveSql}\` moves it; then run the same command`;
  return `no field fills ${column.name}, and the value that the database made is there already: correct what makes it, or fill it`;
}

/** ROW_FOREIGN_KEY: what a row refers to may come later in the same source. */
export function foreignKeyFix({ reject, target, options }: KnownReject): string | null {
  const { arbiter, late, table } = target?.plan ?? {};
  if (table === undefined || arbiter === null || arbiter?.kind !== "expressions") return null;
  // It may be a key of a row in the record, of which nothing is set late.
  if ((target?.levels ?? []).length > 0) return null;
  const keys = table.foreignKeys.filter(({ name }) => isMeant(name, reject.constraint));
  const open = keys
    .filter(({ selfReferencing }) => selfReferencing)
    .flatMap(({ columns }) => columns.filter((name) => mayBeLate(name, table)))
    .filter((name) => !arbiter.columns.includes(name) && late?.columns.includes(name) !== true);
  if (open.length === 0) return null;
  if (!commitsOnce(options.commit))
    return "correct the reference, or put the row that it refers to before it";
  const flag = `--late ${shellWord([...new Set(open), ...(late?.columns ?? [])].join(","))}`;
  return `correct the reference; or, where the row that it refers to comes later in the source, set it after the last record with ${flag}`;
}

/** SQLite does not say which key it was. */
function isMeant(name: string | null, constraint: string | null): boolean {
  return constraint === null || name === constraint;
}

function mayBeLate(name: string, { columns }: TableShape): boolean {
  const column = columns.find((each) => each.name === name);
  return column !== undefined && (column.nullable || column.defaultSql !== null);
}

/** `t.a, t.b`, as SQLite names a key. */
function isListed(constraint: string, { columns }: UniqueKey): boolean {
  const names = constraint.split(", ").map((each) => each.slice(each.indexOf(".") + 1));
  return names.length === columns.length && names.every((each) => columns.includes(each));
}

/** ROW_UNKNOWN_FIELD: the flags with the field's own name. */
export function unknownFieldFix({ reject: { column } }: KnownReject): string | null {
  if (column === null) return null;
  return `map it with --map ${shellQuoted(`${column}:COLUMN`)}, drop it with ${dropFlag(column)}, or drop all that have no column with --extra-fields ignore`;
}

/** ROW_CHECK: a row may be for none of the partitions, or no policy lets this user write it. */
export function checkFix({ reject: { constraint, dbCode }, target }: KnownReject): string | null {
  if (target === null || constraint !== null) return null;
  return target.namelessCheck?.(target.plan.table, dbCode) ?? null;
}
