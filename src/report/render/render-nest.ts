/** The levels of nested records in a plan: a tree, with how the rows of each level are linked, found and written. */
import { alignColumns } from "../../errors/format.ts";
import type { LoadPlan, TablePlan } from "../../model/load-plan.ts";
import { isToldByKey } from "../../model/nest/nest-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { tableName } from "../../model/table-shape.ts";

/** What is told of each table beside its links. */
export interface TableTexts {
  readonly key: (table: TablePlan) => string;
  readonly method: (table: TablePlan) => string;
}

/** The tree, a level a line; none where records hold no others. */
export function nestLines(
  { tables, nest }: Pick<LoadPlan, "tables" | "nest">,
  texts: TableTexts,
): string[] {
  const rows = (nest?.levels ?? []).flatMap((level) => {
    const table = tables[level.at];
    const parent = tables[level.parentAt];
    if (table === undefined || parent === undefined) return [];
    return [
      [
        `${"  ".repeat(level.path.length - 1)}${level.path.at(-1) ?? ""}`,
        level.relation,
        "->",
        tableName(table.table.name),
        linkText(level, table, parent),
        `mode ${level.finds ? "find" : table.mode}`,
        `key ${texts.key(table)}`,
        `method ${texts.method(table)}`,
        ...(table.missing === undefined ? [] : [`missing ${table.missing.said}`]),
      ],
    ];
  });
  return alignColumns(rows);
}

/** `order_id = id, out of the record` */
function linkText({ relation, links }: NestLevel, own: TablePlan, parent: TablePlan): string {
  const source = relation === "array" ? parent : own;
  const pairs = links.map(({ column, refersTo }) => `${column.name} = ${refersTo.name}`).join(", ");
  if (source.made !== undefined)
    return `${pairs}, out of the record, else as the database makes it`;
  const key = links[0]?.find?.keys.map(({ column }) => column.name) ?? [];
  const isKey = isToldByKey(links);
  const isTold = isKey || source.mode === "insert";
  const by = key.length === 0 ? "" : `${isTold ? ", else" : ""} looked up by ${key.join(", ")}`;
  const told = isTold ? " out of the record" : "";
  return `${pairs},${isKey ? told : `${told}${by}`}`;
}
