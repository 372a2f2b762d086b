/** Options: which field fills which column. Joined with the other groups in `options.ts`. */
import { CONSTANT_COLUMN, FIELD_MAP } from "../grammar.ts";
import { LOADS, LOADS_AND_RUN } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `mapping`. */
export const MAPPING_OPTIONS = {
  map: {
    group: "mapping",
    kind: "many",
    pairs: ":",
    short: "m",
    value: "field:column",
    grammar: FIELD_MAP,
    summary: "Put this field into that column; may be repeated.",
    details:
      "Without it a field goes to the column of the same name, else to the one that differs only in case. `field:` with nothing after the colon drops the field. A number is the CSV field at that place, counted from 1, where no field has it for a name: so fields without a name, and fields that share one, can be dropped or told apart. It comes before the name, and must mean the same field in every source. `:` alone drops all fields without a name. A name with dots is a way into the objects of a JSON record, `address.city`, unless a member has that very name: through NULL it is NULL, what is not there is absent, and any other value on the way is a reject. `address` itself then needs no column.",
    example: "--map 'Country/Region:country'",
    commands: ["load", "plan", "inspect"],
    meaning: true,
  },
  matchNames: {
    group: "mapping",
    kind: "choice",
    choices: ["exact", "loose"],
    summary: "How alike the names of a field and its column must be; by default exact.",
    details:
      "`exact`: the same, or the same except for upper and lower case. `loose`: also the same except for blanks, dashes, underscores and dots, so that `Order No.` fills `order_no`. A column of exactly that name comes first; where several columns are alike it is an error.",
    example: "--match-names loose",
    commands: ["load", "run", "plan", "inspect"],
    meaning: "given",
  },
  const: {
    group: "mapping",
    kind: "many",
    pairs: "=",
    value: "column=value",
    grammar: CONSTANT_COLUMN,
    summary: "Give every row this value; may be repeated.",
    details:
      'The value is a text, `NULL` as well. To leave a column NULL or to its default, leave it out; `--stamp "column = null"` makes it NULL in every row that is inserted or changes.',
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
    details:
      "`ignore` also drops CSV fields without a name, and those of a record beyond the header. A load of which no field has a column is still refused, and so is a record that has fields and none with a column: its row would hold nothing of it.",
    example: "--extra-fields ignore",
    commands: LOADS_AND_RUN,
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
    commands: LOADS_AND_RUN,
    meaning: true,
  },
} as const satisfies Record<string, OptionSpec>;
