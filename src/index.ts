/** The library: the same loads, plans and inspections as on the command line, as functions. `docs/reference/library.md` shows them. */
export { UpsurgeError } from "./errors/upsurge-error.ts";
export type { ErrorCode } from "./errors/codes.ts";
export { inspect } from "./library/inspect.ts";
export type { InspectOptions } from "./library/inspect.ts";
export { isUpsurgeError, load } from "./library/load.ts";
export type { LoadOptions, RejectedRow } from "./library/load.ts";
export { plan } from "./library/plan.ts";
export type { PlanOptions } from "./library/plan.ts";
export type { LoadSource, RowObject, Rows } from "./library/rows.ts";
export type { Away, LoadPhase, Progress } from "./model/report/progress.ts";
export type { Counts } from "./model/counts.ts";
export type { Inspection } from "./model/report/inspection.ts";
export type { Log } from "./model/log.ts";
export type { LoadPlan, TablePlan } from "./model/load-plan.ts";
export type { PlanReport } from "./model/report/plan-report.ts";
export type { RowCode } from "./model/reject.ts";
export type { Report, ReportedError, Status } from "./report/report.ts";
