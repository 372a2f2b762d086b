/** What the options of shards mean together, and what no shard can do by itself. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { MOST_SHARDS, shardJobName } from "../../model/shards/shard.ts";
import { flagOf, optionSpec, valueNameOf } from "../flag.ts";
import { commitEvery } from "../grammar.ts";
import type { OptionName, Options } from "../options.ts";

/** Throws `OPTION_MISSING` and `OPTION_CONFLICT` for options that no shard can honour. */
export function checkShard(options: Options): void {
  const { shard, shards } = options;
  if (shard === null) {
    if (shards === null) return;
    throw conflicting("shards", "a load without --shard", "it says how many shards there are", {
      fix: "add --shard auto, or leave --shards out",
    });
  }
  if (shard.kind === "auto" && shards === null) {
    throw missing(
      "shards",
      "--shard auto takes from the scheduler which shard it is, not how many",
    );
  }
  checkJobOf(options);
  for (const { name, reason, fix } of ALONE) {
    if (!isGiven(options, name)) continue;
    throw conflicting(name, "--shard", reason, { fix });
  }
}

/** Throws `OPTION_MISSING` for what `upsurge finish` cannot do without. */
export function checkFinish({ job, syncSequences, table }: Options): void {
  if (job === null) throw missing("job", "it says which job is to be finished", "finish");
  if (syncSequences && table === null) {
    throw missing("table", "--sync-sequences moves the sequences of a table", "finish");
  }
}

/** A shard is a job that commits in parts. */
function checkJobOf({ job, commit, dryRun, check, allowAtLeastOnce }: Options): void {
  for (const [is, name] of [
    [dryRun, "dryRun"],
    [check, "check"],
  ] as const) {
    if (is) throw conflicting(name, "--shard", "a load that is undone is one transaction");
  }
  if (allowAtLeastOnce) {
    throw conflicting("allowAtLeastOnce", "--shard", "the shards of a job are remembered");
  }
  if (job === null) {
    throw missing("job", "the shards of a load are one job, which has to have a name");
  }
  if (shardJobName(job, { index: MOST_SHARDS, count: MOST_SHARDS }).length > 200) {
    throw conflicting("job", "--shard", "the name of a job of shards has at most 180 characters", {
      fix: "choose a shorter name",
    });
  }
  if (commitEvery(commit) !== null) return;
  throw conflicting("commit", "--shard", "all or nothing cannot span several processes", {
    flag: "--commit end",
    fix: `add --commit N, for example ${optionSpec("commit").example}`,
  });
}

interface Refusal {
  readonly name: OptionName;
  readonly reason: string;
  readonly fix?: string;
}

const BEFOREHAND = "run it by itself before the shards are started";
const ONCE = "it is done once for all shards, not by each";

/** What one process has to do for all, or cannot do while others write. */
const ALONE: readonly Refusal[] = [
  {
    name: "writers",
    reason: "a shard is one writer",
    fix: "leave --writers out, and start more shards",
  },
  {
    name: "create",
    reason: ONCE,
    fix: "create the table before the shards are started; `upsurge plan --create --ddl` prints the statement",
  },
  {
    name: "alter",
    reason: ONCE,
    fix: "add the columns before the shards are started; `upsurge plan --alter --ddl` prints the statements",
  },
  { name: "truncate", reason: ONCE, fix: "empty the table before the shards are started" },
  { name: "before", reason: ONCE, fix: BEFOREHAND },
  { name: "after", reason: ONCE, fix: "give it to `upsurge finish`" },
  { name: "syncSequences", reason: ONCE, fix: "give it to `upsurge finish`" },
  {
    name: "expectRows",
    reason: "a shard counts its own records only",
    fix: "give it to `upsurge finish`",
  },
  { name: "deleteMissing", reason: "no shard knows the keys of the others" },
  { name: "deleteWhen", reason: "records that delete are not shared out" },
  { name: "late", reason: "what is set after the last record waits for all shards" },
  { name: "followAppend", reason: "the list of sources of a job of shards stays as it is" },
  {
    name: "resetJob",
    reason: "it would start one shard over and not the others",
    fix: "forget the job and all of its shards: `upsurge jobs --to URL --forget NAME`",
  },
];

function isGiven(options: Options, name: OptionName): boolean {
  const value = options[name];
  return value !== null && value !== false && !(name === "writers" && value === 1);
}

function missing(name: OptionName, reason: string, command = "load"): Error {
  const flag = flagOf(name);
  const fix = `add ${flag} ${valueNameOf(name)}; \`upsurge help ${command}\` shows every option`;
  return upsurgeError("OPTION_MISSING", { flag, reason }, { fix });
}

function conflicting(
  name: OptionName,
  other: string,
  reason: string,
  { flag = flagOf(name), fix }: { readonly flag?: string; readonly fix?: string | undefined } = {},
): Error {
  return upsurgeError("OPTION_CONFLICT", { flag, other, reason }, { where: flagOf(name), fix });
}
