/**
 * Writes the address of the repository into package.json, for a release: npm takes provenance only for a package that names the
 * repository it was built in, and a fork names itself.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./steps.mjs";

const url = process.argv[2] ?? "";
if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(url)) {
  console.error("usage: node scripts/name-repository.mjs https://HOST/OWNER/NAME");
  process.exit(2);
}
const file = join(ROOT, "package.json");
const manifest = JSON.parse(readFileSync(file, "utf8"));
const named = {
  ...manifest,
  homepage: `${url}#readme`,
  bugs: `${url}/issues`,
  repository: { type: "git", url: `git+${url}.git` },
};
writeFileSync(file, `${JSON.stringify(named, null, 2)}\n`);
