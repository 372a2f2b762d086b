/**
 * The bytes of a source as they are stored: a file, a FIFO or standard input, read when asked for.
 * Decompression and everything after it is left to others.
 */
import { formatCount, plural } from "../../errors/format.ts";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { corrupt, sourceError } from "./source-error.ts";

const READ_BYTES = 256 * 1024;

/** An open file or stream; `chunks` can be read once. */
export interface StoredBytes {
  readonly name: string;
  /** `null` for anything but a regular file. */
  readonly sizeBytes: number | null;
  readonly rereadable: boolean;
  /** Bytes handed out so far. */
  readonly bytesRead: number;
  chunks(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Opens `path`, or takes `stdin` when it is `-`. */
export async function openStoredBytes(
  path: string,
  stdin: NodeJS.ReadableStream,
): Promise<StoredBytes> {
  if (path === "-") return new StreamBytes(stdin);
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (error) {
    throw sourceError(path, error);
  }
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw upsurgeError("SOURCE_IS_DIRECTORY", { path });
    return new FileBytes(path, handle, stats.isFile() ? stats.size : null);
  } catch (error) {
    await handle.close();
    throw sourceError(path, error);
  }
}

class FileBytes implements StoredBytes {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly rereadable: boolean;
  bytesRead = 0;
  readonly #handle: FileHandle;
  #closing: Promise<void> | null = null;

  constructor(name: string, handle: FileHandle, size: number | null) {
    this.name = name;
    this.sizeBytes = size;
    this.rereadable = size !== null;
    this.#handle = handle;
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
  readonly name = "-";
  readonly sizeBytes = null;
  readonly rereadable = false;
  bytesRead = 0;
  readonly #stream: NodeJS.ReadableStream;
  #closed = false;

  constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const piece of this.#stream) {
        if (this.#closed) return;
        const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
        this.bytesRead += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!this.#closed) throw sourceError(this.name, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if ("destroy" in this.#stream && typeof this.#stream.destroy === "function") {
      this.#stream.destroy();
    }
  }
}
