/** What a source is called in messages. */

/** Its path, or what a path of `-` stands for. */
export function sourceLabel(path: string): string {
  return path === "-" ? "standard input" : path;
}
