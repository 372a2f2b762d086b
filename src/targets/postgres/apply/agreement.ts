/** For as long as both are there: the method of a plan says what the predicates say. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { agree } from "../../agree.ts";
import { keepsKeys, keepsOthersOut } from "../../key-columns.ts";
import { fitsStage, mayStage } from "../catalog/limits.ts";
import { mayGoDirectly } from "./direct-copy.ts";
import { findsByIndex, isLooking, looksUp } from "./write-method.ts";

/** Throws `INTERNAL` where they differ. */
export function agreement(plan: TablePlan, merging: boolean): void {
  const { method } = plan;
  const alone = plan.isolation.rowByRow !== null || !mayStage(plan);
  agree(plan, {
    "looks up": [method.statement === "look-then-write", looksUp(plan)],
    merges: [method.merges, merging],
    "finds by index": [method.byIndex, findsByIndex(plan)],
    copies: [method.name === "copy", mayGoDirectly(plan) && !alone],
    stages: [method.stages !== null, mayStage(plan)],
    "stages the table": [method.stages === "table", fitsStage(plan)],
    "goes alone": [method.name === "row-by-row", alone],
    keyed: [method.key !== null, isLooking(plan) && plan.mode !== "insert"],
    "keeps keys": [plan.kept.keys, keepsKeys(plan)],
    "keeps others out": [plan.kept.othersOut, keepsOthersOut(plan)],
    locks: [
      method.locks,
      plan.strategy === "select-then-write" || plan.mode === "update" || plan.looksFirst,
    ],
  });
}
