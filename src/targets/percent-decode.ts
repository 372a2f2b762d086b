/** Percent-decodes a part of a URL; a text that is no valid encoding is taken as it is. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
