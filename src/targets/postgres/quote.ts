/** Quoting of names and texts for SQL. Names come from the catalog only. */

/** `Order "x"` becomes `"Order ""x"""`. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal, whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** An anonymous block between quotes that its text does not hold. */
export function doBlock(body: string): string {
  let tag = "$upsurge$";
  for (let n = 1; body.includes(tag); n += 1) tag = `$upsurge${n}$`;
  return `do ${tag}\n${body}\n${tag}`;
}
