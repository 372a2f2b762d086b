/**
 * `\\N`, which MySQL and COPY write for NULL, and which is two letters to CSV: looked for in the bytes of records as they are
 * found, until it is met.
 */
import { LF, CR } from "./dialect.ts";
import { linesIn } from "./line-ends.ts";
import type { ReadOptions } from "../source.ts";

const TOKEN = "\\N";
const LETTERS = Buffer.from(TOKEN);

/** Looks for the first field of a source that is just these letters, unless a flag says what they mean. */
export class SlashN {
  readonly #ends: readonly (number | undefined)[];
  #looks: boolean;
  /** The line of that field; `null` until there is one. */
  line: number | null = null;

  constructor(
    delimiter: string,
    { nullTokens, nullIn }: Pick<ReadOptions, "nullTokens" | "nullIn">,
  ) {
    this.#ends = [LF, CR, delimiter.charCodeAt(0), undefined];
    this.#looks =
      !nullTokens.includes(TOKEN) && nullIn?.some(({ token }) => token === TOKEN) !== true;
  }

  /** Looks at the bytes of whole records, the first of which begins in `line`. */
  look(records: Buffer, line: number): void {
    if (!this.#looks) return;
    for (let at = records.indexOf(LETTERS); at >= 0; at = records.indexOf(LETTERS, at + 1)) {
      if (!this.#ends.includes(records[at - 1])) continue;
      if (!this.#ends.includes(records[at + LETTERS.length])) continue;
      this.line = line + linesIn(records, 0, at);
      this.#looks = false;
      return;
    }
  }
}
