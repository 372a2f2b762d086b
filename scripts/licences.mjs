/** The licences of the packages that are inside the bundle, in one file. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "./steps.mjs";

/** Writes the file for the packages that these inputs of the bundle come from. Throws for a package that has no licence. */
export function writeLicences(inputs, file) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== null));
  const sections = [...folders].map(section).toSorted((a, b) => a.title.localeCompare(b.title));
  const head = "upsurge contains these packages, each under its own licence.\n";
  const rule = "-".repeat(72);
  const texts = sections.map(({ title, text }) => `${rule}\n${title}\n${rule}\n\n${text}\n`);
  writeFileSync(file, [head, ...texts].join("\n"));
}

/** `…/node_modules/@a/b` of a file in it; `null` for a file of our own. */
function packageFolder(input) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  return found === undefined ? null : resolve(ROOT, found);
}

function section(folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const title = `${name} ${version} (${license})`;
  return {
    title,
    text: textOf(folder) ?? `Its licence is ${license}. Author: ${author?.name ?? author}`,
  };
}

/** The licence's text: a file of its own, or the end of the README. */
function textOf(folder) {
  const files = readdirSync(folder);
  const own = files.find((each) => /^(?:licen[cs]e|copying)/i.test(each));
  if (own !== undefined) return readFileSync(join(folder, own), "utf8").trim();
  const readme = files.find((each) => /^readme/i.test(each));
  if (readme === undefined) return null;
  return /^#+ *licen[cs]e\s+([^]*)$/im.exec(readFileSync(join(folder, readme), "utf8"))?.[1].trim();
}
