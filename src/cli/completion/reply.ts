/** Candidates as the script of a shell takes them: a line that says what else is to be done, then a word a line. Pure. */
import { UNSEEN } from "../../errors/unseen-characters.ts";
import { visible } from "../../errors/visible.ts";
import type { Candidates } from "./candidates.ts";
import { added, openQuote, powershellWord } from "./shell-words.ts";
import type { Shell } from "./shell-words.ts";

/** The word at the cursor, in the ways in which it is seen. */
export interface CursorWord {
  /** As it is typed, quotes and all. */
  readonly raw: string;
  /** What it means. */
  readonly text: string;
  /** The end of it that bash replaces: what is behind the last of its break characters. */
  readonly piece: string;
}

/** The reply. */
export function replyTo(shell: Shell, { words, hasFiles }: Candidates, cursor: CursorWord): string {
  const shown = words.filter(({ word }) => canBeShown(shell, word, cursor));
  const isOpen = shown.some(({ word }) => /[=:]$/.test(word));
  const first = [...(hasFiles ? ["files"] : []), ...(isOpen ? ["nospace"] : [])].join(" ");
  const lines = shown.map(({ word, about }) => {
    const spelled = spelledFor(shell, word, cursor);
    return shell === "bash" || about === ""
      ? spelled
      : `${spelled}\t${visible(about).replaceAll("\n", " ")}`;
  });
  return [`:${first}`, ...lines, ""].join("\n");
}

/** A terminal would act on control characters; between double quotes, bash reads a ! whatever stands before it. */
function canBeShown(shell: Shell, word: string, { raw }: CursorWord): boolean {
  if (word.search(UNSEEN) >= 0 || /[\n\t]/.test(word)) return false;
  return !(shell === "bash" && openQuote(raw) === '"' && word.includes("!"));
}

function spelledFor(shell: Shell, word: string, { raw, text, piece }: CursorWord): string {
  if (shell === "powershell") return powershellWord(word);
  if (shell !== "bash") return word;
  // What is typed stays as it is, and the rest is added to it.
  const whole = `${raw}${added(word.slice(text.length), openQuote(raw))}`;
  return raw.endsWith(piece) ? whole.slice(raw.length - piece.length) : whole;
}
