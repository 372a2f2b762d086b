/** Quoting of names for SQL. Values are always bound, so nothing else needs it. */

/** `Order "x"` becomes `"Order ""x"""`. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
