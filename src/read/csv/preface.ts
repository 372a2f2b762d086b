/** The bytes before the first record of a CSV source: kept for reject files, and no more of them than a record may have. */
import { plural } from "../../errors/format.ts";
import type { StreamFailure } from "../text/record-stream.ts";

/** What comes before the first record, and what becomes of it. */
export interface CsvPreface {
  readonly skipLines: number;
  /** The first record is a header, of at most that many bytes. */
  readonly header: boolean;
  readonly headerLimit: number;
}

/** Collects what is passed over before the first record. */
export class Preface {
  readonly bytes: Buffer[] = [];
  readonly #limit: number;
  #length = 0;
  #collecting: boolean;

  constructor({ header, skipLines }: CsvPreface, limit: number) {
    this.#collecting = header || skipLines > 0;
    this.#limit = limit;
  }

  /** The first record begins: what is passed over from now on is not kept. */
  end(): void {
    this.#collecting = false;
  }

  /** Keeps the bytes `from` to `to`; answers with what is wrong when they are too many. */
  take(bytes: Buffer, from: number, to: number): StreamFailure | null {
    if (!this.#collecting) return null;
    this.bytes.push(Buffer.from(bytes.subarray(from, to)));
    this.#length += to - from;
    if (this.#length <= this.#limit) return null;
    const reason = `more than ${plural(this.#limit, "byte")} come before it`;
    const fix = "check --comment and --skip-lines, or raise --max-record-bytes";
    return { code: "SOURCE_HEADER", reason, fix };
  }
}
