/** Reads the tables that look-ups name. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { nearTable } from "../../plan/names.ts";
import { refusePrivileges } from "../../plan/requirements.ts";
import { LOOKUP_PRIVILEGES } from "../../model/lookup-plan.ts";
import type { Session } from "../../targets/target.ts";
import { tablesThere } from "./tables-there.ts";
import type { TablesThere } from "./tables-there.ts";

/** The tables, by the names that the options have for them. Throws `PLAN_LOOKUP_TABLE`, `PLAN_PRIVILEGE`. */
export async function readParents(
  session: Session,
  options: Options,
): Promise<ReadonlyMap<string, TableShape>> {
  const { lookup, lookupMissing, grants } = options;
  const parents = new Map<string, TableShape>();
  for (const { table, column } of lookup ?? []) {
    if (parents.has(table)) continue;
    const shape = await session.readTableShape(table);
    if (shape === null) {
      throw noParent(await tablesThere(session, options), table, column);
    }
    const needed = LOOKUP_PRIVILEGES[lookupMissing ?? "reject"];
    if (!grants) refusePrivileges(shape, needed, (name) => session.quoteIdentifier(name));
    parents.set(table, shape);
  }
  return parents;
}

function noParent({ tables, told }: TablesThere, table: string, column: string): Error {
  const near = nearTable(table, tables);
  const reason = `the database has ${told}`;
  const suggestion = near === null ? "use one of those names" : `did you mean ${near}?`;
  return upsurgeError(
    "PLAN_LOOKUP_TABLE",
    { table, column, reason, suggestion },
    { where: "--lookup" },
  );
}
