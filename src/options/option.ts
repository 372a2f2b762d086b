/** What one option is; `options.ts` is the one table that lists them all. */
import type { Grammar, ListGrammar } from "./grammar.ts";

/** Every command. */
export const ALL = ["load", "run", "plan", "inspect", "jobs"] as const;
/** The commands that read a source. */
export const READS = ["load", "plan", "inspect"] as const;
/** The commands that read a source, those of many included. */
export const READS_AND_RUN = ["load", "run", "plan", "inspect"] as const;
/** The commands that plan a load. */
export const LOADS = ["load", "plan"] as const;
/** The commands that plan a load, or the loads of a run. */
export const LOADS_AND_RUN = ["load", "run", "plan"] as const;
/** The command that looks at a file, a table or a database. */
export const INSPECT = ["inspect"] as const;
/** The command that only plans. */
export const PLAN = ["plan"] as const;
/** The command that writes one table. */
export const LOAD = ["load"] as const;
/** The commands that write. */
export const WRITES = ["load", "run"] as const;
/** The command that makes pages of reports. */
export const REPORT = ["report"] as const;
/** Every command, that one included. */
export const ALL_AND_REPORT = ["load", "run", "plan", "inspect", "jobs", "report"] as const;
/** What is said of a run, or of its plan. */
export const RUN = ["run", "plan"] as const;
/** The command that lists jobs. */
export const JOBS = ["jobs"] as const;
/** The commands that know jobs. */
export const LOADS_RUN_AND_JOBS = ["load", "run", "plan", "jobs"] as const;

/** The heading an option is listed under. */
export type OptionGroup =
  | "target"
  | "source"
  | "values"
  | "mapping"
  | "table"
  | "conflict"
  | "steps"
  | "deletes"
  | "run"
  | "job"
  | "output";
/** A command of the command line. */
export type Command = "load" | "run" | "plan" | "inspect" | "jobs" | "report";

/** One row of the table. */
export interface OptionSpec {
  readonly group: OptionGroup;
  /**
   * `text`; `list` (comma-separated, may be repeated); `many` (may be repeated, each taken whole);
   * `count` (whole number); `size` (bytes, `64MiB`); `duration` (`30s`); `flag`; `choice`.
   */
  readonly kind: "text" | "list" | "many" | "count" | "size" | "duration" | "flag" | "choice";
  /** The long flag, where another command has an option of that name with another value. */
  readonly spelling?: string;
  /** One letter. */
  readonly short?: string;
  readonly aliases?: readonly string[];
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** As it would be typed; flags are off unless `negated`. */
  readonly default?: string;
  /** A flag that is on, and turned off by `--no-NAME`. */
  readonly negated?: true;
  /** A flag that is said either way, `--NAME` or `--no-NAME`; `null` where neither is. */
  readonly either?: true;
  /** Variables that speak where the command line does not; for a flag, 1 or true gives it. */
  readonly env?: readonly string[];
  /** One sentence, shown by `-h` and in docs/reference/options.md. */
  readonly summary: string;
  /** More for docs/reference/options.md. */
  readonly details?: string;
  readonly example: string;
  /** How the text of a `text` is read, and that of each value of `many`. */
  readonly grammar?: Grammar<unknown>;
  /** How the names of a `list` are read, all together. */
  readonly listGrammar?: ListGrammar<unknown>;
  /** The smallest count; 0 when absent. */
  readonly least?: number;
  /** The largest count. */
  readonly most?: number;
  /** Its value becomes a part of statements as it is; --no-raw-sql refuses it. */
  readonly sql?: true;
  /** It lets a load delete rows: only the command line says so, no variable of the environment. */
  readonly removes?: true;
  readonly commands: readonly Command[];
  /**
   * It is said of a run as a whole, `top`: at the top of its manifest; by default an option of `load` is one of each load of
   * a run.
   */
  readonly wholeRun?: true | "top";
  /** Why a run's manifest cannot have it, as a clause. */
  readonly notInRun?: string;
  /** What stands between name and value in each text of a `many`: a manifest may give them as a mapping. */
  readonly pairs?: ":" | "=" | " = ";
  /** Its text may be a mapping with mappings in it: a manifest gives it as one. */
  readonly tree?: true;
  /**
   * Changes what the bytes of a source come to: a job that was begun with another value cannot go on. `given`: where it is
   * given, so that the jobs of earlier versions, which did not know it, go on without it.
   */
  readonly meaning?: true | "given";
}
