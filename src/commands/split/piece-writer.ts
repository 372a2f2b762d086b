/**
 * Writes records to their pieces. Sources that begin with the same bytes follow each other in one file of each piece; where a
 * source begins otherwise, or cannot be told from the end of the one before it, the next file begins.
 */
import type { PieceFileReport, PieceReport } from "../../model/shards/split-report.ts";
import { endsRecord, recordEndsOf } from "../../model/record.ts";
import type { RecordEnds } from "../../model/record.ts";
import type { Source } from "../../sources/source-set.ts";
import { ENDINGS } from "./compressor.ts";
import type { PieceFile, PieceFileOptions } from "./piece-file.ts";
import type { PieceFolder } from "./piece-folder.ts";

/** Bytes that all pieces together hold back, and the least and the most of one. */
const HELD_BYTES = 32 * 1024 * 1024;
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 256 * 1024;

/** What a writer works with. */
export interface PieceWriterOptions extends Omit<PieceFileOptions, "bufferBytes"> {
  readonly count: number;
  /** Records of JSON come out of documents, each in an array of its own. */
  readonly inDocument: boolean;
}

/** How the records of a run of sources are written. */
interface Framing {
  readonly format: string;
  readonly fields: string;
  /** What a file begins with. */
  readonly head: Uint8Array;
  readonly between: Uint8Array;
  readonly tail: Uint8Array;
  /** Bytes around a record that are none of its own. */
  readonly around: number;
  readonly recordEnds: RecordEnds;
  /** Another source that begins alike may follow: its lines are known to end alike. */
  readonly goesOn: boolean;
}

/** The files of all pieces. */
export class PieceWriter {
  readonly #folder: PieceFolder;
  readonly #options: PieceWriterOptions;
  readonly #done: PieceFileReport[][];
  #files: PieceFile[] = [];
  /** Whether the file of a piece has a record. */
  #begun: boolean[] = [];
  #framing: Framing | null = null;
  /** The last record of each source but the last must have a line end, or another cannot follow it. */
  #endsInLine = true;
  #runs = 0;

  constructor(folder: PieceFolder, options: PieceWriterOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#done = Array.from({ length: options.count }, () => []);
  }

  /** Prepares for the records of a source. Throws `OUTPUT_FILE`. */
  async goTo(source: Source): Promise<void> {
    const framing = framingOf(source, this.#options);
    const known = this.#framing;
    if (known !== null && this.#endsInLine && areAlike(known, framing)) return;
    await this.#finishRun();
    this.#framing = framing;
    this.#endsInLine = true;
    this.#runs += 1;
    const { count, compress, mode } = this.#options;
    const bufferBytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.floor(HELD_BYTES / count)));
    const run = this.#runs === 1 ? "" : `.${this.#runs}`;
    for (let piece = 0; piece < count; piece += 1) {
      const name = `piece-${piece}${run}.${framing.format}${ENDINGS[compress]}`;
      const options = { compress, mode, bufferBytes };
      const file = await this.#folder.make(name, framing.format, options);
      this.#files.push(file);
      file.take(framing.head, 0);
    }
    this.#begun = this.#files.map(() => false);
  }

  /** Takes the bytes of a record; the file that has to be flushed, if any. */
  take(piece: number, raw: Uint8Array): PieceFile | null {
    const file = this.#files[piece];
    const framing = this.#framing;
    if (file === undefined || framing === null) throw new Error("there is no file for the piece");
    if (this.#begun[piece] === true && framing.between.length > 0) file.take(framing.between, 0);
    this.#begun[piece] = true;
    this.#endsInLine = endsRecord(raw, framing.recordEnds);
    const own = raw.subarray(framing.around, raw.length - framing.around);
    return file.take(own, 1) ? file : null;
  }

  /** Ends all files. Throws `OUTPUT_FILE`. */
  async finish(): Promise<readonly PieceReport[]> {
    await this.#finishRun();
    return this.#done.map((files, piece) => ({
      piece,
      records: files.reduce((sum, { records }) => sum + records, 0),
      files,
    }));
  }

  /** Lets go of files that are open. */
  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }

  async #finishRun(): Promise<void> {
    for (const [piece, file] of this.#files.entries()) {
      file.take(this.#framing?.tail ?? new Uint8Array(), 0);
      this.#done[piece]?.push(await file.finish());
    }
    this.#files = [];
  }
}

/** The elements of a JSON source are put into an array of their own, which tells its end. */
function framingOf(source: Source, { inDocument }: PieceWriterOptions): Framing {
  const { format, preamble, fields, header } = source;
  const none = new Uint8Array();
  const common = { format, fields: JSON.stringify(fields) };
  if (format === "json") {
    const head = Buffer.concat([preamble, source.encode("[\n")]);
    const [between, tail] = [source.encode(",\n"), source.encode("\n]\n")];
    const around = inDocument ? source.encode("[").length : 0;
    return { ...common, head, between, tail, around, recordEnds: [none], goesOn: true };
  }
  const recordEnds = recordEndsOf(source);
  const hasHeader = header?.taken === "names" || header?.taken === "passed-over";
  const goesOn = format === "ndjson" || hasHeader;
  return { ...common, head: preamble, between: none, tail: none, around: 0, recordEnds, goesOn };
}

function areAlike(a: Framing, b: Framing): boolean {
  const isSame = a.format === b.format && a.fields === b.fields && isEqual(a.head, b.head);
  return isSame && isEqual(a.between, b.between) && a.goesOn && b.goesOn;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
