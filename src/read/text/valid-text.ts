/**
 * Which records are text that every target could hold: valid UTF-8 without U+0000. Whole runs are asked about at
 * once, which costs next to nothing.
 */
import { isUtf8 } from "node:buffer";

/** Records by the places of their fields, two numbers a field, as in `PackedFields`. */
interface FieldOffsets {
  /** Where the first record begins. */
  readonly from: number;
  readonly places: Int32Array;
  /** Numbers of one record. */
  readonly width: number;
  readonly records: number;
}

/** How many records come before the first that is not sound. What comes after a record's last field must be ASCII. */
export function soundRecords(
  bytes: Buffer,
  { from, places, width, records }: FieldOffsets,
): number {
  const endOf = (record: number): number => {
    const end = places[(record + 1) * width - 1] ?? 0;
    return end < 0 ? ~end : end;
  };
  if (records === 0 || isSound(bytes.subarray(from, endOf(records - 1)))) return records;
  // The first `sound` records are sound, and one of those up to `unsound` is not.
  let [sound, unsound] = [0, records - 1];
  while (sound < unsound) {
    const middle = (sound + unsound) >>> 1;
    const start = sound === 0 ? from : endOf(sound - 1);
    if (isSound(bytes.subarray(start, endOf(middle)))) sound = middle + 1;
    else unsound = middle;
  }
  return sound;
}

function isSound(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}
