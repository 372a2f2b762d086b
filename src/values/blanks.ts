/** Blanks at the ends of a text, found in one pass: a pattern that looks for those at the end begins again at each blank before. */

/** What databases pass over around a number or a date. */
export const BLANKS = "\t\n\v\f\r ";

/** The text without the characters of `blanks` at its ends. */
export function withoutOuter(text: string, blanks = BLANKS): string {
  let [from, to] = [0, text.length];
  while (from < to && blanks.includes(text.charAt(from))) from += 1;
  while (to > from && blanks.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}
