/** How SQL Server quotes names and texts. */

/** `[name]`. */
export function quoteIdentifier(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}

/** `N'text'`. */
export function quoteLiteral(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}
