/** The errors about the key of a load; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const KEY_CODES = {
  PLAN_NO_KEY: {
    title: "--mode {mode} needs a key",
    cause: "neither --key nor --constraint names one, and {table} has no primary key; {keys}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NO_PRIMARY_KEY: {
    title: "{table} has no primary key",
    cause: "--key primary is the primary key of the table; {keys}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_KEY_NOT_IN_SOURCE: {
    title: "the key column {column} is not in the source",
    cause: "the source's fields are {fields}",
    fix: "map a field to it with --map field:{column}, or fill it with --const {column}=VALUE",
    exit: 2,
  },
  PLAN_NO_CONFLICT_TARGET: {
    title: "no unique key on {table} covers ({key})",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NO_CONSTRAINT: {
    title: "no unique constraint or index {constraint} on {table}",
    cause: "the keys of the table are: {usable}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_UNUSABLE_KEY: {
    title: "{constraint} cannot decide conflicts",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_KEY_NOT_UNIQUE: {
    title: "several rows of {table} have the same ({key})",
    cause: "without a unique index one record would change several rows",
    fix: "{suggestion}",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
