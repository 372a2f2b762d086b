/** The characters of a text that are not seen as themselves on a screen, and how they are spelled. */

/** Control characters, those that change the direction of text, and those that are seen as nothing or as a line end. */
export const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\uFEFF]/gu;

/** Those, and the blanks and marks that words of a command line would lose on their way through a terminal. */
export const UNSEEN_IN_WORDS =
  /[\p{Cc}\p{Bidi_Control}\u2028\u2029\uFEFF\u00A0\u00AD\u200B-\u200F\u202F\u2060]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Such a character as JSON spells it, and `$'…'` of a shell too. */
export function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return SHORT[character] ?? `\\u${code}`;
}
