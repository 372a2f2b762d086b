/** The library: the same loads, plans and inspections as on the command line, as functions. */
export { UpsurgeError } from "./errors/upsurge-error.ts";
export type { ErrorCode } from "./errors/codes.ts";
export { inspect } from "./commands/inspect.ts";
export { load } from "./load/load.ts";
export type { PlanSurroundings, Surroundings } from "./load/surroundings.ts";
export type { Away, LoadPhase, Progress } from "./model/progress.ts";
export type { Counts } from "./model/counts.ts";
export type { LoadPlan } from "./model/load-plan.ts";
export type { RowCode } from "./model/reject.ts";
export type { Options } from "./options/options.ts";
export { checkOptions } from "./options/check-options.ts";
export { defaultOptions, parseOptions } from "./options/parse-options.ts";
export { planGrants, planLoad } from "./commands/plan.ts";
export type { Report, ReportedError, Status } from "./report/report.ts";
export type { Inspection } from "./model/inspection.ts";
export type { PlanReport } from "./model/plan-report.ts";
