/** Which piece a record goes to: by what its key has in common with all spellings of the same key, else by its number. */
import { sourceLabel } from "../../errors/source-label.ts";
import { formatCount } from "../../errors/format.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { KeyHash } from "../../values/same-key/key-hash.ts";
import { KeyStyles } from "../../values/same-key/key-styles.ts";
import type { MixedStyles } from "../../values/same-key/key-styles.ts";
import { digitsStyle, foldValue } from "../../values/same-key/same-key.ts";
import type { FoldedValue } from "../../values/same-key/same-key.ts";
import type { KeyValue, RawRecord } from "./raw-records.ts";

/** Shares records out among `count` pieces. */
export class PieceOf {
  readonly #key: readonly string[];
  readonly #count: number;
  readonly #styles: readonly KeyStyles[];
  readonly #hash = new KeyHash();
  /** Records of all sources so far. */
  #seen = 0;

  constructor(key: readonly string[], count: number) {
    this.#key = key;
    this.#count = count;
    this.#styles = key.map(() => new KeyStyles());
  }

  /** The number of the piece. Throws `SPLIT_SOURCE`. */
  of({ key, record }: RawRecord, source: string): number {
    this.#seen += 1;
    if (key === null) return record % this.#count;
    this.#hash.begin();
    for (const [at, value] of key.entries()) this.#take(at, value, source);
    return this.#hash.piece(this.#count);
  }

  #take(at: number, value: KeyValue, source: string): void {
    if (value === null) {
      this.#hash.take(null);
      return;
    }
    if (typeof value === "string") {
      const { key, style } = foldValue(value);
      this.#see(at, style, source);
      this.#hash.take(key);
      return;
    }
    this.#see(at, digitsStyle(value.length), source);
    let [from, to] = [0, value.length];
    while (from < to && value[from] === 48) from += 1;
    while (to > from && value[to - 1] === 48) to -= 1;
    this.#hash.takeDigits(value, from, to);
  }

  #see(at: number, style: FoldedValue["style"], source: string): void {
    if (style === null) return;
    const mixed = this.#styles[at]?.see(style, this.#seen) ?? null;
    if (mixed !== null) throw this.#refuse(this.#key[at] ?? "", mixed, source);
  }

  #refuse(field: string, { style, other, record }: MixedStyles, source: string): Error {
    const reason = `dates and times of the key ${field} are spelled in two ways, ${style} and ${other} (first in record ${formatCount(record)} of all): which of them are equal only the database knows`;
    const others = this.#key.filter((name) => name !== field);
    const leave =
      others.length === 0 ? "" : `split by a part of the key, --key ${others.join(",")}; or `;
    const suggestion = `${leave}spell them in one way; or load with --shard, which asks the database`;
    return upsurgeError("SPLIT_SOURCE", { path: sourceLabel(source), reason, suggestion });
  }
}
