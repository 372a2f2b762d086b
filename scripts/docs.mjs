/** `npm run docs`: writes the pages that are made from the code. */
import { writeFileSync } from "node:fs";
import { tsImport } from "tsx/esm/api";

const { generatedPages } = await tsImport("./generate-docs.ts", import.meta.url);
for (const { path, text } of generatedPages()) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
  console.log(`wrote ${path}`);
}
