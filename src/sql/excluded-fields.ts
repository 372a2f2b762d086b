/** The fields that an expression of `--value` reads: what it writes as `excluded.NAME`, in subqueries too. */
import { tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** A name after `excluded.`, as it was written. */
export interface ExcludedName {
  readonly name: string;
  readonly isQuoted: boolean;
}

/** An expression with its fields called otherwise. */
export interface RenamedFields {
  readonly sql: string;
  /** It reads `excluded` as a whole, not a field of it. */
  readonly readsAll: boolean;
}

/** Calls each field that the expression reads what `rename` says. */
export function renameExcluded(
  sql: string,
  brackets: boolean,
  rename: (name: ExcludedName) => string,
): RenamedFields {
  const tokens = tokenize(sql, brackets);
  const solid = tokens.filter((token) => token.kind !== "space");
  let at = -1;
  let readsAll = false;
  const texts = tokens.map((token) => {
    if (token.kind === "space") return token.text;
    at += 1;
    if (isRelation(solid, at)) {
      if (solid[at + 1]?.text !== "." || solid[at + 2]?.kind !== "word") readsAll = true;
      return "excluded";
    }
    const isField =
      token.kind === "word" && solid[at - 1]?.text === "." && isRelation(solid, at - 2);
    return isField ? rename({ name: token.name, isQuoted: token.quoted }) : token.text;
  });
  return { sql: texts.join(""), readsAll };
}

function isRelation(solid: readonly Token[], at: number): boolean {
  const token = solid[at];
  return (
    token?.kind === "word" && token.name.toLowerCase() === "excluded" && solid[at - 1]?.text !== "."
  );
}

/** The names of fields in the expression, however the database quotes names. */
export function excludedNames(sql: string): readonly ExcludedName[] {
  const names = new Map<string, ExcludedName>();
  for (const brackets of [false, true])
    renameExcluded(sql, brackets, (name) => {
      names.set(`${name.isQuoted} ${name.name}`, name);
      return "";
    });
  return [...names.values()];
}
