/** The errors of loads that are shared out among processes; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "./codes.ts";

/** Code → texts. */
export const SHARD_CODES = {
  SHARD_AUTO: {
    title: "--shard auto finds no number for this process",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_SHARDS: {
    title: "this load cannot be shared out among processes",
    cause: "{reason}",
    fix: "leave --shard out, and load with one process",
    exit: 2,
  },
  JOB_SHARDS: {
    title: "the shards of the job {job} do not fit this command",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  SHARDS_RUNNING: {
    title: "the job {job} is still being loaded",
    cause: "{reason}",
    fix: "run the same command once they have finished; `upsurge jobs --to URL --job {name}` ends with 0 then",
    exit: 75,
  },
  SHARDS_MISSING: {
    title: "the job {job} is not loaded to its end",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 4,
  },
} as const satisfies Record<string, ErrorTexts>;
