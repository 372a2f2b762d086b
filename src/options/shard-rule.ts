/** `--shard`: which of several processes this one is, as it is typed or as a scheduler says. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import { MOST_SHARDS } from "../model/shards/shard.ts";
import type { Shard } from "../model/shards/shard.ts";
import type { Grammar, TypedValue } from "./grammar.ts";
import type { Options } from "./options.ts";
import { parseCount } from "./parse-value.ts";

/** `--shard`, as it was typed. */
export type ShardRule = TypedValue &
  ({ readonly kind: "auto" } | ({ readonly kind: "fixed" } & Shard));

/** Reads --shard. */
export const SHARD_RULE: Grammar<ShardRule> = {
  expected: `I/N, where I counts from 0 to N - 1 and N is at most ${MOST_SHARDS}, or auto`,
  parse: (text) => {
    if (text === "auto") return { text, kind: "auto" };
    const [, first = "", second = ""] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
    const [index, count] = [parseCount(first), parseCount(second)];
    if (index === null || count === null || index >= count || count > MOST_SHARDS) return null;
    return { text, kind: "fixed", index, count };
  },
};

/** What schedulers call the number of a task. */
const VARIABLES = [
  "JOB_COMPLETION_INDEX",
  "AWS_BATCH_JOB_ARRAY_INDEX",
  "SLURM_ARRAY_TASK_ID",
] as const;

/** The options with the shard that the scheduler says. Throws `SHARD_AUTO` where it says none. */
export function settleShard(options: Options, environment: Environment): Options {
  const { shard, shards: count } = options;
  // Without their number there is nothing to settle: that is said with the other options.
  if (shard === null || shard.kind === "fixed" || count === null) return options;
  const index = indexOf(environment, count);
  return { ...options, shard: { text: `${index}/${count}`, kind: "fixed", index, count } };
}

function indexOf(environment: Environment, count: number): number {
  const set = VARIABLES.flatMap((variable) => {
    const value = environment[variable] ?? "";
    return value === "" ? [] : [{ variable, value }];
  });
  const [first, ...others] = set;
  if (first === undefined) throw refused(`none of ${VARIABLES.join(", ")} is set`, count);
  const other = others.find(({ value }) => value !== first.value);
  if (other !== undefined) {
    const reason = `${first.variable} is '${first.value}' and ${other.variable} is '${other.value}'`;
    throw refused(reason, count);
  }
  const index = parseCount(first.value);
  if (index !== null && index < count) return index;
  const range = `0 to ${count - 1}`;
  throw refused(
    `${first.variable} is '${first.value}', and ${count} shards count from ${range}`,
    count,
  );
}

function refused(reason: string, count: number): Error {
  const last = count - 1;
  const suggestion = `let the scheduler count from 0 (Slurm: --array=0-${last}), or say the number itself, for example --shard 0/${count}`;
  return upsurgeError("SHARD_AUTO", { reason, suggestion }, { where: "--shard auto" });
}
