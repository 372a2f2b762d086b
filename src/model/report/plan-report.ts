/** A plan as it is shown: the plan, its target, its sources and its statements. */
import type { HeaderField, HeaderUse } from "../header.ts";
import type { LoadPlan } from "../load-plan.ts";

/** A source as a plan shows it. */
export interface PlannedSource {
  readonly name: string;
  readonly format: string;
  readonly compression: string | null;
  /** What its first line is taken for; `null` for JSON, and for a stream that is not looked at before its turn. */
  readonly header: HeaderUse | null;
  readonly fields: readonly string[];
  /** Those of them that are called by their number, for want of a name of their own. */
  readonly numbered: readonly HeaderField[];
}

/** An option that something else than a flag gives, and where it comes from. */
export interface GivenElsewhere {
  readonly flag: string;
  /** As they would be typed; none of a flag that is on. */
  readonly values: readonly string[];
  readonly from: "manifest" | "environment" | "config";
  /** A variable with its `$`, or a place in a file. */
  readonly where: string;
}

/** What `upsurge plan` prints of folders. */
export interface RunPlanReport {
  readonly target: string;
  readonly server: string;
  /** In the order in which they are loaded; `load` is the file or folder. */
  readonly loads: readonly (PlanReport & { readonly load: string })[];
  /** All loads are one transaction (`end`), each is one (`load`), or each is committed every so many records. */
  readonly commit: "end" | "load" | { readonly every: number };
  /** A sentence for each decision on the order. */
  readonly why: readonly string[];
  /** Files that are no loads, and why. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** The options of the run that no flag gives. */
  readonly given?: readonly GivenElsewhere[];
}

/** A statement of a load, as its target plans it. */
export interface PlannedStatement {
  readonly sql: string;
  /** When it runs, as a part of a sentence; absent: for every batch, or every row where rows go one at a time. */
  readonly when?: string;
}

/** What `upsurge plan` prints. */
export interface PlanReport {
  readonly plan: LoadPlan;
  readonly target: string;
  readonly server: string;
  readonly sources: readonly PlannedSource[];
  /** Behind a comment that says when, where one does not run for every batch. */
  readonly statements: readonly string[];
  /** The options that no flag gives; absent where nothing but flags was looked at. */
  readonly given?: readonly GivenElsewhere[];
}
