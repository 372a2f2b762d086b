/** `load` as a function: what `upsurge load` does, with a report as its value. */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import type { Log } from "../model/log.ts";
import type { Reject } from "../model/reject.ts";
import { load as runLoad } from "../load/load.ts";
import type { Progress } from "../model/report/progress.ts";
import type { Report } from "../report/report.ts";
import { findTarget } from "../targets/registry.ts";
import { maskReport } from "../secrets/mask-report.ts";
import { redactorFor } from "../secrets/redact.ts";
import type { Options } from "../options/options.ts";
import type { BytesText } from "./json-line.ts";
import { optionsFrom } from "./options.ts";
import type { Destination, GivenOptions } from "./options.ts";
import { Listeners } from "./listeners.ts";
import { namedSources, readySource } from "./rows.ts";
import type { LoadSource } from "./rows.ts";

/** A record that was not written, and why. */
export interface RejectedRow extends Omit<Reject, "raw" | "position"> {
  readonly source: string;
  /** Counted from 0, over the records of its source: of rows, the index. */
  readonly index: number;
  readonly line: readonly [number, number];
  /** The record as it was in the source; `null` where it was too large to keep. */
  readonly text: string | null;
}

/** The options of `load`: the flags in camel case, and what it is told by and tells. */
export type LoadOptions = Omit<GivenOptions<"load">, "to" | "table"> &
  Destination & {
    /** Aborting undoes what is not committed; the report then says `interrupted`. */
    readonly signal?: AbortSignal;
    /** Told how far the load has come, at most a few times a second. */
    readonly onProgress?: (progress: Progress) => void;
    /** Told of every record that is rejected. A load that starts again after a lost connection tells them again. */
    readonly onReject?: (reject: RejectedRow) => void;
    /** Any logger whose calls take fields and a sentence; by default nothing is logged. */
    readonly log?: Log;
    /** In place of the process's: libpq's variables and the like. */
    readonly environment?: Environment;
  };

const nothing = (): void => {};
const SILENT: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  isLevelEnabled: () => false,
};

/**
 * Loads files, a stream or rows. What a load can meet is in the report; wrong use throws an `UpsurgeError`: an option that is
 * none, a value that means nothing, options that do not go together. So does what `onProgress` or `onReject` throws, once what
 * is not committed is undone.
 */
export async function load(source: LoadSource, options: LoadOptions): Promise<Report> {
  const { log = SILENT, environment = process.env } = options;
  const read = await optionsFrom("load", options, { environment, sources: namedSources(source) });
  const target = await findTarget(options.to);
  const bytes = {
    text: bytesText(read.binary) ?? target.bytesText?.bind(target) ?? null,
    mayMisread: (field: string) => (read.create || read.alter) && !hasType(read, field),
  };
  const ready = readySource(source, { hasFormat: read.format !== null, bytes });
  const listeners = new Listeners(options);
  const report = await runLoad(
    ready.patterns,
    ready.isRows ? { ...read, format: "ndjson" } : read,
    {
      stdin: ready.stdin,
      environment,
      endsWhole: ready.isRows,
      // The caller has the rows.
      defaultRejectFile: !ready.isRows,
      log,
      signal: listeners.signal,
      onProgress: (progress) => listeners.onProgress(progress),
      onReject: (reject) => listeners.onReject(() => rejectedRow(reject)),
    },
  );
  listeners.check();
  return maskReport(report, await redactorFor(read.to, environment));
}

function rejectedRow({ position, raw, ...reject }: Reject): RejectedRow {
  const { source, record, line } = position;
  const text =
    raw === null
      ? null
      : Buffer.from(raw)
          .toString()
          .replace(/\r?\n$/, "");
  return { ...reject, source, index: record - 1, line, text };
}

/** Whether an error says that the library was used in a wrong way, or what a load has met. */
export function isUpsurgeError(error: unknown): error is UpsurgeError {
  return error instanceof UpsurgeError;
}

/** How bytes of the caller are written where `binary` says how bytes are read. */
function bytesText(binary: Options["binary"]): BytesText | null {
  if (binary === null) return null;
  return (hex) => (binary === "hex" ? hex : Buffer.from(hex, "hex").toString("base64"));
}

/** Whether the caller has said the type of the column that a field fills. */
function hasType({ type }: Options, field: string): boolean {
  const name = field.toLowerCase();
  return type?.some(({ column }) => column.toLowerCase() === name) === true;
}
