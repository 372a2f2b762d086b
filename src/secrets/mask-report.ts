/** The texts of a report without secrets. */
import type { RejectsOfColumn } from "../model/reject.ts";
import type { Report, ReportedError, ReportedPlan } from "../report/report.ts";
import type { RunReport } from "../report/run-report.ts";
import type { Redact } from "./redact.ts";

/** Only free text is masked: a password that happens to be `upsert` must not change the mode. */
export function maskReport(report: Report, redact: Redact): Report {
  const { error, ...more } = report;
  const masked = { ...more, ...maskTexts(report, redact) };
  return error === undefined ? masked : { ...masked, error: maskError(error, redact) };
}

/** The same of a run. */
export function maskRunReport(report: RunReport, redact: Redact): RunReport {
  const { error, ...more } = report;
  const tables = report.tables.map((load) => ({ ...load, ...maskTexts(load, redact) }));
  const masked = { ...more, tables };
  return error === undefined ? masked : { ...masked, error: maskError(error, redact) };
}

function maskTexts(
  { warnings, rejects, rejectsByColumn, plan }: Pick<Report, Texts>,
  redact: Redact,
): Pick<Report, Texts> {
  return {
    ...(rejectsByColumn === undefined
      ? {}
      : { rejectsByColumn: rejectsByColumn.map((each) => maskPlaces(each, redact)) }),
    ...(plan === undefined ? {} : { plan: maskPlan(plan, redact) }),
    warnings: warnings.map(redact),
    rejects: rejects.map(({ fix, first, ...more }) => ({
      ...more,
      fix: redact(fix),
      first: first.map((each) => ({ ...each, message: redact(each.message) })),
    })),
  };
}

type Texts = "warnings" | "rejects" | "rejectsByColumn" | "plan";

function maskPlaces({ first, ...more }: RejectsOfColumn, redact: Redact): RejectsOfColumn {
  return { ...more, first: first.map((each) => ({ ...each, message: redact(each.message) })) };
}

function maskPlan({ server, text, statements }: ReportedPlan, redact: Redact): ReportedPlan {
  return { server, text: redact(text), statements: statements.map(redact) };
}

function maskError({ code, ...error }: ReportedError, redact: Redact): ReportedError {
  const where = error.where === null ? null : redact(error.where);
  const [message, cause, fix] = [redact(error.message), redact(error.cause), redact(error.fix)];
  return { code, message, cause, fix, where };
}
