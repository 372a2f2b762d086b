/** Options: which field fills which column. Joined with the other groups in `options.ts`. */
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `mapping`. */
export const MAPPING_OPTIONS = {
  map: {
    group: "mapping",
    kind: "many",
    short: "m",
    value: "field:column",
    summary: "Put this field into that column; may be repeated.",
    details:
      "Without it a field goes to the column of the same name, else to the one that differs only in case. `field:` with nothing after the colon drops the field.",
    example: "--map 'Country/Region:country'",
    commands: LOADS,
    meaning: true,
  },
  const: {
    group: "mapping",
    kind: "many",
    value: "column=value",
    summary: "Give every row this value; may be repeated.",
    example: "--const source=import",
    commands: LOADS,
    meaning: true,
  },
  extraFields: {
    group: "mapping",
    kind: "choice",
    choices: ["error", "ignore"],
    default: "error",
    summary: "What to do with fields that have no column.",
    example: "--extra-fields ignore",
    commands: LOADS,
    meaning: true,
  },
  missingFields: {
    group: "mapping",
    kind: "choice",
    choices: ["default", "null", "error"],
    summary: "What a field that a record lacks is: left out, NULL, or an error.",
    details:
      "By default a field that a JSON record lacks is left out (the default on insert, no change on update), and a CSV record with too few fields is rejected.",
    example: "--missing-fields null",
    commands: LOADS,
    meaning: true,
  },
} as const satisfies Record<string, OptionSpec>;
