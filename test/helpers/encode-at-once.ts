/** Reading ahead without a thread: the records of a chunk are encoded, as a thread encodes them, when a target has asked for it. */
import { afterAll, beforeAll, vi } from "vitest";
import type { AheadEncoding, EncodedRecords, EncoderModule } from "../../src/model/encoded.ts";
import type { PackedFields } from "../../src/model/packed.ts";
import { Prefetch } from "../../src/read/ahead/prefetch.ts";
import * as pageEncoder from "../../src/targets/sqlite/stage/page-encoder.ts";

/** Fields whose records are encoded when they are looked at. */
class EncodedAtOnce {
  readonly #fields: PackedFields;
  readonly #count: () => void;
  #encoding: AheadEncoding | null = null;

  constructor(fields: PackedFields, count: () => void) {
    this.#fields = fields;
    this.#count = count;
  }

  fields(): PackedFields {
    const encode = (encoding: AheadEncoding): void => void (this.#encoding ??= encoding);
    const encoded = (): EncodedRecords | undefined => this.#encoded();
    return Object.defineProperty({ ...this.#fields, ahead: { encode } }, "encoded", {
      get: encoded,
      enumerable: false,
    });
  }

  #encoded(): EncodedRecords | undefined {
    const by = this.#encoding;
    if (by === null) return undefined;
    const { encoderOf }: EncoderModule = pageEncoder;
    const bytes = encoderOf(structuredClone(by.data))(this.#fields);
    if (bytes === null) return undefined;
    this.#count();
    return { ...bytes, by, of: this.#fields.offsets };
  }
}

/** For all tests of a file; tells how many chunks were encoded. */
export function encodeAtOnce(): { readonly chunks: number } {
  const seen = { chunks: 0 };
  beforeAll(() => {
    vi.spyOn(Prefetch.prototype, "offer").mockImplementation((fields) =>
      new EncodedAtOnce(fields, () => (seen.chunks += 1)).fields(),
    );
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return seen;
}
