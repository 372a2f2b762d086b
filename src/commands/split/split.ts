/**
 * `upsurge split`: the records of all sources, as they are and in their order, shared out among files by key, so that each file
 * can be loaded by a process of its own. One pass, no database.
 */
import { stat } from "node:fs/promises";
import { sourceLabel } from "../../errors/source-label.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { readVersion } from "../../load/version.ts";
import type { Progress } from "../../model/report/progress.ts";
import type { RecordChunk } from "../../model/record.ts";
import type { SplitIndex, SplitReport, SplitSource } from "../../model/shards/split-report.ts";
import { refuseForeignOptions } from "../../options/of-format.ts";
import type { FormattedSource } from "../../options/of-format.ts";
import type { OptionName, Options } from "../../options/options.ts";
import type { WholeSplit } from "../../options/split/check-split.ts";
import { SourceSet } from "../../sources/source-set.ts";
import type { Source } from "../../sources/source-set.ts";
import { refuseZstd } from "./compressor.ts";
import { KeyFields } from "./key-fields.ts";
import { loadCommand } from "./load-command.ts";
import { PieceFolder } from "./piece-folder.ts";
import { PieceOf } from "./piece-of.ts";
import { PieceWriter } from "./piece-writer.ts";
import { rawRecords } from "./raw-records.ts";
import type { RawRecord } from "./raw-records.ts";
import { SplitPace } from "./split-pace.ts";

/** What a split is given besides its options. */
export interface SplitSurroundings {
  readonly stdin: NodeJS.ReadableStream;
  /** Aborting ends it, and removes what it has made. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** The flags of reading, for whoever loads the pieces. */
  readonly flags: readonly string[];
  /** Options that are said for all calls. */
  readonly forAll?: ReadonlySet<OptionName> | undefined;
}

/** Splits the sources. Throws `SPLIT_*`, `SOURCE_*`, `OPTION_VALUE` and `OUTPUT_FILE`; the reason of the signal once it is aborted. */
export async function split(
  patterns: readonly string[],
  options: WholeSplit,
  surroundings: SplitSurroundings,
): Promise<SplitReport> {
  const began = performance.now();
  const { key, shards, compress, splitOut, records } = options;
  refuseZstd(compress);
  const warnings: string[] = [];
  const onWarnings = (_: string, more: readonly string[]): void => void warnings.push(...more);
  const { stdin, flags } = surroundings;
  const reading = { options: forReading(options), stdin, storedHash: true, onWarnings };
  const sources = await SourceSet.expand(patterns, reading);
  const mode = await modeOf(sources.paths);
  const folder = await PieceFolder.take(splitOut);
  const files = { count: shards, compress, mode, inDocument: records !== null };
  const writer = new PieceWriter(folder, files);
  const sharing = new RecordSharing(writer, options);
  const stop = (): void => void sources.close();
  surroundings.signal.addEventListener("abort", stop);
  try {
    const read = await sharing.readAll(sources, surroundings);
    const pieces = await writer.finish();
    surroundings.signal.throwIfAborted();
    const made = { version: 1, upsurge: await readVersion() } as const;
    const index: SplitIndex = { ...made, key, shards, compress, flags, sources: read, pieces };
    await folder.place(index, mode);
    const seconds = (performance.now() - began) / 1000;
    const counts = { out: splitOut, ...sharing.counts, seconds };
    const command = loadCommand(splitOut, index);
    return { status: "ok", exit: 0, ...counts, warnings, command, ...index };
  } catch (error) {
    await writer.close();
    await folder.discard();
    throw error;
  } finally {
    surroundings.signal.removeEventListener("abort", stop);
    await sources.close();
  }
}

/**
 * Records are read so that each key is seen, whatever a load makes of them: short ones have the fields that they have, long
 * ones lose what is too much. Names with a dot may be ways into objects.
 */
function forReading(options: WholeSplit): Options {
  const map = options.key.map((field) => ({ field, column: field, text: field }));
  return { ...options, map, missingFields: "null", extraFields: "ignore" };
}

/** Pieces can be read by whoever can read all of their sources. */
async function modeOf(paths: readonly string[]): Promise<number> {
  let mode = 0o666;
  for (const path of paths) mode &= path === "-" ? 0o600 : (await stat(path)).mode;
  return mode | 0o600;
}

/** Reads sources and hands their records on. */
class RecordSharing {
  readonly counts = { records: 0, unreadable: 0, blank: 0 };
  readonly #writer: PieceWriter;
  readonly #fields: KeyFields;
  readonly #pieceOf: PieceOf;
  readonly #options: WholeSplit;

  constructor(writer: PieceWriter, options: WholeSplit) {
    const { key, shards } = options;
    this.#options = options;
    this.#writer = writer;
    this.#fields = new KeyFields(key);
    this.#pieceOf = new PieceOf(key, shards);
  }

  async readAll(
    sources: SourceSet,
    { signal, onProgress, forAll }: SplitSurroundings,
  ): Promise<readonly SplitSource[]> {
    const pace = await SplitPace.of(sources.paths, onProgress);
    const read: SplitSource[] = [];
    const formatted: FormattedSource[] = [];
    for (const path of sources.paths) {
      signal.throwIfAborted();
      const source = await sources.open(path);
      const isLast = formatted.length + 1 === sources.paths.length;
      if (isLast) refuseForeignOptions(this.#options, [...formatted, source], forAll);
      formatted.push(source);
      const key = this.#fields.of(source);
      await this.#writer.goTo(source);
      const before = this.counts.records;
      for await (const chunk of source.chunks()) {
        signal.throwIfAborted();
        await this.#take(chunk, key, source);
        pace.tell(this.counts.records, source.bytesRead);
      }
      // A source that was closed by a signal has not come to its end.
      signal.throwIfAborted();
      pace.passed(source.bytesRead);
      const { name, format, bytesRead: bytes, storedSha256: sha256 } = source;
      read.push({ name, format, records: this.counts.records - before, bytes, sha256 });
    }
    this.#fields.refuseUnseen(this.counts.records, sources.paths);
    return read;
  }

  async #take(chunk: RecordChunk, key: readonly string[], { name }: Source): Promise<void> {
    this.#fields.see(chunk, key);
    this.counts.unreadable += chunk.rejects.length;
    this.counts.blank += chunk.blanks?.length ?? 0;
    for (const record of rawRecords(chunk, key)) {
      this.counts.records += 1;
      const { raw } = record;
      if (raw === null) throw tooLarge(name, record);
      const full = this.#writer.take(this.#pieceOf.of(record, name), raw);
      if (full !== null) await full.flush();
    }
  }
}

function tooLarge(source: string, { record, line }: RawRecord): Error {
  const path = sourceLabel(source);
  return upsurgeError(
    "SPLIT_SOURCE",
    {
      path,
      reason: `record ${record} is larger than --max-record-bytes, and is not held as it is`,
      suggestion: "pass a larger --max-record-bytes, for example --max-record-bytes 1GiB",
    },
    { where: line === null ? path : `${path}, line ${line}` },
  );
}
