/** Whether a load is a job, under which name, and the hash of all that changes what its sources mean. */
import { createHash } from "node:crypto";
import type { JobPlan, LoadPlan, TablePlan } from "../model/load-plan.ts";
import { shardJobName } from "../model/shards/shard.ts";
import { asTyped } from "../options/grammar.ts";
import { isJob } from "../options/is-job.ts";
import { OPTION_NAMES, optionSpec } from "../options/flag.ts";
import type { Options } from "../options/options.ts";
import { tableLabel } from "./names.ts";
import { isRepeatable } from "./repeatable.ts";

/** Raised when the same options or bytes come to mean something else, or keys are shared out in another way. */
const MEANING = 1;

/** What a job is made from. */
export interface JobPlanRequest {
  readonly options: Options;
  /** The target's URL without secrets. */
  readonly target: string;
  /** The sources as they were given, each made absolute. */
  readonly sources: readonly string[];
  /** The format of the first source. */
  readonly format: string;
}

/** The job of a load; `null` where nothing is remembered. */
export function planJob(plan: LoadPlan, request: JobPlanRequest): JobPlan | null {
  const { options, target, sources } = request;
  if (!isJob(options)) return null;
  const { job, constraint, checkpointTable, followAppend } = options;
  const [first] = plan.tables;
  const key = settledKey(first, options);
  const table = tableLabel(first.table);
  const made = hashOf([target, table, key, constraint, sources]).slice(0, 16);
  const { shard } = plan;
  const shardOf = shard === undefined || job === null ? null : { job, shard };
  return {
    name: shardOf === null ? (job ?? `auto-${made}`) : shardJobName(shardOf.job, shardOf.shard),
    isNamed: job !== null,
    table: checkpointTable,
    config: configOf(plan, request),
    followAppend,
    forgotten: job === null && !followAppend && isRepeated(plan),
    ...(shardOf === null ? {} : { shardOf }),
  };
}

/** To load everything once more comes to the same; records that couple tables may meet other rows then. */
function isRepeated(plan: LoadPlan): boolean {
  const isCoupled = (plan.nest?.eachRecord ?? null) !== null;
  return runsNoSql(plan) && !isCoupled && plan.tables.every(isRepeatable);
}

/** SQL of the user's may do more at the second time. */
function runsNoSql({ before, after }: LoadPlan): boolean {
  return [...before, ...after].every(({ kind }) => kind !== "script");
}

function configOf(plan: LoadPlan, { options, format }: JobPlanRequest): string {
  const [first] = plan.tables;
  const settled: Partial<Record<keyof Options, unknown>> = {
    table: tableLabel(first.table),
    mode: first.mode,
    key: settledKey(first, options),
    format,
    // With --columns alone a load comes so far only where line 1 is the header.
    header: options.header ?? true,
  };
  const meaning = OPTION_NAMES.filter((name) => {
    const means = optionSpec(name).meaning;
    return (
      means === true || (means === "given" && options[name] !== null && options[name] !== false)
    );
  });
  const meant = meaning.map((name) => [name, settled[name] ?? asTyped(options[name])]);
  // What several writers share rows out by is the table's to say; so are the keys and the links of levels.
  const shared = plan.partitioning.key?.columns ?? null;
  return hashOf([MEANING, ...meant, shared, ...levelsOf(plan)]);
}

/** The levels of records as they are settled. */
function levelsOf({ nest, tables }: LoadPlan): unknown[] {
  return (nest?.levels ?? []).map(({ path, relation, at, links }) => {
    const own = tables[at];
    const linked = links.map(({ column, refersTo }) => [column.name, refersTo.name]);
    return [
      path,
      own === undefined ? null : tableLabel(own.table),
      own?.mode ?? null,
      own?.arbiter?.columns ?? null,
      relation,
      linked,
    ];
  });
}

/** The columns of the key: the primary key that a job was begun with may be another one when it goes on. */
function settledKey({ arbiter, keyOrigin }: TablePlan, { key }: Options): readonly string[] | null {
  const isTaken = keyOrigin === "primary" || keyOrigin === "default";
  return isTaken && arbiter !== null ? arbiter.columns : key;
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
