/**
 * Walks the frames of a zstd stream without decoding it: where each ends, and its content checksum.
 * Decoders accept a stream that is cut short or stop after its first frame; with this nothing goes unseen.
 */
const MAGIC = 0xfd2fb528;
const BLOCK_TYPE_RLE = 1;
/** What `zstd` itself decodes by default; more would let a file claim any amount of memory. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

type FramePart = "magic" | "skip size" | "descriptor" | "header" | "block" | "body" | "checksum";

/** What `take` found. */
export interface FrameStep {
  /** How many bytes of the piece belong to this frame. */
  readonly used: number;
  readonly skippable: boolean;
  readonly ended: boolean;
}

/** The walk along one stream. Throws `ZSTD_FRAME` errors. */
export class ZstdFrames {
  #part: FramePart = "magic";
  #need = 4;
  #head: number[] = [];
  #skip = 0;
  #skippable = false;
  #lastBlock = false;
  #hasChecksum = false;
  #ended = false;
  /** Content checksum of the frame that ended last; `null` when it has none. */
  checksum: number | null = null;

  /** Goes on in the current frame, at most to its end. */
  take(piece: Buffer): FrameStep {
    let at = 0;
    this.#ended = false;
    while (at < piece.length && !this.#ended) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, piece.length - at);
        at += step;
        this.#skip -= step;
        if (this.#skip === 0) this.#afterBody();
      } else {
        this.#head.push(piece[at] ?? 0);
        at += 1;
        if (this.#head.length === this.#need) this.#read(Buffer.from(this.#head));
      }
    }
    return { used: at, skippable: this.#skippable, ended: this.#ended };
  }

  /** The stream has ended: it must be between two frames. */
  end(): void {
    if (this.#part !== "magic" || this.#head.length > 0) throw frameError("unexpected end of file");
  }

  #read(head: Buffer): void {
    switch (this.#part) {
      case "magic":
        return this.#magic(head.readUInt32LE(0));
      case "skip size":
        return this.#body(head.readUInt32LE(0));
      case "descriptor":
        return this.#descriptor(head[0] ?? 0);
      case "header":
        return this.#next("block", 3);
      case "block":
        return this.#block(head.readUIntLE(0, 3));
      case "checksum":
        this.checksum = head.readUInt32LE(0);
        return this.#frameEnd();
      case "body":
        throw frameError("bad state");
    }
  }

  #magic(magic: number): void {
    this.checksum = null;
    this.#skippable = (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
    if (this.#skippable) return this.#next("skip size", 4);
    if (magic !== MAGIC) throw frameError("something that is not zstd follows a frame");
    this.#next("descriptor", 2);
  }

  // The descriptor is read with the byte after it: the window's size, where there is one.
  #descriptor(flags: number): void {
    const single = (flags >> 5) & 1;
    const window = this.#head[1] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    if (single === 0 && base + (base / 8) * (window & 7) > MAX_WINDOW_BYTES) {
      throw frameError("it needs a window of more than 128 MiB");
    }
    if ((flags & 8) !== 0) throw frameError("reserved bit set");
    this.#hasChecksum = (flags & 4) !== 0;
    const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
    const size = [single, 2, 4, 8][flags >> 6] ?? 0;
    const more = dictionary + size - single;
    if (more > 0) this.#next("header", more);
    else this.#next("block", 3);
  }

  #block(header: number): void {
    this.#lastBlock = (header & 1) === 1;
    const type = (header >> 1) & 3;
    this.#body(type === BLOCK_TYPE_RLE ? 1 : header >> 3);
  }

  #body(size: number): void {
    this.#part = "body";
    this.#head = [];
    this.#skip = size;
    if (size === 0) this.#afterBody();
  }

  #afterBody(): void {
    if (this.#skippable) return this.#frameEnd();
    if (!this.#lastBlock) return this.#next("block", 3);
    if (this.#hasChecksum) return this.#next("checksum", 4);
    this.#frameEnd();
  }

  #frameEnd(): void {
    this.#ended = true;
    this.#next("magic", 4);
  }

  #next(part: FramePart, need: number): void {
    this.#part = part;
    this.#need = need;
    this.#head = [];
  }
}

/** An error of a zstd stream; its code marks it as damage. */
export function frameError(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: "ZSTD_FRAME" });
}
