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
  open: async (input, options) => (await import("./reader.ts")).openJson(input, options, "ndjson"),
} as const satisfies Format;
