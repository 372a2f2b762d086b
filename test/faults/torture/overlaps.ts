/** Runs of one job that get in each other's way: what must hold with the lock of the job, and without it. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firstOf } from "../../tiers/tiers.ts";
import { parseReport } from "./check.ts";
import { launch } from "./launch.ts";
import type { Ended } from "./launch.ts";
import { complete, heldAt, hindered, ready, under, untilReached } from "./scenario.ts";
import type { DrillPlace, Scenario } from "./scenario.ts";
import type { WorkloadRequest } from "./workload.ts";

/** Without the lock, another run does all of the load while one stands still; that one must see it. */
export const overlapped: Scenario = async (place) => {
  const wrong: string[] = [];
  for (const each of firstOf("loads that another run overtakes", OVERTAKEN)) {
    const found = await overtaken(place, { ...each, fate: null });
    wrong.push(...found.map((text) => `held at ${each.moment}: ${text}`));
  }
  return wrong;
};

/** Its bad records are in the second half. */
const LATE_REJECT = { bad: 2, seed: 5 };

/** Before its first commit and after; with rejects in its reject file, and with all rejects to come. */
const OVERTAKEN = [
  { moment: "begin:1", workload: { bad: 9 } },
  { moment: "begin:3", workload: LATE_REJECT },
  { moment: "begin:1", workload: LATE_REJECT },
  { moment: "begin:3", workload: { bad: 9 } },
] as const;

/** Without the lock, another run takes the job over, and dies at once; the first must not go on. */
export const takenOver: Scenario = async (place) =>
  await overtaken(place, { moment: "begin:3", fate: "taken-over:1:kill", workload: {} });

interface Overtaking {
  /** Where the first run stands still. */
  readonly moment: string;
  /** What befalls the other. */
  readonly fate: string | null;
  readonly workload: Partial<WorkloadRequest>;
}

async function overtaken(
  place: DrillPlace,
  { moment, fate, workload }: Overtaking,
): Promise<string[]> {
  const made = await ready(place, { workload });
  const gate = join(place.folder, "gate");
  writeFileSync(gate, "");
  const first = launch(hindered(under(made.command, `${moment}:wait`, gate), "no-lock"));
  await untilReached(gate, first.ended);
  const other = fate === null ? made.command : under(made.command, fate);
  await launch(hindered(other, "no-lock")).ended;
  rmSync(gate, { force: true });
  const { exit, stdout } = await first.ended;
  const code = parseReport(stdout)?.error?.code;
  const fenced = exit === 75 && code === "JOB_TAKEN";
  const wrong = fenced ? [] : [`fencing: ${exit} ${code} of a run whose job was taken over`];
  return [...wrong, ...(await complete(place, made))];
}

/** Another run of the job is at work. */
export const lockedOut: Scenario = async (place) => {
  const made = await ready(place);
  let second: Ended | null = null;
  // Between two transactions: the database itself is free.
  await heldAt(place, made.command, "begin:3", async () => {
    second = await launch(made.command).ended;
  });
  const { exit, stdout } = second ?? { exit: null, stdout: "" };
  const code = parseReport(stdout)?.error?.code;
  const told = exit === 75 && code === "JOB_RUNNING";
  const wrong = told ? [] : [`lock: ${exit} ${code} while another run is at work`];
  return [...wrong, ...(await complete(place, made))];
};
