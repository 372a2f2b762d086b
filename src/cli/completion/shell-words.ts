/** Words of a command line as a shell has them, quotes and all: where they end, what they mean, and what may be added to them. Pure. */
import type { Environment } from "../../model/environment.ts";

/** The shells that words are completed for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** The raw words of a line; the last is the one at its end, and may be empty. */
export function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  const word = /(?:[^\s\\'"]|\\[^]|\\$|'[^']*(?:'|$)|"(?:[^"\\]|\\[^])*(?:"|\\?$))+/y;
  let at = 0;
  while (at < line.length) {
    const blank = /\s/.exec(line.charAt(at));
    if (blank !== null) {
      at += 1;
      continue;
    }
    word.lastIndex = at;
    const [found = line.slice(at)] = word.exec(line) ?? [];
    words.push(found);
    at += found.length;
  }
  const isOpen = words.length > 0 && line.endsWith(words.at(-1) ?? "");
  return isOpen ? words : [...words, ""];
}

const VARIABLE = /\$(?:\{(\w+)\}|(?:env:)?([A-Za-z_]\w*))/g;

/** What a raw word means: without quotes, with variables that are set. */
export function meaningOf(raw: string, shell: Shell, environment: Environment): string {
  const expanded = (text: string): string =>
    text.replace(VARIABLE, (whole, braced?: string, plain?: string) => {
      return environment[braced ?? plain ?? ""] ?? whole;
    });
  const escape = shell === "powershell" ? "`" : "\\";
  let out = "";
  for (const { 0: piece } of raw.matchAll(pieces(shell))) {
    if (piece.startsWith("'")) out += piece.slice(1).replace(/'$/, "").replaceAll("''", "'");
    else if (piece.startsWith('"')) {
      const inside = piece.slice(1).replace(/"$/, "");
      out += expanded(inside).replaceAll(shell === "powershell" ? /`(.)/g : /\\(["\\$`])/g, "$1");
    } else if (piece.startsWith(escape)) out += piece.slice(1);
    else out += expanded(piece);
  }
  return out;
}

function pieces(shell: Shell): RegExp {
  return shell === "powershell"
    ? /'(?:[^']|'')*'?|"(?:[^"`]|`[^])*"?|`[^]|[^'"`]+/g
    : /'[^']*'?|"(?:[^"\\]|\\[^])*"?|\\[^]?|[^'"\\]+/g;
}

/** The quote that is open at the end of a raw word; empty: none is. */
export function openQuote(raw: string): "" | "'" | '"' {
  let open: "" | "'" | '"' = "";
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    if (char === "\\" && open !== "'") at += 1;
    else if (open === "" && (char === "'" || char === '"')) open = char;
    else if (char === open) open = "";
  }
  return open;
}

/** A text as it is added to a raw word of bash, within the quote that is open there. */
export function added(text: string, open: ReturnType<typeof openQuote>): string {
  if (open === "'") return text.replaceAll("'", "'\\''");
  if (open === '"') return text.replaceAll(/["\\$`]/g, "\\$&");
  return text.replaceAll(/[^\w@%+=:,./\u0080-\u{10FFFF}-]/gu, "\\$&");
}

/** A word of PowerShell, in quotes where it would read anything in it. */
export function powershellWord(text: string): string {
  return /^[\w.:/\\=-]+$/.test(text) && !/^-.*[.:]/.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`;
}
