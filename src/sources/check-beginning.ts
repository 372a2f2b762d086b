/** Compares a source with what a job has loaded of it: its bytes up to an offset, and what comes after. */
import { formatCount, plural } from "../errors/format.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { SourceTotal } from "../model/checkpoint.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import { recordsIn } from "../model/record.ts";
import type { RecordChunk } from "../model/record.ts";
import { sourceLabel } from "../errors/source-label.ts";
import type { SourceSample } from "./sample.ts";
import type { Source } from "../read/source.ts";

/** What a job knows of a source. */
export interface KnownSource {
  readonly number: number;
  /** Its path, absolute. */
  readonly name: string;
  readonly offset: SourceOffset;
  /** SHA-256 of the bytes before the offset. */
  readonly prefix: string;
  /** Set when it was loaded to its end. */
  readonly total: SourceTotal | null;
}

/** A source at an offset. */
export interface PositionedSource {
  readonly source: Source;
  readonly chunks: AsyncIterable<RecordChunk>;
}

/** The job whose sources are looked at. */
export interface CheckedJob {
  readonly name: string;
  readonly followAppend: boolean;
  /** It has one source. */
  readonly isOnlySource: boolean;
}

/** Goes to the offset, and throws `SOURCE_CHANGED` when what comes before it is not what it was. */
export async function checkBeginning(
  { source, reading }: { readonly source: Source; readonly reading: Pick<SourceSample, "skipTo"> },
  known: Pick<KnownSource, "offset" | "prefix">,
  job: CheckedJob,
): Promise<void> {
  const { offset, prefix } = known;
  const passed = await reading.skipTo(offset);
  if (passed === "short") {
    const reason = `it ends after ${plural(source.prefix?.length ?? 0, "byte")}, and ${formatCount(offset.byte)} of it are loaded`;
    throw changed(source, job, reason);
  }
  const found = source.prefix?.digest(offset.byte) ?? "";
  if (found !== prefix) {
    const reason = `its first ${plural(offset.byte, "byte")} are not those that were loaded: SHA-256 ${found} instead of ${prefix}`;
    throw changed(source, job, reason);
  }
  if (passed === "cut") {
    const reason = "its last record, which had no end of line, was loaded and has grown since";
    throw changed(source, job, reason);
  }
}

function changed(
  { name: path, rereadable }: Source,
  { name: job, followAppend, isOnlySource }: CheckedJob,
  reason: string,
): Error {
  const others = isOnlySource ? "" : " (it applies the records of the other sources again, too)";
  // A log that was rotated: what the old file gained after the last run would be left out.
  const suggestion =
    followAppend && rereadable
      ? `if it is a new file that replaced one that was moved, run the command with the old file's new name first, for what that gained since; then load this one from its first record with --reset-job, once${others}`
      : "if this is another source, load it under another name with --job; to load it from its first record, --reset-job";
  return upsurgeError("SOURCE_CHANGED", {
    path: sourceLabel(path),
    job,
    reason,
    suggestion,
  });
}

/** The source with the records that come after the offset; `null` when there are none. */
export async function hasMore(at: PositionedSource): Promise<PositionedSource | null> {
  const iterator = at.chunks[Symbol.asyncIterator]();
  const seen: RecordChunk[] = [];
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) return null;
    seen.push(value);
    if (recordsIn(value) + value.rejects.length > 0) break;
  }
  return { source: at.source, chunks: after(seen, iterator) };
}

async function* after(
  seen: readonly RecordChunk[],
  rest: AsyncIterator<RecordChunk>,
): AsyncGenerator<RecordChunk> {
  yield* seen;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}
