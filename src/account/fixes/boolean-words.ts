/** Words for yes and no that a database without such words does not take: the flag that makes 1 and 0 of them. */
import { shellQuoted } from "../../errors/shell-word.ts";

const PAIRS = [
  ["true", "false"],
  ["t", "f"],
  ["yes", "no"],
  ["y", "n"],
  ["on", "off"],
] as const;

/**
 * `--value` for a column that the field of its own name fills, in SQL of every database; what is neither word stays as it is, and
 * is judged as before. `null` where `value` is no such word.
 */
export function booleanFlag(value: string, column: string): string | null {
  const word = value.trim().toLowerCase();
  const pair = PAIRS.find((words) => words.some((each) => each === word));
  if (pair === undefined) return null;
  const [yes, no] = pair;
  const name = /^[a-z_]\w*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
  const text = `excluded.${name}`;
  const made = `case lower(${text}) when '${yes}' then '1' when '${no}' then '0' else ${text} end`;
  return `pass --value ${shellQuoted(`${name} = ${made}`)}, which makes 1 and 0 of ${yes} and ${no}`;
}
