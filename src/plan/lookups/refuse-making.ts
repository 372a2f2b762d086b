/** Refuses `--lookup-missing insert` where no row of the other table can be made of a key. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { isRequired, mayFill } from "../../model/table-shape.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { uniqueIndexSql } from "../../sql/unique-index.ts";
import { whyReadOnly } from "../mapping/read-only.ts";
import { tableLabel } from "../names.ts";
import type { CoupledLookup } from "./coupling.ts";

/** Throws `PLAN_LOOKUP_INSERT`. */
export function refuseMaking(lookup: CoupledLookup, quote: (name: string) => string): void {
  const { parent, keys } = lookup;
  const names = keys.map(({ column }) => column.name);
  const table = tableLabel(parent);
  const refuse = (reason: string, suggestion: string): never => {
    throw upsurgeError(
      "PLAN_LOOKUP_INSERT",
      { table, reason, suggestion },
      { where: "--lookup-missing" },
    );
  };
  if (!hasKey(parent, names)) {
    const expressions = keys.map(({ column }) => quote(column.name));
    const ddl = uniqueIndexSql(parent, { expressions, predicate: null }, quote);
    refuse(
      `it has no unique key on (${names.join(", ")}), so that a row could be made twice`,
      ddl ?? "give it a unique key on those columns, or leave --lookup-missing insert out",
    );
  }
  for (const { column } of keys) {
    const reason = whyReadOnly(column, false);
    if (reason !== null)
      refuse(`${column.name} cannot be written: ${reason}`, "look the row up by other columns");
  }
  const required = parent.columns.find(
    (column) => isRequired(column) && !names.includes(column.name),
  );
  if (required === undefined || mayFill(parent)) return;
  refuse(
    `its column ${required.name} must have a value, and a look-up by (${names.join(", ")}) has none for it`,
    `give ${required.name} a default, or load ${table} first`,
  );
}

/** Whether a key forbids two rows with the same values of these columns at once. */
function hasKey({ uniqueKeys }: TableShape, names: readonly string[]): boolean {
  return uniqueKeys.some(
    ({ kind, columns, predicate, deferrable }) =>
      kind === "unique" &&
      predicate === null &&
      !deferrable &&
      columns.every((name) => name !== null && names.includes(name)),
  );
}
