/** The options of a load as a reader takes them. */
import type { ReadOptions } from "../read/source.ts";
import type { Options } from "./options.ts";

/** Turns the source group of `options` into what `openSource` takes. */
export function readOptions(options: Options): ReadOptions {
  const { format, header, columns, skipLines, limit, encoding, empty, trim } = options;
  const { missingFields, extraFields, maxRecordBytes } = options;
  return {
    format,
    header,
    columns,
    skipLines,
    limit,
    encoding,
    empty,
    trim,
    missingFields,
    extraFields,
    maxRecordBytes,
    delimiter: character(options.delimiter),
    quote: options.quote === "" ? null : character(options.quote),
    escape: character(options.escape),
    comment: options.comment,
    nullTokens: options.null ?? [],
    keepEmpty: options.keepEmpty ?? [],
  };
}

function character<T extends string | null>(text: T): T | string {
  return text === "\\t" ? "\t" : text;
}
