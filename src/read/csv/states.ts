/**
 * The state machine of a CSV record as a table: state × kind of byte → next state and what to do.
 * Its rules are csv-parse's; the fuzz test holds both equal.
 */
import { KIND } from "./dialect.ts";

/** Where in a record the splitter is; the last two are between records. */
export const STATE = {
  fieldStart: 0,
  unquoted: 1,
  quoted: 2,
  escaped: 3,
  /** After a quote that closes, unless another quote follows. */
  closed: 4,
  closedBlank: 5,
  /** After a closing quote and a CR, which must be half an end of line. */
  closedCr: 6,
  recordStart: 14,
  passing: 15,
} as const;

/** The bits of a table entry that hold the next state. */
export const STATE_BITS = 15;

/** What a step does besides changing the state. */
export const ACTION = { field: 16, ends: 32, line: 64, quote: 128, malformed: 256 } as const;

const { fieldStart, unquoted, quoted, escaped, closed, closedBlank, closedCr } = STATE;
const ENDS = fieldStart | ACTION.ends;
const NEXT = fieldStart | ACTION.field;
const BAD = unquoted | ACTION.malformed;

/** The table, indexed by `state << 3 | kind`; `doubled`: a quote in quotes is written twice. */
export function transitions(doubled: boolean): Uint16Array {
  const inside = quoted | ACTION.line;
  const rows: readonly (readonly [number, readonly number[]])[] = [
    // ordinary, line end, delimiter, quote, escape, blank, CR
    [fieldStart, [unquoted, ENDS, NEXT, quoted | ACTION.quote, unquoted, fieldStart, unquoted]],
    [unquoted, [unquoted, ENDS, NEXT, BAD, unquoted, unquoted, unquoted]],
    [quoted, [quoted, inside, quoted, closed, escaped, quoted, quoted]],
    [escaped, [quoted, inside, quoted, quoted, quoted, quoted, quoted]],
    [closed, [BAD, ENDS, NEXT, doubled ? quoted : BAD, BAD, closedBlank, closedCr]],
    [closedBlank, [BAD, ENDS, NEXT, BAD, BAD, closedBlank, closedCr]],
    [closedCr, [BAD, ENDS, NEXT | ACTION.malformed, BAD, BAD, BAD, BAD]],
  ];
  const table = new Uint16Array(16 * 8);
  for (const [state, steps] of rows) {
    for (const kind of Object.values(KIND)) table[(state << 3) | kind] = steps[kind] ?? 0;
  }
  return table;
}
