/** How many cells of a terminal a text takes: East Asian characters and pictures take two, accents that combine none. */

/** Unicode's East Asian Width W and F, by blocks, and what is shown as a picture. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}/u;

/** What is drawn over the character before it, or not at all. */
const NARROWEST = /\p{Mn}|\p{Me}|[\u200b-\u200f]/u;

/** ASCII is counted without a look. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The cells of a text of one line. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

function widthOf(character: string): number {
  if (NARROWEST.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text with spaces behind it, up to so many cells. */
export function padToWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** As much of the beginning of the text as has room in so many cells. */
export function fitWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let fitted = "";
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    fitted += character;
  }
  return fitted;
}
