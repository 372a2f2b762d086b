/** How a connection of a config is called where a URL may be. */

/** The name behind the `@`; `null` for a URL or a path. */
export function nameIn(to: string | undefined): string | null {
  return /^@([a-z_][\w-]*)$/i.exec(to ?? "")?.[1] ?? null;
}
