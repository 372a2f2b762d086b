/** `\\N`, which MySQL and COPY write for NULL, and which is two letters to CSV. */
import { LF, CR } from "./dialect.ts";
import type { ReadOptions } from "../source.ts";

const TOKEN = "\\N";

/** The line of the first field that is just these letters, in the bytes at the beginning of a source; `null`: there is none, or a flag says what they mean. */
export function lineOfSlashN(
  bytes: Buffer,
  delimiter: string,
  { nullTokens, nullIn }: Pick<ReadOptions, "nullTokens" | "nullIn">,
): number | null {
  if (nullTokens.includes(TOKEN) || nullIn?.some(({ token }) => token === TOKEN) === true)
    return null;
  const ends = [LF, CR, delimiter.charCodeAt(0), undefined];
  for (let at = bytes.indexOf(TOKEN); at >= 0; at = bytes.indexOf(TOKEN, at + 1)) {
    const isField = ends.includes(bytes[at - 1]) && ends.includes(bytes[at + TOKEN.length]);
    if (isField) return lineAt(bytes, at);
  }
  return null;
}

function lineAt(bytes: Buffer, end: number): number {
  let line = 1;
  for (let at = bytes.indexOf(LF); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) line += 1;
  return line;
}
