/** Reads a section of pg_service.conf: the user's, else the system's. */
import type { Environment } from "../../../model/environment.ts";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { badText } from "./connection-text.ts";
import type { KeywordPairs } from "./connection-text.ts";
import { usualServiceFile } from "./user-files.ts";

/** The words of the section `name`. Throws `TARGET_URL` when no file has it. */
export function readService(name: string, environment: Environment): KeywordPairs {
  const { PGSERVICEFILE, PGSYSCONFDIR } = environment;
  const places = [
    PGSERVICEFILE || usualServiceFile(environment),
    ...(PGSYSCONFDIR ? [join(PGSYSCONFDIR, "pg_service.conf")] : []),
  ];
  for (const path of places) {
    const words = readSection(path, name);
    if (words !== null) return words;
  }
  throw badText(
    `${places.join(" and ")} ${places.length > 1 ? "have" : "has"} no service [${name}]`,
    `write a section [${name}] there, or name the file of another place in PGSERVICEFILE`,
  );
}

/** `null`: there is no such section, or no such file. */
function readSection(path: string, name: string): KeywordPairs | null {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/) : [];
  const start = lines.findIndex((line) => line.trim() === `[${name}]`);
  if (start < 0) return null;
  const words: [string, string][] = [];
  for (const [index, line] of [...lines.entries()].slice(start + 1)) {
    const text = line.trim();
    if (text.startsWith("[")) break;
    if (text === "" || text.startsWith("#")) continue;
    const [, word, value] = /^(\w+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (word === undefined || value === undefined || word === "service") {
      const what = word === "service" ? "a service names no other" : "it is not keyword=value";
      throw badText(
        `${path}, line ${index + 1}: ${what}`,
        `correct the section [${name}] of ${path}`,
      );
    }
    words.push([word, value]);
  }
  return words;
}
