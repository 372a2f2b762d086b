/**
 * Runs what loads, with progress, signals and the file of its report, and delivers the report by every way that was asked
 * for. Shared by the commands that write.
 */
import { saidForAll } from "../options/layers/layers.ts";
import { failPoint } from "../testing/fail-point.ts";
import { UpsurgeError } from "../errors/upsurge-error.ts";
import type { Surroundings } from "../load/surroundings.ts";
import type { Reject } from "../model/reject.ts";
import { annotateReject } from "../report/render/render-annotation.ts";
import type { AnyReport } from "../report/html/any-report.ts";
import type { ReportedError } from "../report/report.ts";
import type { Watched } from "../report/watched.ts";
import type { CommandContext } from "./context.ts";
import { eventLine, RUN_ID } from "./event-line.ts";
import { HeapRoom } from "./heap-room.ts";
import { annotationLine, appendStepSummary, isGitHub } from "./github.ts";
import { openOutputFiles } from "./files/output-files.ts";
import type { OutputFiles } from "./files/output-files.ts";
import { makeProgress } from "./progress.ts";
import { refuseOverwriting } from "./files/refuse-overwriting.ts";
import { reportFailure } from "./report-failure.ts";
import { writeResult } from "./screen.ts";
import { listenToSignals } from "./signals.ts";

/** A report in the forms in which it is delivered, without secrets. */
export interface Delivery {
  readonly exit: number;
  readonly dryRun: boolean;
  readonly error?: ReportedError | undefined;
  /** Those that are annotated. */
  readonly firstRejects: readonly Reject[];
  /** A line of JSON. */
  readonly json: string;
  /** What pages are made of. */
  readonly report: AnyReport;
  /** The summary. */
  readonly text: string;
  /** What is said with `--quiet` as well. */
  readonly troubles: string;
  /** For metrics and test results. */
  readonly watched: Watched;
  /** Markdown for GitHub Actions. */
  readonly stepSummary: string;
}

/** What writes, and what it says of the first signal. */
export interface Work {
  readonly onSignal: () => string;
  /** The files that it reads. */
  readonly reads: () => Promise<readonly string[]>;
  readonly run: (surroundings: Surroundings) => Promise<Delivery>;
}

/** Runs `work`, delivers what it has come to, and returns the exit code. */
export async function runAndDeliver(work: Work, context: CommandContext): Promise<number> {
  const { io, options, screen, log } = context;
  const progress = makeProgress(options, { screen, log, now: io.now });
  // Before there are files: a signal must not end the process and leave them behind.
  const listening = listenToSignals(io.signals, ({ name }) => {
    progress.end();
    const msg = `${name}: ${work.onSignal()}; send it again to leave at once`;
    screen.print(screen.isJson ? eventLine("warn", "signal", { signal: name, msg }) : `${msg}\n`);
  });
  try {
    return await runWithFiles(work, context, { progress, signal: listening.signal });
  } finally {
    progress.end();
    listening.stop();
  }
}

/** Who is told of how far the work is, and what stops it. */
interface Watch {
  readonly progress: ReturnType<typeof makeProgress>;
  readonly signal: AbortSignal;
}

async function runWithFiles(
  work: Work,
  context: CommandContext,
  { progress, signal }: Watch,
): Promise<number> {
  const { io, options, log } = context;
  await refuseOverwriting(options, work.reads);
  const files = await openOutputFiles(options);
  const room = new HeapRoom();
  try {
    const delivery = await work.run({
      stdin: io.stdin,
      forAll: saidForAll(context.layer),
      environment: io.env,
      log,
      runId: RUN_ID,
      signal,
      // After a signal its own line says what comes.
      onProgress: (now) => {
        room.note(now);
        if (!signal.aborted) progress.show(now);
      },
      now: io.now,
    });
    progress.end();
    failPoint("report");
    return await deliver(delivery, context, files);
  } finally {
    room.end();
    await files.close();
  }
}

/** The report goes out by every way that was asked for; a way that fails does not stop the others. */
async function deliver(
  delivery: Delivery,
  context: CommandContext,
  files: OutputFiles,
): Promise<number> {
  const { io, options, screen, redact } = context;
  const debug = options.logLevel === "debug" || options.logLevel === "trace";
  const output = { screen, redact, env: io.env, debug };
  if (delivery.error !== undefined) reportFailure(delivery.error, output);
  else if (isGitHub(io.env)) annotateRejects(delivery, context);
  await appendStepSummary(redact(delivery.stepSummary), io.env);
  const troubles = options.quiet && !options.json ? delivery.troubles : "";
  if (troubles !== "") screen.print(redact(troubles));
  const failures: UpsurgeError[] = [];
  const text = stdoutText(delivery, context);
  const more = keptAllTheSame(delivery);
  const ways = [
    ...(text === "" ? [] : [writeResult(io.stdout, text, more)]),
    ...files.writes({ ...delivery, more }),
  ];
  for (const { reason } of (await Promise.allSettled(ways)).filter(isRejected)) {
    if (!(reason instanceof UpsurgeError)) throw reason;
    failures.push(reason);
    reportFailure(reason, output);
  }
  // An earlier trouble is the more telling one.
  const finished = delivery.exit === 0 || delivery.exit === 3;
  return finished ? (failures[0]?.exit ?? delivery.exit) : delivery.exit;
}

/** The first rejects of a load that may have them, each at its line. */
function annotateRejects({ firstRejects }: Delivery, { io, screen, redact }: CommandContext): void {
  for (const reject of firstRejects) {
    screen.print(redact(annotationLine(annotateReject(reject), io.env)));
  }
}

function isRejected(result: PromiseSettledResult<void>): result is PromiseRejectedResult {
  return result.status === "rejected";
}

function stdoutText(delivery: Delivery, { options }: CommandContext): string {
  if (options.json) return delivery.json;
  return options.quiet ? "" : delivery.text;
}

/** Whoever sees last that a report was lost must not take the load for undone. */
function keptAllTheSame(delivery: Delivery): string {
  const kept = (delivery.exit === 0 || delivery.exit === 3) && !delivery.dryRun;
  return kept ? "; the load itself is done and was kept" : "";
}
