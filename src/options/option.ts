/** What one option is; `options.ts` is the one table that lists them all. */
import type { SourceFormat } from "../read/formats.ts";
import type { Grammar, ListGrammar } from "./grammar.ts";

/** The commands that go to a database. */
export const CONNECTS = ["load", "run", "plan", "inspect", "jobs", "finish"] as const;
/** The commands that read records, and the one that shares them out among files. */
export const READS_AND_SPLIT = ["load", "plan", "inspect", "split"] as const;
/** The same, those of many sources included. */
export const READS_RUN_AND_SPLIT = ["load", "run", "plan", "inspect", "split"] as const;
/** The commands that plan a load. */
export const LOADS = ["load", "plan"] as const;
/** The commands that plan a load, or the loads of a run. */
export const LOADS_AND_RUN = ["load", "run", "plan"] as const;
/** The commands that write. */
export const WRITES = ["load", "run"] as const;

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
export type Command =
  | "load"
  | "run"
  | "plan"
  | "inspect"
  | "jobs"
  | "finish"
  | "split"
  | "report"
  | "completion";

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
  /** Variables that speak where the command line does not, beside UPSURGE_ and its name, which the help leaves out. */
  readonly env?: readonly string[];
  /** One sentence, shown by `-h` and in docs/reference/options.md. */
  readonly summary: string;
  /** The sentence in the help of commands to which it means something else; absent: it means the same to all. */
  readonly summaryIn?: Partial<Readonly<Record<Command, string>>>;
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
  /** It lets a load delete rows: only the command line or a manifest says so, no variable of the environment. */
  readonly removes?: true;
  /** Why it is never taken from the environment or a config, as a clause, apart from `sql` and `removes`. */
  readonly explicit?: string;
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
  /** The formats whose sources it says something of; absent: all. */
  readonly formats?: readonly SourceFormat[];
}
