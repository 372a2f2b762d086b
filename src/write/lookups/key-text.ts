/**
 * Keys of look-ups as one text: that of a key of one text is the text itself. A column that takes any type tells the number 5
 * from the text "5", and so do their keys. Pure.
 */
import type { KeyNumbers, KeyTexts } from "../../model/sql/lookup-sql.ts";

/** Before all other keys of one text that could be read as something else. */
const MARK = "\0";

/** The key of these texts. */
export function keyOfTexts(texts: KeyTexts, numbers?: KeyNumbers): string {
  const [only] = texts;
  if (numbers?.includes(true) === true) return MARK + JSON.stringify([texts, numbers]);
  if (texts.length !== 1 || only === undefined) return JSON.stringify(texts);
  return only.startsWith(MARK) ? MARK + JSON.stringify([texts, null]) : only;
}

/** The texts of a key of so many columns. */
export function textsOfKey(key: string, columns: number): KeyTexts {
  if (key.startsWith(MARK)) return parsed(key)[0];
  return columns === 1 ? [key] : (JSON.parse(key) as string[]);
}

/** Which of the texts of a key are numbers. */
export function numbersOfKey(key: string): KeyNumbers {
  return key.startsWith(MARK) ? parsed(key)[1] : null;
}

function parsed(key: string): readonly [KeyTexts, KeyNumbers] {
  return JSON.parse(key.slice(MARK.length)) as [string[], boolean[] | null];
}
