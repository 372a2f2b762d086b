/** Values for columns that the database makes itself: why they are refused, and what to do that leaves the load its key. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";
import type { Column } from "../../model/table-shape.ts";

/** What brings a value, and what goes without it. */
export interface ReadOnlyValue {
  /** How the value is left out, to follow "or". */
  readonly leaveOut: string;
  /** The columns without which no record has a key. */
  readonly needed: ReadonlySet<string>;
  /** The flag that brings it. */
  readonly where?: string;
}

/** Why a column cannot take a value from a source; `null` when it can. */
export function whyReadOnly(column: Column, keepIdentity: boolean): string | null {
  if (column.generatedSql !== null) return `it is generated as ${column.generatedSql}`;
  return makesItsOwn(column) && !keepIdentity
    ? "it is an identity column that makes its own values"
    : null;
}

/** The error for a value that the column does not take. */
export function readOnlyColumn(
  column: Column,
  reason: string,
  { leaveOut, needed, where }: ReadOnlyValue,
): UpsurgeError {
  const keep = makesItsOwn(column) ? ["pass --keep-identity to write the source's values"] : [];
  const leave = needed.has(column.name)
    ? `name another key with --key, of columns that the source fills and the table has a unique index on, and ${leaveOut}`
    : leaveOut;
  const suggestion = [...keep, leave].join(", or ");
  return upsurgeError(
    "PLAN_READ_ONLY_COLUMN",
    { column: column.name, reason, suggestion },
    where === undefined ? {} : { where },
  );
}

function makesItsOwn({ generatedSql, identity }: Column): boolean {
  return generatedSql === null && identity === "always";
}
