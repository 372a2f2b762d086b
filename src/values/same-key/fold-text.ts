/**
 * A text without all that some collation of some database does not look at: case, accents, widths, ligatures, marks, blanks
 * at the ends and characters that are not seen. Texts that any of them calls equal are folded alike; others may be, too. Pure.
 */

/** A text of nothing but these is folded to its upper case. */
const PLAIN = /^[!-~]*$/;
const ASCII = /^[\0-\x7F]*$/;

/** Vowels that are written before their consonant, and sorted behind it. */
const REORDERED = /[\u0E00-\u0EFF\u1980-\u19DF\uAA80-\uAADF]/;

/** The folded text. */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toUpperCase();
  const folded = ASCII.test(text) ? text.toUpperCase() : foldLetters(text);
  return folded
    .replace(/\s+/g, " ")
    .replace(/\p{Cc}+/gu, "")
    .trim();
}

function foldLetters(text: string): string {
  // What a compatibility form holds may be in lower case, and the upper case of a letter may be decomposed again.
  // An iota below a vowel would become a letter.
  let folded = text.normalize("NFKD").replaceAll("\u0345", "");
  for (let round = 0; round < 2; round += 1) folded = folded.toUpperCase().normalize("NFKD");
  folded = folded.replace(/[^\0-\x7F]/gu, plainLetter);
  return REORDERED.test(folded) ? folded.split("").toSorted().join("") : folded;
}

/** What letters were folded to before. */
const KNOWN = new Map<string, string>();

function plainLetter(letter: string): string {
  let known = KNOWN.get(letter);
  if (known === undefined) {
    known = /\s/.test(letter) ? " " : alike(letter);
    KNOWN.set(letter, known);
  }
  return known;
}

const COLLATOR = new Intl.Collator("und", { sensitivity: "base" });

/** What letters are folded to, in the order of the collation, of equal ones the first. */
let ordered: readonly string[] | null = null;

/** The text that stands for all that equal a letter but for accents, case and form. */
function alike(letter: string): string {
  // A point in the middle of two L is a part of the first.
  if (letter === "\u00B7" || COLLATOR.compare(letter, "") === 0) return "";
  ordered ??= standIns();
  let [low, high] = [0, ordered.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const other = ordered[middle] ?? "";
    const order = COLLATOR.compare(letter, other);
    if (order === 0) return other;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return /^[\p{M}\p{C}]$/u.test(letter) ? "" : letter;
}

/** ASCII, alone and as pairs of letters or digits, and the alphabets whose letters have several forms. */
function standIns(): readonly string[] {
  const single = range(0x21, 0x7e).filter((sign) => sign === sign.toUpperCase());
  const pairs = [/[A-Z]/, /\d/].flatMap((kind) => {
    const few = single.filter((sign) => kind.test(sign));
    return few.flatMap((first) => few.map((second) => first + second));
  });
  // Greek to Arabic, and kana.
  const others = [...range(0x370, 0x7ff), ...range(0x3041, 0x30ff)];
  const letters = others.filter((sign) => /\p{L}/u.test(sign) && sign === sign.toUpperCase());
  const all = [...single, ...pairs, ...letters].toSorted((a, b) => COLLATOR.compare(a, b));
  return all.filter((each, at) => at === 0 || COLLATOR.compare(all[at - 1] ?? "", each) !== 0);
}

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => String.fromCharCode(first + at));
}
