/** The tables that a database has, for messages about one that it has not. */
import { tableName } from "../../model/table-shape.ts";
import type { TableName } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import type { Session } from "../../targets/target.ts";

/** So many are named. */
const SHOWN = 12;

/** What is there to load into or to read. */
export interface TablesThere {
  readonly tables: readonly TableName[];
  /** The first of them, as the object of "has". */
  readonly told: string;
}

/** All tables but the one where jobs are remembered, which is nobody's to name. */
export async function tablesThere(
  session: Session,
  { checkpointTable }: Pick<Options, "checkpointTable">,
): Promise<TablesThere> {
  const all = await session.listTables();
  const tables = all.filter((each) => ![each.name, tableName(each)].includes(checkpointTable));
  const names = tables.map(tableName);
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  const told = names.length === 0 ? "no tables" : `${names.slice(0, SHOWN).join(", ")}${more}`;
  return { tables, told };
}
