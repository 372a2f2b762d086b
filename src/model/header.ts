/** What the first line of a CSV source is taken for: said by `upsurge plan` and `upsurge inspect`. */

/**
 * `names`: it names the fields. `passed-over`: it is a header, and `--columns` names the fields. `data`: it is the first
 * record. `none`: the source has no such line.
 */
export interface HeaderUse {
  readonly taken: "names" | "passed-over" | "data" | "none";
  /** The line, counted from 1 with those that are skipped. */
  readonly line: number;
  /** It repeats all the names of `--columns`. */
  readonly repeats: boolean;
}
