/**
 * The command line as a function: words and streams in, exit code out. The only catch-all of the program:
 * whatever is thrown below becomes four lines on stderr and the exit code of the error.
 */
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { noCounts } from "../model/counts.ts";
import type { Command } from "../options/option.ts";
import { blamed } from "../options/layers/blame.ts";
import { isOn } from "../options/layers/layers.ts";
import type { OptionLayer } from "../options/layers/layers.ts";
import { defaultOptions, parseLayer } from "../options/parse-options.ts";
import { settleShard } from "../options/shard-rule.ts";
import { makeReport, toUpsurgeError } from "../load/reporting/make-report.ts";
import type { LoadOutcome } from "../load/reporting/make-report.ts";
import { reportJson } from "../report/render/render-report.ts";
import type { CommandContext } from "./context.ts";
import { asksForDebug, asksForJson } from "./asked-words.ts";
import { RUN_ID } from "./event-line.ts";
import { readGiven } from "./given/given.ts";
import { refuseConfigHosts } from "./given/find-config.ts";
import type { Io } from "./io.ts";
import { commandOf, parseCommandLine } from "./program.ts";
import { makeRedactor, redactorOf, secretsOf } from "../secrets/redact.ts";
import type { Redact } from "../secrets/redact.ts";
import { reportFailure } from "./report-failure.ts";
import { maskReport } from "../secrets/mask-report.ts";
import { readVersion } from "../load/version.ts";
import { isResultLost, Screen, writeResult } from "./screen.ts";

const RUN: Readonly<
  Record<
    Exclude<Command, "completion">,
    (sources: readonly string[], context: CommandContext) => Promise<number>
  >
> = {
  // Loaded when they are called: help and usage errors answer without a reader or a target.
  load: async (...call) => await (await import("./commands/load.ts")).loadCommand(...call),
  run: async (...call) => await (await import("./commands/run.ts")).runCommand(...call),
  plan: async (...call) => await (await import("./commands/plan.ts")).planCommand(...call),
  jobs: async (...call) => await (await import("./commands/jobs.ts")).jobsCommand(...call),
  finish: async (...call) => await (await import("./commands/finish.ts")).finishCommand(...call),
  split: async (...call) => await (await import("./commands/split.ts")).splitCommand(...call),
  report: async (...call) => await (await import("./commands/report.ts")).reportCommand(...call),
  inspect: async (...call) => await (await import("./commands/inspect.ts")).inspectCommand(...call),
};

/** Runs one command line; `argv` is without node and script. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const screen = new Screen(io.stderr, io.env, asksForJson(argv, io.env));
  // Until the options are understood, any word may be the URL.
  let redact = makeRedactor(argv.flatMap((word) => secretsOf(word, io.env)));
  if (argv[0] === "__complete") {
    const { completeCommand } = await import("./completion/complete.ts");
    return await completeCommand(argv.slice(1), io);
  }
  let layerAtHand: OptionLayer = new Map();
  try {
    const line = parseCommandLine(argv, await readVersion(), io.stdout.columns);
    if (line.kind === "text") {
      // What nobody asked for is no result.
      if (line.exit === 0) await writeResult(io.stdout, line.text);
      else screen.print(line.text);
      return line.exit;
    }
    const { command, sources } = line.call;
    if (command === "completion") {
      const { completionScript } = await import("./commands/completion.ts");
      await writeResult(io.stdout, completionScript(sources));
      return 0;
    }
    const given = await readGiven(line.call, io.env, async (urls, environment) => {
      redact = await redactorOf(urls, environment);
    });
    const { environment: env, manifest, layer, config } = given;
    layerAtHand = layer;
    screen.isJson = layer.get("logFormat")?.texts.at(-1) === "json";
    const options = settleShard(parseLayer(layer), env);
    // Help, the version and usage errors answer without a logger.
    const { makeLog } = await import("./log.ts");
    const log = makeLog(options, screen, redact);
    for (const warning of given.warnings) log.warn({}, warning);
    await refuseConfigHosts(config, { command, options, environment: env });
    const context = { io: { ...io, env }, options, layer, screen, redact, log, manifest };
    return await RUN[command](sources, context);
  } catch (error) {
    return await lastResort(blamed(error, layerAtHand), argv, {
      io,
      screen,
      redact,
      layer: layerAtHand,
    });
  }
}

/** What is known of other tools is loaded for a word that is not understood. */
async function withAdvice(error: UpsurgeError, argv: readonly string[]): Promise<UpsurgeError> {
  if (error.code !== "OPTION_UNKNOWN" && error.code !== "OPTION_VALUE") return error;
  const { advised } = await import("./advice/advised.ts");
  return advised(error, commandOf(argv));
}

interface FailureContext {
  readonly io: Io;
  readonly screen: Screen;
  readonly redact: Redact;
  readonly layer: OptionLayer;
}

async function lastResort(
  error: unknown,
  argv: readonly string[],
  { io, screen, redact, layer }: FailureContext,
): Promise<number> {
  const ours = await withAdvice(toUpsurgeError(error), argv);
  reportFailure(ours, { screen, redact, env: io.env, debug: asksForDebug(argv, io.env) });
  if ((argv.includes("--json") || isOn(layer.get("json"))) && !isResultLost(ours)) {
    const now = io.now?.() ?? new Date();
    const run = { started: performance.now(), began: now, ended: now };
    const facts = { ...run, version: await readVersion() };
    const report = maskReport(makeReport(nothingDone(ours), defaultOptions(), facts), redact);
    await writeResult(io.stdout, reportJson(report)).catch(() => {});
  }
  return ours.exit;
}

/** What became of a load that never began. */
function nothingDone(error: UpsurgeError): LoadOutcome {
  const counts = noCounts();
  return {
    runId: RUN_ID,
    error,
    signal: null,
    plan: null,
    counts,
    kept: counts,
    notes: [],
    rejects: { seen: [], kept: [] },
    rejectPaths: null,
    setAside: [],
    job: null,
    bytes: 0,
    sources: { seen: [], kept: [] },
    firstRejects: [],
  };
}
