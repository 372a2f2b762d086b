/** Which shards of a job are missing, and what to do about it. */
import { plural } from "../../errors/format.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Checkpoint } from "../../model/checkpoint.ts";
import { shardOfName } from "../../model/shards/shard.ts";
import { runningJobs } from "../../checkpoint/running-jobs.ts";
import { shardNames } from "../../checkpoint/shared-list.ts";
import type { Session } from "../../targets/target.ts";

/** So many are named. */
const NAMED = 5;

/** Throws `SHARDS_RUNNING` while one of the missing shards is at work, and `SHARDS_MISSING` where none is. */
export async function refuseUnfinished(
  session: Session,
  list: readonly Checkpoint[],
  rows: readonly Checkpoint[],
): Promise<void> {
  const [head] = list;
  if (head === undefined) return;
  const { job, partitions: count } = head;
  const left = shardNames(job, count).filter((name) => {
    const own = rows.filter((row) => row.job === name);
    return own.length < list.length || own.some(({ total }) => total === null);
  });
  if (left.length === 0) return;
  const begun = left.filter((name) => rows.some(({ job: of }) => of === name));
  const running = await runningJobs(session, begun);
  const reason = `${plural(left.length, "shard")} of ${count} ${left.length === 1 ? "has" : "have"} not come to the end: ${numbersOf(left)}`;
  if (running.size > 0) {
    const more = `; ${plural(running.size, "shard")} of them ${running.size === 1 ? "is" : "are"} running`;
    const details = { job, name: shellWord(job), reason: reason + more };
    throw upsurgeError("SHARDS_RUNNING", details);
  }
  const [first = ""] = left;
  const suggestion = `run them as they were begun, the first with --shard ${shardOfName(first)?.shard.index ?? 0}/${count} --job ${shellWord(job)}, then the same command`;
  throw upsurgeError("SHARDS_MISSING", { job, reason, suggestion });
}

function numbersOf(names: readonly string[]): string {
  const numbers = names.slice(0, NAMED).map((name) => shardOfName(name)?.shard.index ?? 0);
  const more = names.length - numbers.length;
  return `${numbers.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
