/** What a format is: how a source of it is recognised, what it is read from, and what reads it. */
import type { FormatReader, ReaderInput } from "./format-reader.ts";
import type { ReadOptions } from "./source.ts";

/** One format. */
export interface Format {
  readonly name: string;
  /** How names of its files end, without the dot, in lower case. */
  readonly extensions: readonly string[];
  /** `text`: the source is decoded as `--encoding` says, its byte order mark dropped. `bytes`: it is taken as it is. */
  readonly wants: "text" | "bytes";
  /** Whether a source that begins with these bytes, blanks left out, is of this format; absent: nothing shows it. */
  readonly begins?: (head: Buffer) => boolean;
  /**
   * The name of the format that a source is of, whose name tells this one: by its beginning, blanks left out, where that can
   * only be the other; `null` else, and absent: there is none.
   */
  readonly instead?: (head: Buffer) => string | null;
  /** Opens the reader, which is loaded only then. Throws `SOURCE_*` errors. */
  readonly open: (input: ReaderInput, options: ReadOptions) => Promise<FormatReader>;
}
