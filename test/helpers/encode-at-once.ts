/** Reading ahead without a thread: the records of a chunk are encoded, as a thread encodes them, when a target has asked for it. */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, vi } from "vitest";
import type {
  AheadEncoding,
  AheadReader,
  EncodedRecords,
  EncoderModule,
} from "../../src/model/encoded.ts";
import type { PackedFields } from "../../src/model/packed.ts";
import { Prefetch } from "../../src/read/ahead/prefetch.ts";
import * as copyEncoder from "../../src/targets/postgres/stage/copy-encoder.ts";
import * as pageEncoder from "../../src/targets/sqlite/stage/page-encoder.ts";

const MODULES: Readonly<Record<string, EncoderModule>> = {
  "copy-encoder.ts": copyEncoder,
  "page-encoder.ts": pageEncoder,
};

/** The fields with this share of their records encoded as soon as somebody who has asked for it looks; `done` is told. */
export function encodedAtOnce(
  fields: PackedFields,
  done: () => void = () => {},
  share = 1,
): PackedFields {
  const most = Math.round(fields.records * share);
  let by: AheadEncoding | null = null;
  let made: EncodedRecords | undefined;
  const encode: AheadReader["encode"] = (encoding) => void (by = encoding);
  const encoded = (): EncodedRecords | undefined => {
    if (by === null) return undefined;
    if (isDeepStrictEqual(made?.by, by)) return made;
    const found = MODULES[basename(by.module)]?.encoderOf(structuredClone(by.data))(fields, most);
    if (found === null || found === undefined) return undefined;
    done();
    made = { ...found, by, of: fields.offsets };
    return made;
  };
  return Object.defineProperty({ ...fields, ahead: { encode } }, "encoded", {
    get: encoded,
    enumerable: false,
  });
}

/** What a thread is spared differs from chunk to chunk. */
const SHARES = [1, 0.5, 0.75, 0];

/** Encodes chunks in all tests of a file, those for which `takes` holds; tells how many there were. */
export function encodeAtOnce(takes: (fields: PackedFields) => boolean = () => true): {
  readonly chunks: number;
} {
  const seen = { chunks: 0 };
  beforeAll(() => {
    vi.spyOn(Prefetch.prototype, "offer").mockImplementation((fields) => {
      if (!takes(fields)) return fields;
      const share = SHARES[seen.chunks % SHARES.length];
      return encodedAtOnce(fields, () => (seen.chunks += 1), share);
    });
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return seen;
}
