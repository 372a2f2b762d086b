/** The jobs of a database: `upsurge jobs`. */
import { leastFar } from "../model/source-offset.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { sumOfCounts } from "../model/counts.ts";
import type { Options } from "../options/options.ts";
import { connectOptions } from "../load/connect-options.ts";
import { connectFirst } from "../load/first-connect.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import { findTarget } from "../targets/registry.ts";
import type { Session } from "../targets/target.ts";
import { CheckpointTable, checkpointDdl } from "../checkpoint/checkpoint-table.ts";
import { otherErrors, readRows } from "../checkpoint/take-over.ts";
import type { JobState, ListedJob, ListedSource, JobsAnswer } from "../model/job-list.ts";

/** Lists jobs, forgets one, or tells how the checkpoint table is made. Throws `TARGET_*` errors and `JOB_UNKNOWN`. */
export async function askJobs(
  options: Options,
  { environment, onAway }: Pick<PlanSurroundings, "environment" | "onAway">,
): Promise<JobsAnswer> {
  const url = options.to ?? "";
  const target = await findTarget(url);
  const connect = (): Promise<Session> => target.connect(connectOptions(options, environment));
  const session = await connectFirst(connect, { waitMs: options.wait, onAway });
  try {
    const { checkpointTable, printDdl, forget } = options;
    if (printDdl) {
      return { kind: "ddl", ddl: checkpointDdl(checkpointTable, session.execute.dialect) };
    }
    const table = new CheckpointTable(checkpointTable, session.execute);
    const there = await table.exists();
    const mayPass = otherErrors(session);
    const reading = { name: checkpointTable, job: forget, mayPass };
    const found = there ? await readRows(table, reading) : [];
    if (forget !== null) {
      if (found.length > 0 && (await table.forget(forget)) > 0)
        return { kind: "forgotten", job: forget };
      const reason = there
        ? `${checkpointTable} has no rows of that name`
        : `there is no table ${checkpointTable}`;
      throw upsurgeError("JOB_UNKNOWN", { job: forget, reason });
    }
    const running = await runningJobs(session, found);
    return { kind: "jobs", target: target.describe(url), jobs: listed(found, running) };
  } catch (error) {
    throw session.translate(error);
  } finally {
    await session.close();
  }
}

/** The jobs whose lock another run holds now. */
async function runningJobs(
  session: Session,
  rows: readonly Checkpoint[],
): Promise<ReadonlySet<string>> {
  const open = new Set(rows.filter(({ total }) => total === null).map(({ job }) => job));
  const running = new Set<string>();
  for (const job of open) {
    // Who may not even ask cannot tell: the job counts as one that nobody runs.
    const lock = await session.lockJob(job).catch(() => undefined);
    if (lock === null) running.add(job);
    else await lock?.release();
  }
  return running;
}

function listed(rows: readonly Checkpoint[], running: ReadonlySet<string>): ListedJob[] {
  const names = [...new Set(rows.map(({ job }) => job))];
  return names.map((job) => {
    const own = rows.filter((row) => row.job === job);
    const isRunning = running.has(job);
    const times = own.map(({ updatedAt }) => updatedAt).toSorted();
    return {
      job,
      state: stateOf(own, isRunning),
      counts: sumOfCounts(own.map(({ counts }) => counts)),
      sources: sourcesOf(own, isRunning),
      owner: own[0]?.owner ?? "",
      startedAt: own.map(({ startedAt }) => startedAt).toSorted()[0] ?? "",
      updatedAt: times.at(-1) ?? "",
    };
  });
}

function stateOf(rows: readonly Checkpoint[], isRunning: boolean): JobState {
  if (rows.every((row) => row.total !== null)) return "done";
  if (isRunning) return "running";
  return rows.some((row) => row.failed) ? "failed" : "stopped";
}

function sourcesOf(rows: readonly Checkpoint[], isRunning: boolean): ListedSource[] {
  const numbers = [...new Set(rows.map(({ source }) => source))];
  return numbers.flatMap((number) => {
    const parts = rows.filter(({ source }) => source === number);
    const { name, offset, prefix } = leastFar(parts);
    return [
      {
        name,
        state: stateOf(parts, isRunning),
        record: offset.record,
        byte: offset.byte,
        sha256: prefix,
      },
    ];
  });
}
