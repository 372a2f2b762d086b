/** The texts of a report without secrets. */
import type { Report } from "../report/report.ts";
import type { Redact } from "./redact.ts";

/** Only free text is masked: a password that happens to be `upsert` must not change the mode. */
export function maskReport(report: Report, redact: Redact): Report {
  const { error } = report;
  const warnings = report.warnings.map(redact);
  const rejects = report.rejects.map(({ fix, first, ...more }) => ({
    ...more,
    fix: redact(fix),
    first: first.map((each) => ({ ...each, message: redact(each.message) })),
  }));
  if (error === undefined) return { ...report, rejects, warnings };
  const where = error.where === null ? null : redact(error.where);
  const [message, cause, fix] = [redact(error.message), redact(error.cause), redact(error.fix)];
  return { ...report, rejects, warnings, error: { code: error.code, message, cause, fix, where } };
}
