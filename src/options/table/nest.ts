/** Options: members of JSON records that hold rows of other tables. Joined with the other groups in `options.ts`. */
import { NEST_VALUE } from "../nest/nest-grammar.ts";
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The option of nested records; it is listed with the group `mapping`. */
export const NEST_OPTIONS = {
  nest: {
    group: "mapping",
    kind: "many",
    value: "member:table",
    grammar: NEST_VALUE,
    tree: true,
    summary: "Write the objects in a member of a JSON record to another table; may be repeated.",
    details:
      "An array holds rows that refer to the row of its record, such as the lines of an order; an object is a row that the record refers to, such as the author of a book. The linking columns come from the foreign key between the two tables. `lines.taxes:line_taxes` is a member inside of a member; a name with a dot or a blank is in double quotes. A mapping, in YAML or JSON, gives a level options of its own: `lines: { table: order_lines, key: [order_id, line_no] }`; several members may stand in one. A record is written with everything in it, or rejected with everything in it. See `docs/howto/nested-records.md`.",
    example: "--nest lines:order_lines",
    removes: true,
    commands: LOADS,
    meaning: "given",
  },
} as const satisfies Record<string, OptionSpec>;
