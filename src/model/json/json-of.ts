/** Texts that may be JSON, for guesses about what a source holds: no value that is loaded goes through here. */

/** The value that a text is the JSON of; `undefined` for a text that is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value is that of a JSON object. */
export function isJsonObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
