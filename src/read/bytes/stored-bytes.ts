/**
 * The bytes of a source as they are stored: a file, a FIFO or standard input, read when asked for.
 * Decompression and everything after it is left to others.
 */
import { formatCount, plural } from "../../errors/format.ts";
import { constants, fstatSync, open as openDescriptor } from "node:fs";
import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { Socket } from "node:net";
import { promisify } from "node:util";
import { sourceLabel } from "../../errors/source-label.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { corrupt, sourceError } from "./source-error.ts";

const READ_BYTES = 512 * 1024;

/** An open file or stream; `chunks` can be read once. */
export interface StoredBytes {
  readonly name: string;
  /** `null` for anything but a regular file. */
  readonly sizeBytes: number | null;
  readonly rereadable: boolean;
  /** Bytes handed out so far. */
  readonly bytesRead: number;
  chunks(): AsyncGenerator<Buffer>;
  /** How it has changed since it was opened, as a clause; `null` where it has not, and of a stream. */
  changed(): Promise<string | null>;
  /** Safe to call at any time. Whoever waits for bytes learns that there are no more. */
  close(): Promise<void>;
}

/** Opens `path`, or takes `stdin` when it is `-`. */
export async function openStoredBytes(
  path: string,
  stdin: NodeJS.ReadableStream,
): Promise<StoredBytes> {
  if (path === "-") {
    refuseDirectory(stdin);
    return new StreamBytes("-", stdin);
  }
  let handle: FileHandle;
  try {
    if ((await stat(path)).isFIFO()) return new StreamBytes(path, await openPipe(path));
    handle = await open(path, "r");
  } catch (error) {
    throw sourceError(path, error);
  }
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw upsurgeError("SOURCE_IS_DIRECTORY", { path });
    return new FileBytes(path, handle, stats.isFile() ? stats : null);
  } catch (error) {
    await handle.close();
    throw sourceError(path, error);
  }
}

/** Node takes a directory as standard input for a stream without a byte. */
function refuseDirectory(stdin: NodeJS.ReadableStream): void {
  if (!("fd" in stdin) || stdin.fd !== 0 || !fstatSync(0).isDirectory()) return;
  const fix =
    "name the files in it as sources; or load them into the tables of their names: upsurge run FOLDER --to URL";
  throw upsurgeError("SOURCE_IS_DIRECTORY", { path: sourceLabel("-") }, { fix });
}

// Elsewhere a pipe that nobody has opened for writing may look ended.
const OPEN_PIPE = process.platform === "linux" ? constants.O_NONBLOCK : 0;

/** A pipe, read like standard input: in a thread, a read that waits for its writer would keep the process from ending. */
async function openPipe(path: string): Promise<Socket> {
  // A handle closes its descriptor when nobody holds it any more; a socket owns its own.
  const fd = await promisify(openDescriptor)(path, constants.O_RDONLY | OPEN_PIPE);
  return new Socket({ fd, readable: true, writable: false });
}

class FileBytes implements StoredBytes {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly rereadable: boolean;
  bytesRead = 0;
  readonly #handle: FileHandle;
  readonly #writtenAt: number;
  #closing: Promise<void> | null = null;

  /** `stats`: of a regular file. */
  constructor(name: string, handle: FileHandle, stats: Stats | null) {
    this.name = name;
    this.sizeBytes = stats?.size ?? null;
    this.#writtenAt = stats?.mtimeMs ?? 0;
    this.rereadable = stats !== null;
    this.#handle = handle;
  }

  async changed(): Promise<string | null> {
    if (this.sizeBytes === null) return null;
    const { size, mtimeMs } = await this.#handle.stat();
    if (size !== this.sizeBytes) {
      return `it had ${plural(this.sizeBytes, "byte")} when it was opened and has ${formatCount(size)} now`;
    }
    return mtimeMs === this.#writtenAt ? null : "it was written to while it was read";
  }

  async *chunks(): AsyncGenerator<Buffer> {
    let next = this.#read();
    while (this.#closing === null) {
      const chunk = await next;
      if (chunk.length === 0) break;
      this.bytesRead += chunk.length;
      // A stream is read when it is asked for, a file while its bytes are at work.
      if (this.rereadable) next = this.#ahead();
      yield chunk;
      if (!this.rereadable) next = this.#read();
    }
    await this.#checkSize();
  }

  /** Whoever shortens a file while it is read leaves a cut record behind. */
  async #checkSize(): Promise<void> {
    if (this.sizeBytes === null || this.#closing !== null) return;
    const { size } = await this.#handle.stat();
    if (size >= this.sizeBytes) return;
    const reason = `it had ${plural(this.sizeBytes, "byte")} when it was opened and has ${formatCount(size)} now`;
    throw corrupt(this.name, `${reason}: it was cut while it was read`);
  }

  #ahead(): Promise<Buffer> {
    const next = this.#read();
    // Whoever asks for these bytes hears of a failure.
    next.catch(() => {});
    return next;
  }

  async #read(): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, READ_BYTES, null);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      if (this.#closing !== null) return buffer.subarray(0, 0);
      throw sourceError(this.name, error);
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    // A read of a FIFO ends when its writer says so: closing does not wait for it.
    if (this.rereadable) await this.#closing;
    else this.#closing.catch(() => {});
  }
}

class StreamBytes implements StoredBytes {
  readonly name: string;
  readonly sizeBytes = null;
  readonly rereadable = false;
  bytesRead = 0;
  readonly #stream: NodeJS.ReadableStream;
  #closed = false;
  /** Ends the wait at hand. */
  #wake: () => void = () => {};

  constructor(name: string, stream: NodeJS.ReadableStream) {
    this.name = name;
    this.#stream = stream;
  }

  changed(): Promise<null> {
    return Promise.resolve(null);
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const pieces = this.#stream[Symbol.asyncIterator]();
    try {
      while (!this.#closed) {
        const next = await this.#unlessClosed(pieces.next());
        if (next === null || next.done === true) return;
        const piece = next.value;
        const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
        this.bytesRead += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!this.#closed) throw sourceError(this.name, error);
    } finally {
      // Not awaited: of rows, one that never comes would hold it up.
      void Promise.resolve(pieces.return?.()).catch(() => {});
    }
  }

  /** What `work` comes to; `null` as soon as this is closed, since a stream that is destroyed may tell nobody. */
  #unlessClosed<T>(work: Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(null);
      // Whoever makes the bytes may have closed this while asked for them.
      if (this.#closed) resolve(null);
      work.then(resolve, reject);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    if ("destroy" in this.#stream && typeof this.#stream.destroy === "function") {
      this.#stream.destroy();
    }
  }
}
