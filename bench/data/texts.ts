/** Texts for the rows: short ones, long ones with quotes and newlines, and ones beyond ASCII. */
import type { Random } from "./random.ts";

const WORDS =
  "anchor bolt cable drum engine flange gasket hinge ingot joint keel lever motor nozzle outlet piston".split(
    " ",
  );

const SCRIPTS = [
  "Größe",
  "crème",
  "żółty",
  "Москва",
  "ελληνικά",
  "日本語",
  "한국어",
  "ไทย",
  "🚢🌊",
  "e\u0301tude",
];

/** Six words; every eighth text has a comma, so that it is quoted. */
export function note(random: Random): string {
  const text = phrase(random, WORDS, 6);
  return random() % 8 === 0 ? text.replace(" ", ", ") : text;
}

/** Words of many scripts, with marks and characters of four bytes. */
export function unicodeNote(random: Random): string {
  return phrase(random, SCRIPTS, 5);
}

/** Between some hundred and some thousand bytes, with quotes, commas and newlines. */
export function longText(random: Random): string {
  const lines = Array.from({ length: 4 + (random() % 24) }, () => {
    const line = phrase(random, WORDS, 8);
    return random() % 3 === 0 ? `"${line}", they said` : line;
  });
  return lines.join("\n");
}

function phrase(random: Random, words: readonly string[], length: number): string {
  return Array.from({ length }, () => words[random() % words.length] ?? "").join(" ");
}
