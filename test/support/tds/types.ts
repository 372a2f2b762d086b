/** Reads the types that the driver sends with parameters and bulk rows, and their values, as text. */
import iconv from "iconv-lite";
import { TdsError } from "./backend.ts";
import type { ByteReader } from "./bytes.ts";

/** Reads one value of a type; NULL as null. */
export type ValueReader = (reader: ByteReader) => string | null;

const NULL_TYPE = 0x1f;
const INT_N = 0x26;
const BIT_N = 0x68;
const VARCHAR = 0xa7;
const CHAR = 0xaf;
const NVARCHAR = 0xe7;
const NCHAR = 0xef;

const MAX_LENGTH = 0xffff;
const PLP_NULL = 0xffff_ffff_ffff_ffffn;

const decodeNarrow = (bytes: Buffer): string => iconv.decode(bytes, "win1252");
const decodeWide = (bytes: Buffer): string => bytes.toString("utf16le");

/** Reads the description of a type; answers with what reads its values. */
export function readType(reader: ByteReader): ValueReader {
  const type = reader.u8();
  switch (type) {
    case NULL_TYPE:
      return () => null;
    case INT_N:
    case BIT_N:
      reader.skip(1);
      return readInteger;
    case VARCHAR:
    case CHAR:
      return textType(reader, decodeNarrow);
    case NVARCHAR:
    case NCHAR:
      return textType(reader, decodeWide);
    default:
      throw new TdsError(8009, `Unknown data type 0x${type.toString(16)}.`, 16);
  }
}

function textType(reader: ByteReader, decode: (bytes: Buffer) => string): ValueReader {
  const maximum = reader.u16();
  const collationLength = 5;
  reader.skip(collationLength);
  return (values) => {
    const bytes = maximum === MAX_LENGTH ? readParts(values) : readCounted(values);
    return bytes === null ? null : decode(bytes);
  };
}

function readInteger(reader: ByteReader): string | null {
  const length = reader.u8();
  if (length === 0) return null;
  const bytes = reader.bytes(length);
  if (length === 8) return bytes.readBigInt64LE().toString();
  // tinyint and bit, the types of one byte, have no sign.
  return (length === 1 ? bytes.readUInt8() : bytes.readIntLE(0, length)).toString();
}

function readCounted(reader: ByteReader): Buffer | null {
  const length = reader.u16();
  return length === MAX_LENGTH ? null : reader.bytes(length);
}

/** A value of a `(max)` type comes in parts; the total before them may be unknown, so it is not used. */
function readParts(reader: ByteReader): Buffer | null {
  if (reader.u64() === PLP_NULL) return null;
  const parts: Buffer[] = [];
  for (let length = reader.u32(); length > 0; length = reader.u32()) {
    parts.push(reader.bytes(length));
  }
  return Buffer.concat(parts);
}
