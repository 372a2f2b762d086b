/** The flags of tortured loads: what a load is for all its runs, and what may change from one run to the next. */
import type { Random } from "../../helpers/random.ts";
import { JOB, REJECTS } from "./check.ts";
import type { TargetName, Workload } from "./workload.ts";

/** What stays through the runs of one load. */
export interface Fixed {
  readonly strategy: string;
  /** Records a commit; `null`: all at the end. */
  readonly commit: number | null;
  /** The source comes through a pipe. */
  readonly stdin: boolean;
}

/** What may be another with every run. */
export interface Changing {
  readonly batchRows: number;
  readonly writers: number;
  readonly rowSource: string;
}

const ROW_SOURCES = { postgres: ["staged", "arrays", "values"], sqlite: ["values"] } as const;

/** Chooses what a run may change. */
export function chooseChanging(target: TargetName, random: Random): Changing {
  const [first, ...others] = ROW_SOURCES[target];
  return {
    batchRows: random.pick([40, 90, 170, 400]),
    writers: target === "postgres" ? random.int(1, 3) : 1,
    rowSource: random.pick([first, ...others]),
  };
}

/** The words of the command line; sources are named as they lie in the run's folder. */
export function argsOf(
  url: string,
  { files, format, deletes = false }: Pick<Workload, "files" | "format" | "deletes">,
  { strategy, commit, stdin }: Fixed,
  { batchRows, writers, rowSource }: Changing,
): string[] {
  const words = [
    stdin ? ["-", "--format", format] : files.map(({ name }) => name),
    ["--to", url, "--table", "t", "--key", "k", "--job", JOB],
    ["--set", "n = target.n + excluded.n"],
    ["--set", "hist = target.hist || ',' || excluded.hist"],
    deletes ? ["--delete-when", "note=plain"] : [],
    ["--commit", commit === null ? "end" : String(commit)],
    ["--max-rejects", "100000", "--reject-file", REJECTS],
    ["--strategy", strategy, "--row-source", rowSource],
    // All or nothing is one writer's.
    ["--batch-rows", String(batchRows), "--writers", commit === null ? "1" : String(writers)],
    ["--json", "-q"],
  ];
  return words.flat();
}
