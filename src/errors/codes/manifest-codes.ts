/** Errors of the manifest of a run, and of the file of variables it is read with. Part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const MANIFEST_CODES = {
  MANIFEST_FILE: {
    title: "the manifest {path} cannot be read",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_YAML: {
    title: "{path} is not a manifest in YAML",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_MIXED: {
    title: "a manifest does not go with {other}",
    cause:
      "a run has its loads from one manifest, or from folders, since nothing says which come first",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_NAME: {
    title: "{name} is not a name {owner} has",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_TYPE: {
    title: "{name} cannot be {found}",
    cause: "it takes {expected}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_VALUE: {
    title: "{name} cannot be {value}",
    cause: "it takes {expected}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_MISSING: {
    title: "{name} is missing",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_EMPTY: {
    title: "{path} has no loads",
    cause: "{reason}",
    fix: "list at least one, for example loads: [{ from: countries.csv }]",
    exit: 2,
  },
  MANIFEST_VARIABLE: {
    title: "{what}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  MANIFEST_SQL: {
    title: "the value of {name} is SQL, and holds a variable",
    cause: "a variable in SQL could change what the statement does, and none is replaced there",
    fix: "write the SQL out; a value of each row comes from `const`, which takes variables",
    exit: 2,
  },
  MANIFEST_ENV_FILE: {
    title: "the file of variables {path} cannot be used",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  RUN_HOST_REFUSED: {
    title: "the {owner} refuses to load into {host}",
    cause: "its refuse-hosts has {pattern}; nothing was connected",
    fix: "name another database with --to; if this one is meant, take the pattern out of refuse-hosts",
    exit: 2,
  },
  RUN_TABLE_TWICE: {
    title: "{one} would delete rows that {other} loads into {table}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
