/** The tables of the levels of records, each planned as that of a load by itself. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";
import type { PlanRequest } from "../make-plan.ts";
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
  const planOf: PlanOfLevel = ({ level, options: asked, linked, at }) => {
    const { shape, seen, finds } = level;
    // No id is written to a table that is only looked up.
    const options = finds ? { ...asked, syncSequences: false } : asked;
    const fields = [...(seen?.fields ?? [])];
    const sources = [{ source: null, fields, header: null }];
    const own = { shape, options, linked, fields, sources, parents: new Map() };
    return planTable(
      { ...request, ...own, openFields: true, allKnown: false },
      `${root.stage}_nest_${at}`,
    );
  };
  return planLevels(relations, root, { planOf, quoteIdentifier: request.quoteIdentifier });
}
