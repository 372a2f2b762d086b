/** How the text of a PostgreSQL array is written. */

/** An element as the text of an array holds it. */
export function quoteElement(text: string): string {
  return `"${text.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}

/** The text of an array of texts. */
export function textArray(texts: readonly (string | null)[]): string {
  return `{${texts.map((text) => (text === null ? "NULL" : quoteElement(text))).join(",")}}`;
}
