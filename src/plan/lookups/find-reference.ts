/** Which column of the other table a look-up takes: the one that is said, or that the foreign key of its column refers to. Pure. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { tableName } from "../../model/table-shape.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { GivenLookup } from "../../options/lookup-grammar.ts";
import { requireColumn, tableLabel } from "../names.ts";

/** Throws `PLAN_LOOKUP_REFERENCE`, `PLAN_UNKNOWN_COLUMN`. */
export function findReference(
  shape: Pick<TableShape, "name" | "foreignKeys">,
  column: Column,
  parent: TableShape,
  given: GivenLookup,
): Column {
  if (given.refersTo !== null) return requireColumn(parent, given.refersTo, "--lookup");
  const isSelf = tableName(parent.name) === tableName(shape.name);
  const own = isSelf ? shape.foreignKeys.filter(({ selfReferencing }) => selfReferencing) : [];
  const others = (parent.referredBy ?? []).filter(
    ({ table }) => tableName(table) === tableName(shape.name),
  );
  const referred = new Set(
    [...own, ...others].flatMap(
      ({ columns, refersTo = [] }) => refersTo[columns.indexOf(column.name)] ?? [],
    ),
  );
  const [only, ...further] = referred;
  if (only !== undefined && further.length === 0) return requireColumn(parent, only, "--lookup");
  const reason =
    only === undefined
      ? `no foreign key on ${column.name} refers to ${tableLabel(parent)}`
      : `foreign keys on ${column.name} refer to ${[only, ...further].join(" and ")}`;
  const flag = shellQuoted(`${given.text.trim()} -> ${only ?? idOf(parent)}`);
  throw upsurgeError(
    "PLAN_LOOKUP_REFERENCE",
    { column: column.name, table: tableLabel(parent), reason, suggestion: flag },
    { where: "--lookup" },
  );
}

/** The primary key where it is one column. */
function idOf({ uniqueKeys, columns }: TableShape): string {
  const primary = uniqueKeys.find(({ primary: is }) => is)?.columns ?? [];
  const [name] = primary;
  const found = primary.length === 1 && name !== null ? name : undefined;
  const rowid = columns.find(({ identity }) => identity === "rowid")?.name;
  return quoted(found ?? rowid ?? columns[0]?.name ?? "COLUMN");
}

/** The name as --lookup takes it. */
function quoted(name: string): string {
  return /^[^"=(),\s]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
