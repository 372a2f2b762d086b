/**
 * One file of a piece while it is written: records gather in memory up to a bound, and go to a file under another name until
 * all pieces are whole.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf } from "../../errors/message-of.ts";
import { openFilesFix } from "../../errors/open-files.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { PieceFileReport } from "../../model/shards/split-report.ts";
import { compressorOf } from "./compressor.ts";
import type { PieceCompression, Compressor } from "./compressor.ts";

/** What all files of a split have in common. */
export interface PieceFileOptions {
  readonly compress: PieceCompression;
  /** Bytes that one of them holds back. */
  readonly bufferBytes: number;
  /** The permissions of the sources. */
  readonly mode: number;
}

/** Under which name a file is written. */
export function partOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

/** A file of a piece, open. */
export class PieceFile {
  readonly path: string;
  /** Of the format of its records. */
  readonly format: string;
  #records = 0;
  #bytes = 0;
  readonly #hash = createHash("sha256");
  readonly #handle: FileHandle;
  readonly #compressor: Compressor;
  readonly #most: number;
  #waiting: Buffer[] = [];
  #size = 0;

  private constructor(path: string, format: string, handle: FileHandle, options: PieceFileOptions) {
    this.path = path;
    this.format = format;
    this.#handle = handle;
    this.#compressor = compressorOf(options.compress);
    this.#most = options.bufferBytes;
  }

  /** Makes a file that is not there. Throws `OUTPUT_FILE`. */
  static async make(path: string, format: string, options: PieceFileOptions): Promise<PieceFile> {
    try {
      const handle = await open(partOf(path), "wx", options.mode);
      return new PieceFile(path, format, handle, options);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Takes a copy of some bytes; true where the file is to be flushed before more is taken. */
  take(bytes: Uint8Array, records: number): boolean {
    this.#records += records;
    this.#waiting.push(Buffer.from(bytes));
    this.#size += bytes.length;
    return this.#size >= this.#most;
  }

  /** Writes what is held back. Throws `OUTPUT_FILE`. */
  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#size = 0;
    if (bytes.length > 0) await this.#write(await this.#compressor.take(bytes));
  }

  /** Writes all that is left, and makes it durable. Throws `OUTPUT_FILE`. */
  async finish(): Promise<PieceFileReport> {
    await this.flush();
    await this.#write(await this.#compressor.end());
    try {
      await this.#handle.sync();
    } catch (error) {
      throw unwritable(this.path, error);
    }
    await this.close();
    return {
      file: basename(this.path),
      format: this.format,
      records: this.#records,
      bytes: this.#bytes,
      sha256: this.#hash.digest("hex"),
    };
  }

  /** Lets go of the file; safe to call more than once. */
  async close(): Promise<void> {
    this.#compressor.close();
    await this.#handle.close().catch(() => {});
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    try {
      await this.#handle.writeFile(bytes);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }
}

/** The error for a file that cannot be written. */
export function unwritable(path: string, error: unknown): Error {
  const cause = messageOf(error);
  const reason = `${cause}; nothing of the split is kept`;
  const fix =
    openFilesFix(error) ??
    "check the disk and the permissions of the folder, or name another folder with --out";
  return upsurgeError("OUTPUT_FILE", { path, reason }, { where: "--out", fix, cause: error });
}
