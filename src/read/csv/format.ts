/** CSV and TSV among the formats. */
import type { Format } from "../format.ts";

/** Fields between commas, or what `--delimiter` says. */
export const csv = {
  name: "csv",
  extensions: ["csv"],
  wants: "text",
  open: async (input, options) => await (await import("./reader.ts")).openCsv(input, options, ","),
} as const satisfies Format;

/** Fields between tabs. */
export const tsv = {
  name: "tsv",
  extensions: ["tsv", "tab"],
  wants: "text",
  open: async (input, options) => await (await import("./reader.ts")).openCsv(input, options, "\t"),
} as const satisfies Format;
