/**
 * EVERY OPTION, ONCE. Flags, environment, help, docs/reference/options.md and the `Options` type all come from this table.
 * The rows stand in `table/`, a file a group. What options mean together is checked in `check-options.ts`;
 * what they mean to a database, in `plan/`.
 */
import type { Grammar, ListGrammar } from "./grammar.ts";
import type { OptionSpec } from "./option.ts";
import { CONFLICT_OPTIONS } from "./table/conflict.ts";
import { DELETE_OPTIONS } from "./table/deletes.ts";
import { DIFFERENCE_OPTIONS } from "./table/differences.ts";
import { JOB_OPTIONS } from "./table/job.ts";
import { LATE_OPTIONS } from "./table/late.ts";
import { LOOKUP_OPTIONS } from "./table/lookups.ts";
import { MAPPING_OPTIONS } from "./table/mapping.ts";
import { NEST_OPTIONS } from "./table/nest.ts";
import { OUTPUT_OPTIONS } from "./table/output.ts";
import { RUN_OPTIONS } from "./table/run.ts";
import { SHARD_OPTIONS } from "./table/shard.ts";
import { SOURCE_OPTIONS } from "./table/source.ts";
import { SPLIT_OPTIONS } from "./table/split.ts";
import { STEP_OPTIONS } from "./table/steps.ts";
import { TABLE_OPTIONS } from "./table/table.ts";
import { TARGET_OPTIONS } from "./table/target.ts";
import { COLUMN_VALUE_OPTIONS } from "./table/value.ts";
import { VALUE_OPTIONS } from "./table/values.ts";
import { WATCH_OPTIONS } from "./table/watch.ts";

/** The table, in the order of the help. */
export const OPTIONS = {
  ...TARGET_OPTIONS,
  ...SOURCE_OPTIONS,
  ...VALUE_OPTIONS,
  ...MAPPING_OPTIONS,
  ...COLUMN_VALUE_OPTIONS,
  ...LOOKUP_OPTIONS,
  ...NEST_OPTIONS,
  ...TABLE_OPTIONS,
  ...CONFLICT_OPTIONS,
  ...LATE_OPTIONS,
  ...STEP_OPTIONS,
  ...DELETE_OPTIONS,
  ...RUN_OPTIONS,
  ...SHARD_OPTIONS,
  ...JOB_OPTIONS,
  ...DIFFERENCE_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...WATCH_OPTIONS,
  ...SPLIT_OPTIONS,
} as const satisfies Record<string, OptionSpec>;

/** The name of an option, in camelCase. */
export type OptionName = keyof typeof OPTIONS;

type ValueOf<S extends OptionSpec> = S["kind"] extends "flag"
  ? S["either"] extends true
    ? boolean | null
    : boolean
  : S["kind"] extends "list"
    ? ListValue<S> | null
    : S["kind"] extends "many"
      ? readonly TextValue<S>[] | null
      : S["kind"] extends "count" | "size" | "duration"
        ? PresentValue<number, S>
        : S["kind"] extends "choice"
          ? PresentValue<S["choices"] extends readonly (infer C)[] ? C : never, S>
          : PresentValue<TextValue<S>, S>;
type ListValue<S extends OptionSpec> =
  S["listGrammar"] extends ListGrammar<infer V> ? V : readonly string[];
type TextValue<S extends OptionSpec> = S["grammar"] extends Grammar<infer V> ? V : string;
type PresentValue<V, S extends OptionSpec> = S["default"] extends string ? V : V | null;

/**
 * All options, validated: values with a grammar as what they mean (`grammar.ts`), sizes in bytes, durations in milliseconds, `null` where nothing was said and there is no default.
 * Lists are `null` when the flag was not given.
 */
export type Options = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> };
