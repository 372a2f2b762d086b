/** How much there is to read of the sources that a load has before it, how much of that was read, and how many records. */
import { statSync } from "node:fs";
import { recordsIn } from "../model/record.ts";
import type { RecordChunk } from "../model/record.ts";

/** In stored bytes. */
export interface ReadingProgress {
  readonly bytes: number;
  /** `null` when one of the sources is a stream. */
  readonly totalBytes: number | null;
}

/** The sizes of some sources, read one after the other. */
export class SourceExtent {
  #paths: readonly string[] = [];
  #sizes: readonly (number | null)[] = [];
  #at = 0;
  readonly #records = new Map<string, number>();

  /** Records of each source that were read, by its path. */
  get recordsRead(): ReadonlyMap<string, number> {
    return this.#records;
  }

  /** The chunks of the source of this path, whose records are counted. */
  async *counted(path: string, chunks: AsyncIterable<RecordChunk>): AsyncGenerator<RecordChunk> {
    for await (const chunk of chunks) {
      const before = this.#records.get(path) ?? 0;
      this.#records.set(path, before + recordsIn(chunk) + chunk.rejects.length);
      yield chunk;
    }
  }

  /** These are to be read, in this order. */
  begin(paths: readonly string[]): void {
    this.#paths = paths;
    this.#sizes = paths.map(sizeOf);
    this.#at = 0;
  }

  /** The source of this path is next. */
  goTo(path: string): void {
    const next = this.#paths.indexOf(path, this.#at);
    if (next >= 0) this.#at = next;
  }

  /** `current`: bytes that were read of the source at hand. */
  progress(current: number): ReadingProgress {
    const known = this.#sizes.flatMap((size) => size ?? []);
    const before = known.length < this.#sizes.length ? [] : known.slice(0, this.#at);
    return {
      bytes: sum(before) + current,
      totalBytes: known.length === 0 || known.length < this.#sizes.length ? null : sum(known),
    };
  }
}

function sizeOf(path: string): number | null {
  if (path === "-") return null;
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
