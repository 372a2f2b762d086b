/** JSON and NDJSON among the formats. */
import type { Format } from "../format.ts";

/** An array of objects, or objects one after the other. */
export const json = {
  name: "json",
  extensions: ["json"],
  wants: "text",
  begins: (head) => head[0] === 0x5b,
  open: async (input, options) => (await import("./reader.ts")).openJson(input, options, "json"),
} as const satisfies Format;

/** An object a line. */
export const ndjson = {
  name: "ndjson",
  extensions: ["ndjson", "jsonl"],
  wants: "text",
  begins: (head) => head[0] === 0x7b,
  instead: (head) => (isOneArray(head.toString("latin1")) ? json.name : null),
  open: async (input, options) => (await import("./reader.ts")).openJson(input, options, "ndjson"),
} as const satisfies Format;

/** An array of objects over the whole source: its first line is no value by itself, or there is no other. */
function isOneArray(head: string): boolean {
  if (!/^\[\s*[{\]]/.test(head)) return false;
  const [first = "", ...others] = head.split(/\r?\n|\r/);
  return !first.trimEnd().endsWith("]") || others.every((line) => line.trim() === "");
}
