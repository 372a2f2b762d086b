/** How a program is put to the test: a load made ready, what is done to its runs, and its completion. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../helpers/until.ts";
import { check } from "./check.ts";
import type { Place } from "./check.ts";
import { expectedOf } from "./expected.ts";
import type { Expected } from "./expected.ts";
import { argsOf } from "./flags.ts";
import { prepare } from "./kills.ts";
import { AT_FAIL_POINT, BIN, BIN_IN_FILES, HINDERED, launch } from "./launch.ts";
import type { Command, Ended } from "./launch.ts";
import { Random } from "../../helpers/random.ts";
import { makeWorkload } from "./workload.ts";
import type { Workload, WorkloadRequest } from "./workload.ts";

/** Where a program is put to the test. */
export interface DrillPlace extends Place {
  readonly bin: string;
}

/** Something that befalls a load. */
export type Scenario = (place: DrillPlace) => Promise<string[]>;

/** How a scenario loads. */
export interface ScenarioLoad {
  readonly writers?: number;
  readonly batchRows?: number;
  readonly strategy?: string;
  readonly workload?: Partial<WorkloadRequest>;
}

/** After so long a program with a bug is taken to hang. */
const HANG_MS = 60_000;
const MOST_RUNS = 6;

/** A load that is ready to run. */
export interface Ready {
  readonly workload: Workload;
  readonly expected: Expected;
  readonly command: Command;
}

/** Makes a load ready. */
export async function ready(place: DrillPlace, load: ScenarioLoad = {}): Promise<Ready> {
  const { writers = 1, batchRows = 8, strategy = "native" } = load;
  const workload = makeWorkload({
    seed: 11,
    format: "csv",
    records: 96,
    sources: 1,
    bad: 9,
    gzip: false,
    audit: false,
    ...load.workload,
  });
  await prepare(place, workload, new Random(1));
  const rowSource = place.target === "sqlite" ? "values" : "staged";
  const fixed = { strategy, commit: 16, stdin: false };
  const args = argsOf(place.database.url, workload, fixed, { batchRows, writers, rowSource });
  const { bin, folder } = place;
  const command = { args, cwd: folder, bin, hangMs: HANG_MS };
  return { workload, expected: expectedOf(workload), command };
}

/** The command, under a fault: `point:n:action`. */
export function under(command: Command, fault: string, gate = ""): Command {
  const env = { UPSURGE_FAULT: fault, UPSURGE_FAULT_GATE: gate };
  return { ...command, env, preload: [AT_FAIL_POINT] };
}

/** The command, without something that it relies on. */
export function hindered(command: Command, how: string): Command {
  const { bin = BIN, env = {}, preload = [] } = command;
  return {
    ...command,
    bin: bin === BIN ? BIN_IN_FILES : bin,
    env: { ...env, UPSURGE_TEST_HINDER: how },
    preload: [HINDERED, ...preload],
  };
}

/** Runs until a run says that all is done, and checks. */
export async function complete(place: Place, { command, expected }: Ready): Promise<string[]> {
  for (let runs = 1; ; runs += 1) {
    const ended = await launch(command).ended;
    const isOver = (ended.exit !== 75 && ended.exit !== 1) || runs === MOST_RUNS;
    if (isOver) return await check(place, expected, ended);
  }
}

/** Waits until a run has come to its gate, or to its end. */
export async function untilReached(gate: string, ended: Promise<Ended>): Promise<void> {
  const run = { isOver: false };
  void ended.then(() => (run.isOver = true));
  await until("a run at its gate", () => existsSync(`${gate}.reached`) || run.isOver);
  rmSync(`${gate}.reached`, { force: true });
}

/** A run stops at a moment; `meanwhile` happens; it goes on, and its end is the answer. */
export async function heldAt(
  place: Pick<Place, "folder">,
  command: Command,
  moment: string,
  meanwhile: (child: { kill(signal: NodeJS.Signals): boolean }) => Promise<void>,
): Promise<Ended> {
  const gate = join(place.folder, "gate");
  writeFileSync(gate, "");
  const { child, ended } = launch(under(command, `${moment}:wait`, gate));
  await untilReached(gate, ended);
  await meanwhile(child);
  rmSync(gate, { force: true });
  return await ended;
}
