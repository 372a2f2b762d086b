/** A table that is created of one JSON record, which has an array of objects in it: those may be the records that were meant. */
import { formatCount } from "../../errors/format.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { refixed, UpsurgeError } from "../../errors/upsurge-error.ts";
import { jsonOf } from "../../model/json/json-of.ts";
import { pointerOf } from "../../model/json/json-pointer.ts";
import { recordsIn } from "../../model/record.ts";
import type { RecordChunk } from "../../model/record.ts";
import type { Options } from "../../options/options.ts";
import type { SourceSet } from "../../sources/source-set.ts";
import { arraysIn } from "./inner-records.ts";
import type { InnerArray } from "./inner-records.ts";

/** Fewer may be what belongs to a record. */
const LEAST = 2;
/** A larger one is not looked at. */
const MOST_BYTES = 64 * 1024 * 1024;

type SaidOptions = Pick<Options, "records" | "nest" | "format">;

/** Where something says that the source has a record a line, another format has to be said. */
function flagFor({ way }: InnerArray, path: string, { format }: SaidOptions): string {
  const isOfLines = format === "ndjson" || (format === null && /\.(?:ndjson|jsonl)\b/i.test(path));
  return `${isOfLines ? "--format json " : ""}--records ${shellWord(pointerOf(way))}`;
}

/** Follows the records of a survey, for as long as there is one. */
export class OneDocument {
  #records = 0;
  #raw: Uint8Array | null = null;

  /** Takes the next records. */
  see(chunk: RecordChunk): void {
    const count = recordsIn(chunk);
    if (count === 0) return;
    this.#records += count;
    const [record] = this.#records === 1 ? chunk.records : [];
    // Of a CSV there are no kinds.
    this.#raw = record === undefined || record.kinds === null ? null : record.raw;
  }

  /** What a user should know of it; none where it is no such record, or a flag says where the records are. */
  warnings(sources: SourceSet, options: SaidOptions): string[] {
    const [found] = this.#arrays(sources, options).filter(({ length }) => length >= LEAST);
    const [path = ""] = sources.paths;
    if (found === undefined) return [];
    return [
      `${sourceLabel(path)} is one record, and has ${formatCount(found.length)} objects in an array of it; if those are the records, ${flagFor(found, path, options)} reads them`,
    ];
  }

  /** The error of a key that the table would not have, with the flag that reads an array whose elements have it. */
  withKey(error: unknown, sources: SourceSet, options: SaidOptions): unknown {
    const isOfKey =
      error instanceof UpsurgeError &&
      error.code === "PLAN_UNKNOWN_COLUMN" &&
      error.where === "--key";
    if (!isOfKey) return error;
    const key = String(error.details["column"]);
    const found = this.#arrays(sources, options).find(({ element }) =>
      Object.keys(element).includes(key),
    );
    if (found === undefined) return error;
    const flag = flagFor(found, sources.paths[0] ?? "", options);
    return refixed(
      error,
      `pass ${flag}, whose elements have ${key} and seem to be the records; or ${error.fix}`,
    );
  }

  #arrays({ paths }: SourceSet, { records, nest }: SaidOptions): readonly InnerArray[] {
    if (records !== null || nest !== null || paths.length !== 1) return [];
    if (this.#raw === null || this.#raw.length > MOST_BYTES) return [];
    return [...arraysIn(jsonOf(Buffer.from(this.#raw).toString().trim()), [])];
  }
}
