/** How elements are written in the text of a PostgreSQL array. */

/** An element as the text of an array holds it. */
export function quoteElement(text: string): string {
  return `"${text.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}
