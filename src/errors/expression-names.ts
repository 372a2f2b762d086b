/** Names in the SQL that fixes print for `--value`, `--set` and `--stamp`, so that it can be typed as it is. */

/** The name of a column: in quotes where it could be read otherwise, or not at all. */
export function nameInExpression(name: string): string {
  return /^[a-z_]\w*$/.test(name) ? name : quotedInExpression(name);
}

/** The same in quotes, which tell it from one that differs in case. */
export function quotedInExpression(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** How an expression of `--value` reads a field, on every database. */
export function excludedField(name: string): string {
  return `excluded.${nameInExpression(name)}`;
}
