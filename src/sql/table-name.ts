/** Reads the name of a table that is to be created: as typed, in quotes, or behind its schema. */

/** A name in its parts; the schema is what comes before the first dot outside quotes. */
export interface NameParts {
  readonly schema: string | null;
  readonly name: string;
}

const PART = String.raw`(?:"((?:[^"]|"")+)"|\[((?:[^\]]|\]\])+)\]|([^."\[\]]+))`;
const NAME = new RegExp(`^${PART}(?:\\.${PART})?$`, "u");

/**
 * `people`, `sales.people`, `"a.b"`, `[a.b]`. What is not in quotes is taken as written. A text that is no such name is one
 * name as a whole.
 */
export function nameParts(text: string): NameParts {
  const match = NAME.exec(text);
  if (match === null) return { schema: null, name: text };
  const [first, second] = [partOf(match.slice(1, 4)), partOf(match.slice(4, 7))];
  return second === null ? { schema: null, name: first ?? text } : { schema: first, name: second };
}

function partOf([quoted, bracketed, bare]: readonly (string | undefined)[]): string | null {
  return quoted?.replaceAll('""', '"') ?? bracketed?.replaceAll("]]", "]") ?? bare ?? null;
}
