/** Tokens of `--null` that look as if they were meant for one field, as `--null-in` takes them: `uid=-1`, where `uid` is a field. */
import { shellQuoted } from "../../errors/shell-word.ts";
import type { HeaderField } from "../../model/header.ts";
import type { Options } from "../../options/options.ts";

/** Follows the fields of one load, over all its tries. */
export class MistakenTokens {
  readonly #byField = new Map<string, Set<string>>();
  readonly #found = new Set<string>();

  constructor({ null: tokens }: Pick<Options, "null">) {
    for (const token of tokens ?? []) {
      const end = token.indexOf("=");
      if (end < 1) continue;
      const field = token.slice(0, end);
      this.#byField.set(field, (this.#byField.get(field) ?? new Set()).add(token));
    }
  }

  /** Takes the fields of a record, or of a header. */
  see(fields: readonly string[], header: readonly HeaderField[] | null): void {
    for (const [field, tokens] of this.#byField) {
      if (!fields.includes(field) && header?.some(({ name }) => name === field) !== true) continue;
      this.#byField.delete(field);
      for (const token of tokens) this.#found.add(token);
    }
  }

  /** A warning for every token whose beginning is a field. */
  get warnings(): string[] {
    return [...this.#found].map((token) => {
      const field = token.slice(0, token.indexOf("="));
      const value = token.slice(field.length + 1);
      return `--null ${shellQuoted(token)} makes NULL of the whole text ${shellQuoted(token)}, in every field; for ${shellQuoted(value)} in the field ${shellQuoted(field)} alone: --null-in ${shellQuoted(token)}`;
    });
  }
}
