/** What `--key primary` means to a table, and which key a mode takes that needs one where none is named. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { KeyOrigin, Mode } from "../../model/load-plan.ts";
import type { TableShape, UniqueKey } from "../../model/table-shape.ts";
import { findColumn } from "../names.ts";

/** The word that `--key` takes for the primary key. */
export const PRIMARY = "primary";

/** The conflict flags that may name a key. */
export interface KeyFlags {
  readonly mode: Mode;
  readonly key: readonly string[] | null;
  readonly constraint: string | null;
  readonly keyWhere: string | null;
  readonly anyConstraint: boolean;
}

/** Where the key of a load comes from; `null` where no key decides. A column called `primary` is meant before the key. */
export function keyOriginOf(shape: TableShape, flags: KeyFlags): KeyOrigin | null {
  const { mode, key, constraint, anyConstraint } = flags;
  if (mode === "insert" || anyConstraint) return null;
  if (constraint !== null) return "named";
  if (key === null) return "default";
  if (key.length > 1 || key[0] !== PRIMARY) return "named";
  return findColumn(shape, PRIMARY) === null ? "primary" : "column";
}

/** The primary key of the table; `null` for none. Throws `OPTION_CONFLICT`: it has no predicate. */
export function primaryKeyOf(
  { uniqueKeys }: TableShape,
  { keyWhere }: Pick<KeyFlags, "keyWhere">,
): UniqueKey | null {
  if (keyWhere !== null) {
    const reason = "it is the predicate of a partial index, and a primary key covers every row";
    const details = { flag: "--key-where", other: "--key primary", reason };
    throw upsurgeError("OPTION_CONFLICT", details, { where: "--key-where" });
  }
  return uniqueKeys.find(({ primary }) => primary) ?? null;
}

/** Says where the key comes from, where its flags do not name it; `null` where they do. */
export function explainOrigin(shape: TableShape, origin: KeyOrigin | null): string | null {
  if (origin === null || origin === "named") return null;
  const [key] = shape.uniqueKeys.filter(({ primary }) => primary);
  const columns = key?.columns.join(", ") ?? "";
  if (origin === "primary") return `--key primary: the primary key (${columns})`;
  if (origin === "default") return `no key is named: the primary key (${columns}) finds the rows`;
  const isOther = key !== undefined && columns !== findColumn(shape, PRIMARY)?.name;
  const other = isOther ? `, not the primary key (${columns})` : "";
  return `--key primary: the column of that name${other}`;
}
