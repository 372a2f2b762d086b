/** The characters of a text that are not seen as themselves on a screen, and how they are spelled. */

/** Control characters, those that change the direction of text, and those that are seen as nothing or as a line end. */
export const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\uFEFF]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Such a character as JSON spells it, and `$'…'` of a shell too. */
export function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return SHORT[character] ?? `\\u${code}`;
}
