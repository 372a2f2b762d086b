/** Words for yes and no that a database without such words does not take: the flag that makes 1 and 0 of them. */
import { excludedField, nameInExpression } from "../../errors/expression-names.ts";
import { shellQuoted } from "../../errors/shell-word.ts";

const PAIRS = [
  ["true", "false"],
  ["t", "f"],
  ["yes", "no"],
  ["y", "n"],
  ["on", "off"],
  ["ja", "nein"],
  ["wahr", "falsch"],
  ["oui", "non"],
  ["vrai", "faux"],
  ["si", "no"],
  ["sí", "no"],
  ["sì", "no"],
  ["sim", "não"],
  ["ja", "nee"],
  ["да", "нет"],
  ["enabled", "disabled"],
  ["active", "inactive"],
  ["checked", "unchecked"],
  // As Access and Visual Basic write them.
  ["-1", "0"],
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
  const name = nameInExpression(column);
  const text = excludedField(column);
  const whens = [whensOf(yes, "1"), whensOf(no, "0")].join(" ");
  const made = `case lower(${text}) ${whens} else ${text} end`;
  return `pass --value ${shellQuoted(`${name} = ${made}`)}, which makes 1 and 0 of ${yes} and ${no}`;
}

/** Not every database, nor every locale of one, knows the small letters of more than ASCII. */
function whensOf(word: string, made: string): string {
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  const spelled = [word, capital, word.toUpperCase()].map(lowered);
  return [...new Set(spelled)].map((each) => `when '${each}' then '${made}'`).join(" ");
}

function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
