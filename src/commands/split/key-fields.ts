/** The fields of a key as each source calls them, and whether they are there at all. */
import { nearest } from "../../errors/edit-distance.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { fieldLabel, shownName } from "../../model/header.ts";
import type { HeaderField } from "../../model/header.ts";
import type { RecordChunk } from "../../model/record.ts";
import type { Source } from "../../sources/source-set.ts";

/** Fields that messages name. */
const NAMED = 8;

/** The fields of the key of a split. */
export class KeyFields {
  readonly #key: readonly string[];
  /** Those that no record had so far. */
  readonly #unseen: Set<string>;

  constructor(key: readonly string[]) {
    this.#key = key;
    this.#unseen = new Set(key);
  }

  /** Their names in a source, as a load finds them: of this spelling, or of another case. Throws `SPLIT_KEY`. */
  of({ name, fields, headerFields }: Source): readonly string[] {
    if (fields === null) return this.#key;
    return this.#key.map((asked) => {
      const same = fields.filter((field) => field.toLowerCase() === asked.toLowerCase());
      const [only, ...others] = same.includes(asked) ? [asked] : same;
      const named = (headerFields ?? []).filter((field) => field.name === asked);
      if (only === undefined && named.length > 1) throw repeated(asked, name, named);
      if (only === undefined || others.length > 0)
        throw missing(asked, name, (headerFields ?? []).map(fieldLabel), fields);
      this.#unseen.delete(asked);
      return only;
    });
  }

  /** Notes which of them the records of a chunk have. */
  see(chunk: RecordChunk, key: readonly string[]): void {
    if (this.#unseen.size === 0) return;
    const { packed } = chunk;
    const shapes = packed === null ? chunk.records.map(({ shape }) => shape) : [packed.shape];
    for (const { fields } of new Set(shapes)) {
      for (const name of key) if (fields.includes(name)) this.#unseen.delete(name);
    }
  }

  /** Throws `SPLIT_KEY` where there were records, and none of any source had a field. */
  refuseUnseen(records: number, paths: readonly string[]): void {
    const [name] = this.#unseen;
    if (name !== undefined && records > 0) throw missing(name, paths[0] ?? "", null);
  }
}

/** A name that several fields of the header have. */
function repeated(field: string, path: string, named: readonly HeaderField[]): Error {
  const places = named.map(({ number }) => number);
  const reason = `fields ${places.join(" and ")} of its header are both called ${shownName(field)}, so that a key cannot name one of them`;
  const suggestion =
    "correct the header, or name all fields with --columns, each once, and pass over the header with --header";
  return upsurgeError(
    "SPLIT_KEY",
    { field, path: sourceLabel(path), fields: "", suggestion },
    { why: reason, where: "--key" },
  );
}

/** `labels`: the fields as people are told of them. */
function missing(
  field: string,
  path: string,
  labels: readonly string[] | null,
  fields: readonly string[] = [],
): Error {
  const shown = (labels ?? []).slice(0, NAMED).join(", ");
  const more = (labels?.length ?? 0) - NAMED;
  const near = nearest(field, fields);
  const known = labels === null ? "other ones" : `${shown}${more > 0 ? ` and ${more} more` : ""}`;
  const suggestion =
    near === null
      ? "name fields that are there; a column that --map fills is called as its field is"
      : `did you mean --key ${shellWord(near)}?`;
  const details = { field, path: sourceLabel(path), fields: known, suggestion };
  return upsurgeError("SPLIT_KEY", details, { where: "--key" });
}
