/** How many statements a server has run for a load: its own log tells. */

/** The statements that a server's log tells of, as many as there are now, where it was told to log them. */
export function loggedStatements(log: readonly string[]): number {
  return [...log.join("").matchAll(/LOG: {2}(?:statement|execute [^:]*):/g)].length;
}
