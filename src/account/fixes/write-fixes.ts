/** Fixes of rows that a constraint of the table forbids, and of fields without a column. */
import { keyFlag } from "../../errors/key-flags.ts";
import { shellQuoted, shellWord } from "../../errors/shell-word.ts";
import type { UniqueKey } from "../../model/table-shape.ts";
import type { KnownReject } from "./known-reject.ts";

/** ROW_UNIQUE: which key to name, and what to do with a row that is there. */
export function uniqueFix({ reject, options, target }: KnownReject): string | null {
  if (target === null) return null;
  const { plan } = target;
  const keys = plan.table.uniqueKeys.filter(({ kind }) => kind === "unique");
  const named = keys.find(({ name }) => name !== null && name === reject.constraint);
  const bySqlite = keys.find(
    (key) => reject.constraint !== null && isListed(reject.constraint, key),
  );
  const key = named ?? bySqlite ?? (keys.length === 1 ? keys[0] : undefined);
  if (plan.mode === "ignore" && plan.keyOrigin === "default") {
    return "correct the record, or pass --any-constraint to ignore a conflict on any unique key";
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

/** `t.a, t.b`, as SQLite names a key. */
function isListed(constraint: string, { columns }: UniqueKey): boolean {
  const names = constraint.split(", ").map((each) => each.slice(each.indexOf(".") + 1));
  return names.length === columns.length && names.every((each) => columns.includes(each));
}

/** ROW_UNKNOWN_FIELD: the flags with the field's own name. */
export function unknownFieldFix({ reject: { column } }: KnownReject): string | null {
  if (column === null) return null;
  return `map it with --map ${shellQuoted(`${column}:COLUMN`)}, drop it with --map ${shellQuoted(`${column}:`)}, or drop all that have no column with --extra-fields ignore`;
}
