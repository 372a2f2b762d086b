/**
 * Encodes records for a binary COPY in the thread that finds their fields. A record with a field that is not canonical is left to
 * the writer.
 */
import type { AheadEncoder, AheadEncoding } from "../../../model/encoded.ts";
import { moduleBeside } from "../../../model/module-beside.ts";
import type { PackedFields } from "../../../model/packed.ts";
import type { Column } from "../../../model/table-shape.ts";
import { hasFields } from "../../encoded-ahead.ts";
import type { FieldUse } from "../../encoded-ahead.ts";
import { BinaryRecords } from "./binary-records.ts";
import { encodersOf } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
import { CopyBuffer } from "./copy-buffer.ts";

/** How the fields of a source become the values of rows. */
export interface CopyEncoding extends FieldUse {
  /** By column. */
  readonly types: readonly Pick<Column, "type">[];
  /** Room is left for the `ord` of each row. */
  readonly numbered: boolean;
}

/** The encoding by this module. */
export function copyEncoding(data: CopyEncoding): AheadEncoding {
  return { module: moduleBeside(import.meta.url, "copy-encoder").href, data };
}

/** What the thread calls with a `CopyEncoding`. */
export function encoderOf(data: unknown): AheadEncoder {
  const encoding = data as CopyEncoding;
  const encoders = encodersOf(encoding.types);
  const into = new CopyBuffer(0);
  return (fields) =>
    encoders !== null && hasFields(fields, encoding)
      ? encode(fields, encoding, { encoders, into })
      : null;
}

function encode(
  fields: PackedFields,
  { columns, numbered }: CopyEncoding,
  { encoders, into }: { readonly encoders: readonly Encoder[]; readonly into: CopyBuffer },
): ReturnType<AheadEncoder> {
  const { records } = fields;
  const rows = new BinaryRecords({ fields, from: 0, to: records, columns }, encoders);
  into.length = 0;
  const places = new Int32Array(records + 1);
  for (let record = 0; record < records; record += 1) {
    const { length: start } = into;
    if (!rows.write(into, record, numbered ? 0 : null)) into.length = start;
    places[record + 1] = into.length;
  }
  return { bytes: new Uint8Array(into.written), places };
}
