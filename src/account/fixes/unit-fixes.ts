/** Numbers with a sign of money or of percent at them, or in parentheses: the expression that takes it off, in SQL of every database. */
import { excludedField, nameInExpression } from "../../errors/expression-names.ts";
import { shellQuoted } from "../../errors/shell-word.ts";

/** A number as databases read it, or with commas between its thousands. */
const NUMBER = String.raw`[+-]?(?:\d+|\d{1,3}(?<comma>(?:,\d{3})+))(?:\.\d+)?`;

/** The sign stands before the number or behind it. */
const MONEY = new RegExp(
  `^(?:-?(?<before>[$€£¥₹]|[A-Z]{3}) ?${NUMBER}|${NUMBER.replace("comma", "commas")} ?(?<behind>[$€£¥₹]|[A-Z]{3}))$`,
  "u",
);
const PERCENT = new RegExp(`^${NUMBER} ?%$`);
/** As accountants write what is less than nothing. */
const NEGATIVE = new RegExp(`^\\(${NUMBER}\\)$`);

/** `--value` for a column that the field of its own name fills; other signs are refused as before. `null`: it is no such number. */
export function unitFlag(value: string, column: string): string | null {
  const text = value.trim();
  const [name, field] = [nameInExpression(column), excludedField(column)];
  const found = MONEY.exec(text) ?? PERCENT.exec(text) ?? NEGATIVE.exec(text);
  if (found === null) return null;
  const { before, behind, comma, commas } = found.groups ?? {};
  const sign = before ?? behind ?? (text.endsWith("%") ? "%" : null);
  const marks = [...(sign === null ? ["(", ")"] : [sign]), ...((comma ?? commas) ? [","] : [])];
  const made = marks.reduce(
    (sql, mark) => `replace(${sql}, '${mark}', '${mark === "(" ? "-" : ""}')`,
    text.includes(" ") ? `replace(${field}, ' ', '')` : field,
  );
  const does =
    sign === null
      ? "which makes a minus of the parentheses"
      : `which takes ${sign} off${sign === "%" ? ", where 5% means 5" : ", if all amounts are in one currency"}`;
  return `pass --value ${shellQuoted(`${name} = ${made}`)}, ${does}`;
}
