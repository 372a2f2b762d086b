/** What a finished load returns: the value behind `--json`, `--report` and the summary. */
import type { Counts } from "../model/counts.ts";

/** How a load ended; `changes` is what `--check` found. */
export type Status = "ok" | "rejects" | "changes" | "failed" | "interrupted";

/** An error as values, for scripts. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly cause: string;
  readonly fix: string;
  readonly where: string | null;
}

/** What a load that stops early leaves behind: nothing, or what it has committed. */
export type Guarantee = "all-or-nothing" | "committed-in-parts";

/** The report of one load; the fields of `--json`. */
export interface Report {
  readonly status: Status;
  readonly exit: number;
  readonly target: string | null;
  readonly table: string | null;
  readonly mode: string | null;
  readonly strategy: string | null;
  readonly rowSource: string | null;
  readonly counts: Counts;
  readonly rejectFile: string | null;
  readonly rejectReport: string | null;
  /** `committed-in-parts`: what was committed before a failure stays, and the counts are those of that. */
  readonly guarantee: Guarantee;
  readonly dryRun: boolean;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Bytes read from the sources as stored. */
  readonly bytes: number;
  readonly warnings: readonly string[];
  readonly error?: ReportedError;
}
