/** Options: loads that are shared out among processes. Joined with the other groups in `options.ts`. */
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";
import { MOST_SHARDS } from "../../model/shards/shard.ts";
import { SHARD_RULE } from "../shard-rule.ts";

/** The options about shards, of the group `run`. */
export const SHARD_OPTIONS = {
  shard: {
    group: "run",
    notInRun: "the loads of a run share one connection",
    kind: "text",
    value: "I/N|auto",
    grammar: SHARD_RULE,
    summary:
      "Write only the rows whose key hashes to I, counted from 0, as one of N processes; needs --job NAME and --commit N.",
    details:
      "Each process reads all sources and writes its share: every key has one writer, and the order of the file. `auto` takes I from the scheduler (`JOB_COMPLETION_INDEX`, `AWS_BATCH_JOB_ARRAY_INDEX` or `SLURM_ARRAY_TASK_ID`, all counted from 0) and N from `--shards`. Each shard goes on where it stopped, N stays as it is while the job is unfinished, and `upsurge finish` makes one job of the shards. Where rows cannot be shared out by key, the plan says why and refuses.",
    example: "--shard 0/8 --job orders --commit 100000",
    commands: LOADS,
  },
  shards: {
    group: "run",
    notInRun: "the loads of a run share one connection",
    kind: "count",
    least: 1,
    most: MOST_SHARDS,
    value: "N",
    summary: "How many shards there are, for --shard auto; how many pieces `upsurge split` makes.",
    example: "--shards 8",
    commands: ["load", "plan", "split"],
  },
  piece: {
    group: "run",
    notInRun: "the loads of a run share one connection",
    explicit: "it says what the sources of one load are",
    kind: "flag",
    summary:
      "The sources are a piece that `upsurge split` has made: others are loaded into the table at the same time.",
    details:
      "Loads of one table go one after the other; with this flag they share it. No other piece has a key of this one, so the rows come to what one load of all records comes to, where nothing but the key couples them: else the plan says why, and refuses. What is done once for all records (`--truncate`, `--create`, `--after` and others) is refused, too.",
    example: "pieces/piece-3.csv --piece --job orders-3",
    commands: LOADS,
  },
} as const satisfies Record<string, OptionSpec>;
