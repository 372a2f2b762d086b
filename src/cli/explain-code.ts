/** `upsurge help CODE`: what an error's or a reject's code says, before it is filled in. */
import { ERROR_CODES } from "../errors/codes.ts";
import type { ErrorTexts } from "../errors/codes.ts";
import { ROW_CODES } from "../errors/row-codes.ts";

const EXITS: Readonly<Record<ErrorTexts["exit"], string>> = {
  1: "1: a bug, to be reported",
  2: "2: nothing was loaded; run it again after the fix",
  4: "4: the load stopped, as its last commit left it; run it again after the fix",
  6: "6: a file cannot be read or written; run it again after the fix",
  75: "75: the database was away or busy; run the same command again",
};

/** The texts of a code; `null` when there is none of that name. */
export function explainCode(code: string): string | null {
  const errors: Readonly<Record<string, ErrorTexts>> = ERROR_CODES;
  const rows: Readonly<Record<string, { readonly title: string; readonly fix: string }>> =
    ROW_CODES;
  const error = Object.hasOwn(errors, code) ? errors[code] : undefined;
  if (error !== undefined) {
    const { title, cause, fix, exit } = error;
    const lines = [`error: ${title}`, `cause: ${cause}`, `fix:   ${fix}`, `exit:  ${EXITS[exit]}`];
    return `${code}\n${lines.map(spelled).join("\n")}\n`;
  }
  const row = Object.hasOwn(rows, code) ? rows[code] : undefined;
  if (row === undefined) return null;
  return `${code}: a record that is rejected\ncause: ${row.title}\nfix:   ${row.fix}\n`;
}

/** `{path}` as `PATH`; what only the moment can tell is left to it. */
function spelled(text: string): string {
  return text
    .replace(/\{(?:reason|suggestion|message|risk)\}/g, "(depends on the case; the error says it)")
    .replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
}
