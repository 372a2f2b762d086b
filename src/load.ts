/** The pipeline on one screen. (Being written: the signatures stand.) */
import type { Logger } from "pino";
import type { Options } from "./options/options.ts";
import type { Report } from "./report/report.ts";

/** How far a load has come; sent at most a few times a second. */
export interface Progress {
  readonly records: number;
  readonly rejected: number;
  /** Stored bytes read, over all sources. */
  readonly bytes: number;
  /** Stored bytes of all sources; `null` when one is a stream. */
  readonly totalBytes: number | null;
  readonly seconds: number;
}

/** What a load needs of its surroundings. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Aborting rolls the load back; the report then says `interrupted`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Loads `sources` under `options`. Never throws: what went wrong is in the report. */
export declare function load(
  sources: readonly string[],
  options: Options,
  surroundings: Surroundings,
): Promise<Report>;
