/** Reads the tables that look-ups name. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { ofLevel } from "../../options/nest/level-error.ts";
import type { Options } from "../../options/options.ts";
import { nearTable } from "../../plan/names.ts";
import { refusePrivileges } from "../../plan/requirements.ts";
import { LOOKUP_PRIVILEGES } from "../../model/lookup-plan.ts";
import type { Session } from "../../targets/target.ts";
import type { ReadLevel } from "./read-levels.ts";
import { tablesThere } from "./tables-there.ts";
import type { TablesThere } from "./tables-there.ts";

/** The tables, by the names that the options have for them, those of levels included. Throws `PLAN_LOOKUP_TABLE`, `PLAN_PRIVILEGE`. */
export async function readParents(
  session: Session,
  options: Options,
  levels: readonly Pick<ReadLevel, "path" | "options">[] = [],
): Promise<ReadonlyMap<string, TableShape>> {
  const parents = new Map<string, TableShape>();
  await addParents(session, options, parents);
  for (const level of levels) {
    try {
      await addParents(session, level.options, parents);
    } catch (error) {
      throw ofLevel(error, level.path);
    }
  }
  return parents;
}

async function addParents(
  session: Session,
  options: Options,
  parents: Map<string, TableShape>,
): Promise<void> {
  const { lookup, lookupMissing, grants } = options;
  for (const { table, column } of lookup ?? []) {
    const shape = parents.get(table) ?? (await session.readTableShape(table));
    if (shape === null) {
      throw noParent(await tablesThere(session, options), table, column);
    }
    const needed = LOOKUP_PRIVILEGES[lookupMissing ?? "reject"];
    if (!grants) refusePrivileges(shape, needed, (name) => session.quoteIdentifier(name));
    parents.set(table, shape);
  }
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
