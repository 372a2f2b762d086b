/** iconv-lite, loaded when it is first needed, which most sources never do: its tables are as large as half of the program. */
import { createRequire } from "node:module";
import type Iconv from "iconv-lite";

let loaded: typeof Iconv | null = null;

/** The package. */
export function iconv(): typeof Iconv {
  return (loaded ??= createRequire(import.meta.url)("iconv-lite") as typeof Iconv);
}
