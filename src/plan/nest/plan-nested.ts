/** The tables of the levels of records, each planned as that of a load by itself. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import type { PlanRequest } from "../plan-request.ts";
import { refuseEmptying } from "./refuse-emptying.ts";
import { refuseLate } from "./refuse-late.ts";
import { planLevels } from "./plan-nest.ts";
import type { NestRelations, PlannedLevel, PlanOfLevel } from "./plan-nest.ts";

/** What the levels of a load are planned from. */
export interface NestedRequest {
  /** That of the load. */
  readonly request: PlanRequest;
  readonly relations: NestRelations;
  /** The plan of the records' own table. */
  readonly root: TablePlan;
}

/** The plans of the levels; `planTable` plans one table, and calls its temporary tables so. */
export function planNested(
  { request, relations, root }: NestedRequest,
  planTable: (request: PlanRequest, stage: string) => PlannedLevel,
): ReturnType<typeof planLevels> {
  // Each table once, on however many levels it is.
  const compared = new Set([tableName(root.table.name)]);
  const planOf: PlanOfLevel = ({ level, options: asked, uses, at }) => {
    const { shape, seen, finds } = level;
    const isCompared = !finds && !compared.has(tableName(shape.name));
    if (isCompared) compared.add(tableName(shape.name));
    const options = {
      ...asked,
      // No id is written to a table that is only looked up.
      syncSequences: asked.syncSequences && !finds,
      diff: isCompared ? asked.diff : null,
    };
    const fields = [...(seen?.fields ?? [])];
    const sources = [{ source: null, fields, header: null }];
    const found = finds ? { finds: true as const } : {};
    const own = { shape, options, ...uses, ...found, fields, sources };
    return planTable(
      { ...request, ...own, openFields: true, allKnown: false },
      `${root.stage}_nest_${at}`,
    );
  };
  const { quoteIdentifier, options } = request;
  const how = { planOf, limit: options.maxDelete, quoteIdentifier };
  const planned = planLevels(relations, root, how);
  refuseLate(root, planned.nest.levels);
  refuseEmptying({ ...request, tables: planned.tables, levels: planned.nest.levels });
  return planned;
}
