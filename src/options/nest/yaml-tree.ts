/** Reads a mapping in YAML, of which JSON is a part, as texts, lists and mappings. Loaded where one is given. */
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Tree } from "./nest-grammar.ts";

/** What the text holds; `undefined`: it is no YAML, has a name twice, or holds what is none of the three. */
export function yamlTree(text: string): Tree | undefined {
  const document = parseDocument(text, {
    schema: "failsafe",
    uniqueKeys: true,
    logLevel: "silent",
  });
  const isFlawed = document.errors.length > 0 || document.warnings.length > 0;
  return isFlawed ? undefined : treeOf(document.contents);
}

function treeOf(node: unknown): Tree | undefined {
  if (node === null) return "";
  if (isScalar(node)) return typeof node.value === "string" ? node.value : undefined;
  if (isSeq(node)) {
    const items = node.items.map(treeOf);
    return items.includes(undefined) ? undefined : items.filter((each) => each !== undefined);
  }
  if (!isMap(node)) return undefined;
  const entries = new Map<string, Tree>();
  for (const { key, value } of node.items) {
    const [name, own] = [treeOf(key), treeOf(value)];
    if (typeof name !== "string" || own === undefined) return undefined;
    entries.set(name, own);
  }
  return entries;
}
