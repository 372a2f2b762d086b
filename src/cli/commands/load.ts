/** `upsurge load`: runs a load and delivers its report. The load itself is in `src/load/load.ts`. */
import { failPoint } from "../../testing/fail-point.ts";
import { UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import { load } from "../../load/load.ts";
import type { Options } from "../../options/options.ts";
import { isJob } from "../../options/is-job.ts";
import { checkOptions } from "../../options/check-options.ts";
import { annotateReject } from "../../report/render-annotation.ts";
import { renderReport, renderTroubles, reportJson } from "../../report/render-report.ts";
import type { Report } from "../../report/report.ts";
import type { CommandContext } from "../context.ts";
import { eventLine, RUN_ID } from "../event-line.ts";
import { annotationLine, appendStepSummary, isGitHub } from "../github.ts";
import { makeProgress } from "../progress.ts";
import { openReportFile } from "../report-file.ts";
import type { ReportFile } from "../report-file.ts";
import { reportFailure } from "../report-failure.ts";
import { maskReport } from "../../secrets/mask-report.ts";
import { writeResult } from "../screen.ts";
import { listenToSignals } from "../signals.ts";

/** Loads `sources` and returns the exit code of the report. */
export async function loadCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, screen, log } = context;
  checkOptions(options, "load", sources);
  const file = options.report === null ? null : await makeSureOf(options.report);
  const progress = makeProgress(options, { screen, log, now: io.now });
  const listening = listenToSignals(io.signals, ({ name }) => {
    progress.end();
    const msg = `${name}: ${onSignal(options)}; send it again to leave at once`;
    screen.print(screen.isJson ? eventLine("warn", "signal", { signal: name, msg }) : `${msg}\n`);
  });
  try {
    const report = await load(sources, options, {
      stdin: io.stdin,
      environment: io.env,
      log,
      runId: RUN_ID,
      signal: listening.signal,
      // After a signal its own line says what comes.
      onProgress: (now) => {
        if (!listening.signal.aborted) progress.show(now);
      },
      now: io.now,
    });
    progress.end();
    failPoint("report");
    return await deliver(maskReport(report, context.redact), context, file);
  } finally {
    await file?.close();
    progress.end();
    listening.stop();
  }
}

/** What a load does about the first signal. */
function onSignal(options: Options): string {
  if (options.commit === "end") return "undoing the load";
  return isJob(options) ? "finishing the current batch" : "undoing what is not committed";
}

/** The report goes out by every way that was asked for; a way that fails does not stop the others. */
async function deliver(
  report: Report,
  context: CommandContext,
  file: ReportFile | null,
): Promise<number> {
  const { io, options, screen, redact } = context;
  const debug = options.logLevel === "debug" || options.logLevel === "trace";
  const output = { screen, redact, env: io.env, debug };
  if (report.error !== undefined) reportFailure(report.error, output);
  else if (isGitHub(io.env)) annotateRejects(report, context);
  await appendStepSummary(report, io.env, redact);
  const troubles = options.quiet && !options.json ? renderTroubles(report) : "";
  if (troubles !== "") screen.print(redact(troubles));
  const failures: UpsurgeError[] = [];
  const text = stdoutText(report, context);
  const ways = [
    ...(text === "" ? [] : [writeResult(io.stdout, text, keptAllTheSame(report))]),
    ...(file === null ? [] : [writeReport(file, options.report ?? "", report)]),
  ];
  for (const { reason } of (await Promise.allSettled(ways)).filter(isRejected)) {
    if (!(reason instanceof UpsurgeError)) throw reason;
    failures.push(reason);
    reportFailure(reason, output);
  }
  // An earlier trouble is the more telling one.
  const finished = report.exit === 0 || report.exit === 3;
  return finished ? (failures[0]?.exit ?? report.exit) : report.exit;
}

/** The first rejects of a load that may have them, each at its line. */
function annotateRejects({ firstRejects }: Report, { io, screen, redact }: CommandContext): void {
  for (const reject of firstRejects) {
    screen.print(redact(annotationLine(annotateReject(reject), io.env)));
  }
}

function isRejected(result: PromiseSettledResult<void>): result is PromiseRejectedResult {
  return result.status === "rejected";
}

function stdoutText(report: Report, { options }: CommandContext): string {
  if (options.json) return reportJson(report);
  return options.quiet ? "" : renderReport(report, options.verbose);
}

/** Finds out before the load whether its report can be written after it. */
async function makeSureOf(path: string): Promise<ReportFile> {
  try {
    return await openReportFile(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function writeReport(file: ReportFile, path: string, report: Report): Promise<void> {
  try {
    await file.write(reportJson(report));
  } catch (error) {
    throw unwritable(path, error, keptAllTheSame(report));
  }
}

/** Whoever sees last that a report was lost must not take the load for undone. */
function keptAllTheSame(report: Report): string {
  const kept = (report.exit === 0 || report.exit === 3) && !report.dryRun;
  return kept ? "; the load itself is done and was kept" : "";
}

function unwritable(path: string, error: unknown, more = ""): UpsurgeError {
  const reason = `${error instanceof Error ? error.message : String(error)}${more}`;
  const fix = "check the folder, its permissions and the disk, or name another file with --report";
  return upsurgeError("OUTPUT_FILE", { path, reason }, { where: "--report", fix, cause: error });
}
