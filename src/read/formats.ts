/**
 * EVERY FORMAT THAT CAN BE READ, ONCE. A format is a folder with its reader, and a line here. The names are the choices of
 * `--format`; the order is that in which the beginning of a source is looked at.
 */
import { csv, tsv } from "./csv/format.ts";
import { json, ndjson } from "./json/format.ts";
import { formatByName } from "./detect-format.ts";
import type { Format } from "./format.ts";

/** The list. The last one takes what no other claims. */
export const FORMATS = [json, ndjson, tsv, csv] as const satisfies readonly Format[];

/** The name of a format. */
export type SourceFormat = (typeof FORMATS)[number]["name"];

/** The format that the name of a file tells; `null` when it tells none. */
export function formatOfName(path: string): SourceFormat | null {
  return formatByName(path, FORMATS)?.name ?? null;
}

/** The names as they are listed to people: the usual ones first. */
export const FORMAT_NAMES: readonly SourceFormat[] = FORMATS.map(({ name }) => name).toReversed();
