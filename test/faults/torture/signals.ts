/** Signals at random moments, once or twice: a load ends as the signal says, and the same command completes it. */
import { setTimeout as sleep } from "node:timers/promises";
import { check } from "./check.ts";
import type { Place } from "./check.ts";
import { compareTable } from "./compare.ts";
import { expectedOf } from "./expected.ts";
import type { Expected } from "./expected.ts";
import { argsOf, chooseChanging } from "./flags.ts";
import { prepare } from "./kills.ts";
import { commandLine, launch } from "./launch.ts";
import type { Command, Ended } from "./launch.ts";
import { Random } from "../../helpers/random.ts";
import { makeWorkload } from "./workload.ts";
import type { Workload } from "./workload.ts";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const NUMBERS = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1 } as const;

/** What a run may take to finish its batch, and what it has in all before it is taken to hang. */
const GRACE = "2s";
const HANG_MS = 180_000;
const MOST_RUNS = 10;

/** What a load came to. */
export interface SignalResult {
  readonly violations: readonly string[];
  /** Runs that a signal has met at work. */
  readonly interrupted: number;
  /** Of the last run. */
  readonly ms: number;
}

/** Loads once, through its signals; `wholeMs`: how long a run takes that nothing disturbs, `null`: do not disturb it. */
export async function signalRound(
  place: Place,
  { seed, wholeMs }: { readonly seed: number; readonly wholeMs: number | null },
): Promise<SignalResult> {
  const random = new Random(seed);
  const workload = makeWorkload({
    seed: random.int(0, 2 ** 30),
    format: random.pick(["csv", "ndjson"]),
    records: random.int(500, 2000),
    sources: random.pick([1, 1, 2]),
    bad: random.pick([0, 3, 40]),
    gzip: random.chance(0.2),
    audit: random.chance(0.3),
  });
  const expected = expectedOf(workload);
  await prepare(place, workload, random);
  const commit = random.chance(0.3) ? null : random.pick([60, 130, 300]);
  const violations: string[] = [];
  let interrupted = 0;
  const most = wholeMs === null ? 0 : 3;
  for (let runs = 1; ; runs += 1) {
    const fixed = { strategy: "native", commit, stdin: false };
    const changing = chooseChanging(place.target, random);
    const args = argsOf(place.database.url, workload, fixed, changing);
    const command: Command = {
      args: [...args, "--grace", GRACE],
      cwd: place.folder,
      hangMs: HANG_MS,
    };
    const signal = random.pick(SIGNALS);
    const afterMs = random.next() * 1.1 * (wholeMs ?? 0);
    const ended =
      runs <= most
        ? await signalled(command, signal, [
            afterMs,
            ...(random.chance(0.4) ? [random.int(0, 30)] : []),
          ])
        : await launch(command).ended;
    if (ended.exit === 0 || ended.exit === 3 || runs === MOST_RUNS) {
      violations.push(...(await check(place, expected, ended)));
      if (violations.length > 0) violations.push(`the last run was: ${commandLine(command)}`);
      return { violations, interrupted, ms: ended.ms };
    }
    if (ended.exit !== null) interrupted += 1;
    violations.push(...endOf(ended, signal));
    if (commit === null) violations.push(...(await untouched(place, workload, expected)));
  }
}

/** Sends the signal after each of these times, one after the other. */
async function signalled(
  command: Command,
  signal: NodeJS.Signals,
  times: readonly number[],
): Promise<Ended> {
  const { child, ended } = launch(command);
  const over = new AbortController();
  void ended.then(() => over.abort());
  for (const ms of times) {
    await sleep(ms, undefined, { signal: over.signal }).catch(() => {});
    child.kill(signal);
  }
  return await ended;
}

/** Before the program listens, the signal ends it by itself. */
function endOf({ exit, signal, hung, stderr }: Ended, sent: (typeof SIGNALS)[number]): string[] {
  if (hung) return [`hang: ${sent} did not end the run`];
  if (exit === 75 || signal === sent || exit === 128 + NUMBERS[sent]) return [];
  return [`exit: ${exit} ${signal} after ${sent}: ${stderr}`];
}

/** All or nothing: an interrupted load has left the table as it was. */
async function untouched(
  { database }: Place,
  workload: Workload,
  done: Expected,
): Promise<string[]> {
  // The backend of a run that left at once may not be gone yet, and its commit may have been on the way.
  const table = await database.rows("select k, n, hist, q, note from t order by k");
  if (compareTable(done.table, table).length === 0) return [];
  const before = expectedOf({ ...workload, files: [] });
  return compareTable(before.table, table).map((each) => `after a signal: ${each}`);
}
