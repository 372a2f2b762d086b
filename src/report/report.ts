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
  readonly guarantee: "all-or-nothing";
  readonly dryRun: boolean;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Bytes read from the sources as stored. */
  readonly bytes: number;
  readonly warnings: readonly string[];
  readonly error?: ReportedError;
}
