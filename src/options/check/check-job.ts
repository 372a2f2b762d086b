/** What the options of jobs mean together. */
import { isShardJobName } from "../../model/shards/shard.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { flagOf } from "../flag.ts";
import { commitEvery, commitsOnce } from "../grammar.ts";
import { wantsJob } from "../is-job.ts";
import type { Command } from "../option.ts";
import type { Options } from "../options.ts";
import { conflict, wrong } from "../wrong-options.ts";

/** A name as SQL writes it: up to three parts, each plain or in double quotes. */
const TABLE_NAME =
  /^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"\0]|"")+")(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"\0]|"")+")){0,2}$/u;

/** Throws `OPTION_VALUE` for names that are none, and `OPTION_CONFLICT`. */
export function checkJobOptions(options: Options, command?: Command): void {
  const { job, forget, checkpointTable, allowAtLeastOnce, commit, printDdl } = options;
  if (!TABLE_NAME.test(checkpointTable)) {
    wrong("checkpointTable", checkpointTable, "the name of a table, schema.table where need be");
  }
  for (const [option, name] of [
    ["job", job],
    ["forget", forget],
  ] as const) {
    if (name !== null && !isJobName(name)) {
      wrong(option, name, "a name of at most 200 characters, without spaces around it");
    }
    if (name !== null && isShardJobName(name)) {
      wrong(option, name, "a name that does not end like that of a shard (#0/8)");
    }
  }
  if (command === "jobs" && job !== null && (printDdl || forget !== null)) {
    conflict("job", printDdl ? "--print-ddl" : "--forget", "each asks for something else");
  }
  if (printDdl && forget !== null) conflict("printDdl", "--forget", "each asks for something else");
  checkJobOnly(options);
  if (command === "run") checkRunJob(options);
  if (options.resetJob && options.keepJob) {
    conflict("resetJob", "--keep-job", "one starts over, and the other goes on");
  }
  if (!allowAtLeastOnce) return;
  if (job !== null) {
    conflict("allowAtLeastOnce", "--job", "a job is remembered, and applied exactly once");
  }
  if (commitsOnce(commit)) {
    const flag = flagOf("allowAtLeastOnce");
    const reason = "a load in one transaction needs no checkpoint";
    const fix = `add --commit N, or leave ${flag} out`;
    throw upsurgeError(
      "OPTION_CONFLICT",
      { flag, other: "--commit end", reason },
      { where: flag, fix },
    );
  }
}

/** A run in one transaction, or in one a load, is not remembered. */
function checkRunJob({ job, commit }: Options): void {
  if (job === null || commitEvery(commit) !== null) return;
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: "--job",
      other: "a run that does not commit in parts",
      reason: "nothing is remembered of it",
    },
    { where: "--job", fix: "add --commit N, or leave --job out" },
  );
}

/** What means something to a job only. */
function checkJobOnly(options: Options): void {
  if (wantsJob(options)) return;
  for (const name of ["followAppend", "resetJob", "keepJob", "ifLocked"] as const) {
    if (options[name] === false || options[name] === "fail") continue;
    throw upsurgeError(
      "OPTION_CONFLICT",
      {
        flag: flagOf(name),
        other: "a load that is not a job",
        reason: "nothing is remembered of it",
      },
      { where: flagOf(name), fix: "add --job NAME, or --commit N without --allow-at-least-once" },
    );
  }
}

/** SQL Server takes names for the same that differ in spaces at their end. */
function isJobName(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return name !== "" && name === name.trim() && name.length <= 200 && !/[\u0000-\u001f]/.test(name);
}
