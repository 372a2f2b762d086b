/** The parts of a URL as people write them. */

/** Percent-decodes a part of a URL; a text that is no valid encoding is taken as it is. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `user:password` of a URL; the password may hold colons. */
export function loginIn(text: string): { readonly user: string; readonly password: string } {
  const [user = "", ...password] = text.split(":");
  return { user: percentDecode(user), password: percentDecode(password.join(":")) };
}

/** `name=value&name=value`. Throws `missing` for a name without a value. */
export function wordsOfQuery(
  query: string,
  missing: (name: string) => Error,
): (readonly [name: string, value: string])[] {
  const parts = query.split("&").filter((each) => each !== "");
  return parts.map((part) => {
    const equals = part.indexOf("=");
    if (equals < 0) throw missing(percentDecode(part));
    return [percentDecode(part.slice(0, equals)), percentDecode(part.slice(equals + 1))];
  });
}
