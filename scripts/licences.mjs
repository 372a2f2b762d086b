/** The licences of the packages that are inside the bundle, in one file. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "./steps.mjs";

/**
 * Writes the licences of the packages that these inputs of the bundle come from, and the list of those packages in the format of
 * CycloneDX. Throws for a package that has no licence.
 */
export function writeLicences(inputs, { licences, list }) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== null));
  const packages = [...folders].map(read).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const head = "upsurge contains these packages, each under its own licence.\n";
  const rule = "-".repeat(72);
  const texts = packages.map(
    ({ name, version, license, text }) =>
      `${rule}\n${name} ${version} (${license})\n${rule}\n\n${text}\n`,
  );
  writeFileSync(licences, [head, ...texts].join("\n"));
  const components = packages.map(({ name, version, license }) => ({
    type: "library",
    name,
    version,
    licenses: [{ license: { id: license } }],
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  }));
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const component = {
    type: "application",
    name: "upsurge",
    version,
    purl: `pkg:npm/upsurge@${version}`,
  };
  const sbom = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component },
    components,
  };
  writeFileSync(list, `${JSON.stringify(sbom, null, 2)}\n`);
}

/** `…/node_modules/@a/b` of a file in it; `null` for a file of our own. */
function packageFolder(input) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  return found === undefined ? null : resolve(ROOT, found);
}

function read(folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  if (license === undefined) throw new Error(`${name} does not say its licence`);
  const text = textOf(folder) ?? `Its licence is ${license}. Author: ${author?.name ?? author}`;
  return { name, version, license, text };
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
