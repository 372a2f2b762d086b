/** Flags that name a field, until a header or a record has it: what nobody ever had was misspelt, as a rule. */
import { shellQuoted } from "../../errors/shell-word.ts";
import type { HeaderField } from "../../model/header.ts";
import type { Options } from "../../options/options.ts";
import { hasField, namedFields } from "./named-fields.ts";
import { MistakenTokens } from "../values/mistaken-tokens.ts";
import { namedByValues } from "../values/value-fields.ts";

/** Follows the fields of one load, over all its tries. */
export class UnseenFields {
  #left: ReturnType<typeof namedFields>;

  readonly #tokens: MistakenTokens;

  constructor(options: Parameters<typeof namedFields>[0] & Pick<Options, "null" | "value">) {
    const read = namedByValues(options).map((field) => ({ flag: "--value" as const, field }));
    this.#tokens = new MistakenTokens(options);
    this.#left = [...namedFields(options), ...read];
  }

  /** Takes the fields of a record, or of a header. */
  see(fields: readonly string[], header: readonly HeaderField[] | null): void {
    this.#tokens.see(fields, header);
    if (this.#left.length === 0) return;
    const known = { source: null, fields, header };
    this.#left = this.#left.filter(({ flag, field }) => !hasField(known, flag, field));
  }

  /** A warning for every flag whose field did not come, and for tokens that name one by mistake. */
  get warnings(): string[] {
    const unseen = this.#left.map(
      ({ flag, field }) =>
        `no record had the field ${shellQuoted(field)}, which ${flag} names; check its spelling: upper and lower case differ`,
    );
    return [...unseen, ...this.#tokens.warnings];
  }
}
