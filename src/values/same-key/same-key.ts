/**
 * What a value of a key has in common with all its other spellings: texts that may be one value to some type or collation of
 * a database are folded alike. It asks no database and may take different values for one; never the other way round. Pure.
 */
import { numberDigits } from "./digits.ts";
import { foldText } from "./fold-text.ts";
import { foldTime } from "./times.ts";
import type { TimeStyle } from "./times.ts";

/** A folded value. */
export interface FoldedValue {
  readonly key: string;
  /** How it is spelled, where it may be a date or a time: `compact` and `short` are numbers that may be dates, too. */
  readonly style: TimeStyle | "compact" | "short" | null;
}

const UUID = /^\{?[\dA-F](?:-?[\dA-F]){31}\}?$/;
const YES = /^(?:T|TR|TRU|TRUE|Y|YE|YES|ON)$/;
const NO = /^(?:F|FA|FAL|FALS|FALSE|N|NO|OF|OFF)$/;

/** Folds the text of a value. */
export function foldValue(text: string): FoldedValue {
  const folded = foldText(text);
  if (YES.test(folded)) return { key: "1", style: null };
  if (NO.test(folded)) return { key: "", style: null };
  if (folded.length >= 32 && UUID.test(folded)) return { key: uuidKey(folded), style: null };
  const time = foldTime(folded);
  if (time !== null) return time;
  const digits = numberDigits(folded);
  if (digits !== null) return { key: digits, style: numberStyle(folded) };
  return { key: textKey(folded), style: null };
}

/** A uuid of decimal digits alone may be a number. */
function uuidKey(folded: string): string {
  const digits = folded.replace(/[{}-]/g, "");
  return numberDigits(digits) ?? digits;
}

function numberStyle(folded: string): FoldedValue["style"] {
  return /^\d+$/.test(folded) ? digitsStyle(folded.length) : null;
}

/** How so many digits may be meant: `19990108` has those of `1999-01-08`; `990108`, `99008` and `19990108040506` may be dates. */
export function digitsStyle(length: number): FoldedValue["style"] {
  if (length === 8) return "compact";
  return (length >= 5 && length <= 7) || (length >= 10 && length <= 14) ? "short" : null;
}

/** Numbers within a text may be compared by value. */
function textKey(folded: string): string {
  if (/^[+-]?INF$/.test(folded)) return "INFINITY";
  return folded.replace(/^[+-](?=INFINITY$)/, "").replace(/(?<!\d)0+(?=\d)/g, "");
}
