/** The errors of loads that are shared out among processes, and of `upsurge split`; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

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
  PLAN_PIECE: {
    title: "the pieces of these records cannot be loaded at the same time",
    cause: "{reason}",
    fix: "leave --piece out, and load the sources that were split with one process",
    exit: 2,
  },
  SPLIT_FOLDER: {
    title: "{path} cannot take the pieces",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  SPLIT_KEY: {
    title: "no field {field} in {path}",
    cause: "records are shared out by --key, which names fields of the sources; they have {fields}",
    fix: "{suggestion}",
    exit: 2,
  },
  SPLIT_SOURCE: {
    title: "{path} cannot be split",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 4,
  },
} as const satisfies Record<string, ErrorTexts>;
