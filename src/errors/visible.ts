/**
 * Texts as a terminal may show them: what a source, a file name or a database has put into a message can move the cursor,
 * colour the screen or turn the direction of reading, and so hide what is said. Such characters are shown escaped, as JSON
 * spells them.
 */
import { UNSEEN, escaped } from "./unseen-characters.ts";

/** The text with its lines and tabs as they are, and every other control character escaped. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (found) =>
    found === "\n" || found === "\t" ? found : escaped(found),
  );
}

/** The text as one line, its line ends and tabs escaped as well. */
export function visibleLine(text: string): string {
  return text.replace(UNSEEN, escaped);
}
