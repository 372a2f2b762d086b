/** Bytes on their way into a file of a piece: as they are, or compressed. */
import * as zlib from "node:zlib";
import type { Transform } from "node:stream";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { SplitIndex } from "../../model/shards/split-report.ts";

/** How pieces are compressed. */
export type PieceCompression = SplitIndex["compress"];

/** The end of the name of a compressed file. */
export const ENDINGS: Readonly<Record<PieceCompression, string>> = {
  none: "",
  gzip: ".gz",
  zstd: ".zst",
};

/** Makes what is to be written of what is taken. */
export interface Compressor {
  take(bytes: Uint8Array): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
  close(): void;
}

/** Throws `OPTION_VALUE` where this Node has no zstd. */
export function refuseZstd(compress: PieceCompression): void {
  if (compress !== "zstd" || makeZstd() !== null) return;
  throw upsurgeError(
    "OPTION_VALUE",
    {
      flag: "--compress",
      value: "zstd",
      expected: `none or gzip under Node ${process.versions.node}`,
    },
    { where: "--compress", fix: "pass --compress gzip, or use Node 22.15 or later" },
  );
}

/** What compresses one file. */
export function compressorOf(compress: PieceCompression): Compressor {
  const stream = compress === "none" ? null : streamOf(compress);
  return stream === null ? PLAIN : new StreamCompressor(stream);
}

function streamOf(compress: Exclude<PieceCompression, "none">): Transform | null {
  return compress === "gzip" ? zlib.createGzip() : (makeZstd()?.() ?? null);
}

/** Older versions of Node have none. */
function makeZstd(): (() => Transform) | null {
  const make: unknown = Reflect.get(zlib, "createZstdCompress");
  return typeof make === "function" ? (make as () => Transform) : null;
}

const NOTHING = new Uint8Array();

const PLAIN: Compressor = {
  take: async (bytes) => bytes,
  end: async () => NOTHING,
  close: () => {},
};

class StreamCompressor implements Compressor {
  readonly #stream: Transform;
  #ready: Buffer[] = [];

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => this.#ready.push(chunk));
  }

  async take(bytes: Uint8Array): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    return this.#made();
  }

  async end(): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.once("end", resolve).once("error", reject).end();
    });
    return this.#made();
  }

  close(): void {
    this.#stream.destroy();
  }

  #made(): Uint8Array {
    const made = Buffer.concat(this.#ready);
    this.#ready = [];
    return made;
  }
}
