/** `upsurge split`: shares the records of sources out among files by key. */
import { split } from "../../commands/split/split.ts";
import { checkOptions } from "../../options/check/check-options.ts";
import { flagOf, negationOf, OPTION_NAMES, optionSpec } from "../../options/flag.ts";
import type { OptionLayer } from "../../options/layers/layers.ts";
import type { OptionName } from "../../options/options.ts";
import { checkSplit } from "../../options/split/check-split.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { renderQuietSplit, renderSplit } from "../../report/shards/render-split.ts";
import type { CommandContext } from "../context.ts";
import { eventLine } from "../event-line.ts";
import { makeProgress } from "../progress.ts";
import { writeResult } from "../screen.ts";
import { listenToSignals } from "../signals.ts";
import { saidForAll } from "../../options/layers/layers.ts";
import type { Interruption } from "../signals.ts";

/** Splits the sources and prints what has come of it; a signal ends it, and nothing is left. */
export async function splitCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, screen, log, redact, layer } = context;
  checkOptions(options, "split", sources);
  const whole = checkSplit(options, sources);
  const progress = makeProgress(options, { screen, log, now: io.now });
  const listening = listenToSignals(io.signals, () => progress.end());
  const { signal } = listening;
  try {
    const report = await split(sources, whole, {
      stdin: io.stdin,
      forAll: saidForAll(layer),
      signal,
      onProgress: (now) => progress.show(now),
      flags: readingFlags(layer),
    });
    progress.end();
    const text = options.json ? `${JSON.stringify(report)}\n` : renderSplit(report);
    if (options.json || !options.quiet) await writeResult(io.stdout, redact(text));
    else screen.print(redact(renderQuietSplit(report)));
    return report.exit;
  } catch (error) {
    if (!signal.aborted) throw error;
    const { name, number } = signal.reason as Interruption;
    const msg = `${name}: the split has stopped, and left nothing in ${whole.splitOut}`;
    screen.print(screen.isJson ? eventLine("warn", "signal", { signal: name, msg }) : `${msg}\n`);
    const exit = 128 + number;
    const text = JSON.stringify({ status: "interrupted", exit, out: whole.splitOut });
    if (options.json) await writeResult(io.stdout, redact(`${text}\n`));
    return exit;
  } finally {
    progress.end();
    listening.stop();
  }
}

/** Told of the pieces in another way, or done with when they are made. */
const NOT_OF_PIECES: readonly OptionName[] = ["key", "format", "limit"];

/** The flags that say how bytes become records: the pieces are read with them as well. */
function readingFlags(layer: OptionLayer): string[] {
  return OPTION_NAMES.flatMap((name) => {
    const { meaning, commands, kind } = optionSpec(name);
    const isAsked = meaning !== undefined && commands.includes("split");
    const texts = isAsked && !NOT_OF_PIECES.includes(name) ? (layer.get(name)?.texts ?? []) : [];
    if (kind !== "flag") return texts.map((text) => `${flagOf(name)} ${shellWord(text)}`);
    const said = texts.at(-1);
    if (said === "true") return [flagOf(name)];
    const negation = negationOf(name);
    return said === "false" && negation !== null ? [negation] : [];
  });
}
