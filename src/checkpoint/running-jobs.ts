/** Which jobs are at work: those whose lock another run holds. */
import type { Session } from "../targets/target.ts";

/** The names, of these, of the jobs that another run has at this moment. */
export async function runningJobs(
  session: Pick<Session, "lockJob">,
  names: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const running = new Set<string>();
  for (const name of names) {
    // Who may not even ask cannot tell: the job counts as one that nobody runs.
    const lock = await session.lockJob(name).catch(() => undefined);
    if (lock === null) running.add(name);
    else await lock?.release();
  }
  return running;
}
