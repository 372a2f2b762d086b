/** Where a CSV record and its fields are within bytes. */
import type { Span } from "../text/record-stream.ts";

/** A CSV record; offsets of fields count from its start. */
export interface CsvSpan extends Span {
  /** Where fields end, of at most `maxFields` fields. */
  readonly ends: readonly number[];
  readonly count: number;
  /** The fields that are quoted, by index; `null` when the record has no quote. */
  readonly quoted: readonly number[] | null;
}

/** A blank line as a record with one empty field; `end` is after its end of line. */
export function blankSpan(start: number, end: number, line: number): CsvSpan {
  return {
    start,
    contentEnd: start,
    end,
    firstLine: line,
    lastLine: line,
    fault: null,
    ends: [0],
    count: 1,
    quoted: null,
  };
}
