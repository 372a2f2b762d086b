/** Flags that name a field, until a header or a record has it: what nobody ever had was misspelt, as a rule. */
import { shellQuoted } from "../errors/shell-word.ts";
import type { HeaderField } from "../model/header.ts";
import type { Options } from "../options/options.ts";
import { hasField, namedFields } from "./mapping.ts";
import { namedByValues } from "./values/value-fields.ts";

/** Follows the fields of one load, over all its tries. */
export class UnseenFields {
  #left: ReturnType<typeof namedFields>;

  constructor(options: Parameters<typeof namedFields>[0] & Pick<Options, "value">) {
    const read = namedByValues(options).map((field) => ({ flag: "--value" as const, field }));
    this.#left = [...namedFields(options), ...read];
  }

  /** Takes the fields of a record, or of a header. */
  see(fields: readonly string[], header: readonly HeaderField[] | null): void {
    if (this.#left.length === 0) return;
    const known = { source: null, fields, header };
    this.#left = this.#left.filter(({ flag, field }) => !hasField(known, flag, field));
  }

  /** A warning for every flag whose field did not come. */
  get warnings(): string[] {
    return this.#left.map(
      ({ flag, field }) =>
        `no record had the field ${shellQuoted(field)}, which ${flag} names; check its spelling: upper and lower case differ`,
    );
  }
}
