/**
 * The quotes of CSV that cannot be trusted: one that is not closed takes the records after it for its field. Where it
 * should have ended nobody can tell, so that this is a fault of the source and no reject.
 */
import { plural } from "../../errors/format.ts";
import type { StreamFailure } from "../text/record-stream.ts";

/** What a quote has taken. */
export interface OpenQuote {
  /** Where it opens. */
  readonly line: number;
  /** Lines and bytes from there on. */
  readonly lines: number;
  readonly bytes: number;
}

/** Whole lines within one quoted field, and text after its end: the next quote of the source was taken for its end. */
export const SWALLOWED_LINE_ENDS = 2;

type QuoteFailure = StreamFailure & Required<Pick<StreamFailure, "fix" | "fixOfJob">>;

/** A quote that is open where the source ends. */
export function unclosedQuote(taken: OpenQuote, escape: string | null): StreamFailure {
  const rest = taken.lines === 1 ? "the rest of it" : "all the rest of the source";
  return failure(taken, escape, `is not closed, and takes ${rest}: ${extent(taken)}`);
}

/** A quote in whose field a record has come to more lines than are allowed. */
export function endlessQuote(taken: OpenQuote, escape: string | null, most: number): StreamFailure {
  const found = failure(taken, escape, `is still open after ${extent(taken)} (--max-record-lines)`);
  const more = `or --max-record-lines N if a record of this source does have more than ${most} lines`;
  const { begun, unknown } = found.fixOfJob;
  return {
    ...found,
    fix: `${found.fix}; ${more}`,
    fixOfJob: { begun: `${begun}; ${more}`, unknown: `${unknown}; ${more}` },
  };
}

/** A quoted field over whole lines that text follows. */
export function misplacedQuote(taken: OpenQuote, escape: string | null): StreamFailure {
  const what = `has its end ${taken.lines - 1} lines later, and text follows there: it seems not to be closed`;
  return failure(taken, escape, what);
}

function failure({ line }: OpenQuote, escape: string | null, what: string): QuoteFailure {
  const close = `close the quote in line ${line}, or double it where it is data`;
  // With an escape character alone the flag is refused.
  const alone = escape === null ? "" : " without --escape";
  const without = (flags: string): string =>
    `${close}; or pass ${flags}${alone} if quotes mean nothing in this source`;
  return {
    code: "SOURCE_QUOTE",
    reason: `the quote that opens in line ${line} ${what}`,
    fix: without("--quote ''"),
    fixOfJob: { begun: without("--quote '' --reset-job"), unknown: close },
    line,
  };
}

function extent({ lines, bytes }: OpenQuote): string {
  return `${lines === 1 ? "1 line" : `${lines} lines`}, ${plural(bytes, "byte")}`;
}
