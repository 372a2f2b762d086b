/** A mapping with mappings in it as the text that the command line takes for it: JSON. Pure. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { isNothing } from "./node.ts";
import type { ManifestNode } from "./node.ts";
import { holdsVariable } from "./variables.ts";

/** The text of what stands below a name. Throws `MANIFEST_VARIABLE`: parts of it may be SQL. */
export function treeText(name: string, node: ManifestNode): string {
  switch (node.kind) {
    case "text":
      if (holdsVariable(node.text)) {
        const details = {
          what: `${name} takes no variable`,
          reason: "what is below it may be SQL",
          suggestion: "write the value itself",
        };
        throw upsurgeError("MANIFEST_VARIABLE", details, { where: node.place });
      }
      return JSON.stringify(isNothing(node) ? "" : node.text.replaceAll("$$", () => "$"));
    case "list":
      return `[${node.items.map((item) => treeText(name, item)).join(", ")}]`;
    case "map":
      break;
  }
  const entries = node.entries.map((entry) => {
    return `${JSON.stringify(entry.name)}: ${treeText(name, entry.value)}`;
  });
  return `{${entries.join(", ")}}`;
}
