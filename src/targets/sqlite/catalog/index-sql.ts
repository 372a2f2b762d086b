/** Reads the parts and the predicate out of a `create unique index` text; the catalog has them nowhere else. */
import {
  closingBracket,
  firstBracket,
  isKeyword,
  sourceOf,
  solidTokens,
  splitBracket,
  tokenize,
} from "../../../sql/tokens.ts";

/** What an index covers, as SQL. */
export interface IndexSql {
  /** In index order, without `asc` and `desc`. */
  readonly parts: readonly string[];
  /** `null` when the index covers every row. */
  readonly predicate: string | null;
}

/** `create unique index i on t (lower(a) desc, b) where c > 0` gives the parts `lower(a)`, `b` and the predicate `c > 0`. */
export function parseIndex(sql: string): IndexSql {
  const tokens = solidTokens(sql, true);
  const open = firstBracket(tokens);
  if (open < 0) return { parts: [], predicate: null };
  const parts = splitBracket(tokens, open).map((part) => {
    const last = part.at(-1);
    const directed = isKeyword(last, "asc") || isKeyword(last, "desc");
    return withoutComment(sourceOf(sql, directed ? part.slice(0, -1) : part));
  });
  const rest = tokens.slice(closingBracket(tokens, open) + 1);
  const predicate = isKeyword(rest[0], "where") ? sourceOf(sql, rest.slice(1)) : "";
  return { parts, predicate: predicate === "" ? null : withoutComment(predicate) };
}

/** A line comment would swallow what follows the text once it is inside a statement. */
function withoutComment(sql: string): string {
  if (!sql.includes("--")) return sql;
  return tokenize(sql, true)
    .filter(({ kind }, at, all) => kind !== "space" || all[at - 1]?.kind !== "space")
    .map(({ kind, text }) => (kind === "space" ? " " : text))
    .join("");
}
