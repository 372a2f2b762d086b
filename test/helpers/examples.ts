/** The examples of pages, as values and as commands: what they are made of, and a folder in which they run. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ERROR_CODES } from "../../src/errors/codes.ts";
import { fencesOf, pageAt, tableRows } from "./doc-pages.ts";
import { tempDir } from "./temp-dir.ts";

/** The one block of a page that has these words. */
export function exampleWith(page: string, words: string): string {
  const found = fencesOf(pageAt(page).text).filter(({ body }) => body.includes(words));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new Error(`${page} has ${found.length} examples with ${words}`);
  return only.body;
}

/** What a value of an example may be: of a type, one of some words, a list, texts by any name, or these fields. */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "texts"
  | ReadonlySet<string>
  | readonly [Shape]
  | { readonly [field: string]: Shape };

/** Where a value is not what its product knows. */
export function faultsOf(value: unknown, shape: Shape, path = "it"): string[] {
  if (shape instanceof Set) return shape.has(String(value)) ? [] : [`${path}: ${String(value)}`];
  if (typeof shape === "string") {
    if (shape !== "texts") return typeof value === shape ? [] : [`${path} is no ${shape}`];
    const texts = Object.values(value ?? {});
    return texts.every((each) => typeof each === "string") ? [] : [`${path} has more than texts`];
  }
  if (Array.isArray(shape)) {
    const [of] = shape as readonly [Shape];
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((each, at) => faultsOf(each, of, `${path}[${at}]`));
  }
  if (typeof value !== "object" || value === null) return [`${path} has no fields`];
  return Object.entries(value).flatMap(([name, each]) => {
    const known = (shape as Readonly<Record<string, Shape>>)[name];
    return known === undefined ? [`${path} has ${name}`] : faultsOf(each, known, `${path}.${name}`);
  });
}

/** The exit codes of failures, by whether the same command may succeed later: as the page and the registry of errors have them. */
export function exitCodes(): { readonly again: number[]; readonly never: number[] } {
  const rows = tableRows(pageAt("docs/reference/exit-codes.md").text).filter(
    ([code = ""]) => /^\d+$/.test(code) && code !== "0",
  );
  const codes = (isAgain: boolean): number[] =>
    rows
      .filter(([, , , again = ""]) => again.startsWith("yes") === isAgain)
      .map(([code]) => Number(code));
  const [again, never] = [codes(true), codes(false)];
  for (const { exit } of Object.values(ERROR_CODES)) {
    if (![...again, ...never].includes(exit)) throw new Error(`the page has no exit code ${exit}`);
  }
  return { again, never };
}

/** A folder with `upsurge` in `bin`, the seeds and the parts of the tour, and the folders that examples write to. */
export function folderForExamples(): string {
  const folder = tempDir();
  for (const name of ["bin", "srv/incoming", "var/lib/upsurge"])
    mkdirSync(join(folder, name), { recursive: true });
  const program = join(folder, "bin/upsurge");
  const built = resolve("dist/upsurge.js");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${built}" "$@"\n`);
  chmodSync(program, 0o755);
  cpSync("fixtures/tour/seeds", join(folder, "seeds"), { recursive: true });
  cpSync("fixtures/tour/parts.csv", join(folder, "parts.csv"));
  cpSync("fixtures/tour/parts.csv", join(folder, "srv/incoming/parts.csv"));
  return folder;
}
