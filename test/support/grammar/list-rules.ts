/** Rules of the server about lists and what stands in them: columns and values, tables and their aliases, collations. */
import { closing, listOf, places, selected, split, until } from "./tokens.ts";
import type { Rule, Token } from "./tokens.ts";

function isRepeated(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size < names.length;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join("");
}

/** The columns of an INSERT, each once, and as many values. */
export const insertLists: Rule = (tokens) =>
  places(tokens, "INSERT").flatMap((at) => {
    const open = tokens.findIndex((token, place) => place > at && !isNamePart(token));
    if (tokens[open]?.text !== "(") return [];
    const columns = listOf(tokens, open).map(textOf);
    const next = closing(tokens, open) + 1;
    const counts = valueCounts(tokens, next);
    return [
      ...(isRepeated(columns) ? ["a column twice in an INSERT (264)"] : []),
      ...(counts.some((count) => count !== columns.length)
        ? ["more or fewer values than columns (109, 110)"]
        : []),
      ...(counts.length > 1000 ? ["more than 1,000 rows of VALUES (10738)"] : []),
    ];
  });

function isNamePart({ kind, text }: Token): boolean {
  return (
    text === "INTO" ||
    text === "." ||
    kind === "name" ||
    kind === "variable" ||
    (kind === "word" && text !== "VALUES")
  );
}

/** How many values each row brings that begins at `at`: VALUES (…), (…) or SELECT …. */
function valueCounts(tokens: readonly Token[], at: number): number[] {
  if (tokens[at]?.text === "SELECT") return [selected(tokens, at).length];
  const counts: number[] = [];
  for (let open = at + 1; tokens[at]?.text === "VALUES" && tokens[open]?.text === "(";) {
    counts.push(listOf(tokens, open).length);
    const end = closing(tokens, open);
    open = tokens[end + 1]?.text === "," ? end + 2 : tokens.length;
  }
  return counts;
}

/** A query that stands as a table has an alias. */
export const derivedTables: Rule = (tokens) =>
  places(tokens, "FROM", "JOIN", "USING").flatMap((at) => {
    if (tokens[at + 1]?.text !== "(" || tokens[at + 2]?.text !== "SELECT") return [];
    return tokens[closing(tokens, at + 1) + 1]?.text === "AS"
      ? []
      : ["a derived table without an alias (102)"];
  });

/** A table's columns and the columns of a SET, each once. */
export const ownNames: Rule = (tokens) => [
  ...places(tokens, "CREATE").flatMap((at) => {
    const names = listOf(tokens, at + 3).map(([name]) => name?.text ?? "");
    return isRepeated(names) ? ["a column twice in a table (2705)"] : [];
  }),
  ...places(tokens, "SET").flatMap((at) => {
    const before = tokens[at - 1]?.text;
    if (before !== "UPDATE" && tokens[at - 2]?.text !== "UPDATE") return [];
    const end = until(tokens, at, ({ text }) => /^(;|FROM|WHEN|WHERE|OUTPUT)$/.test(text));
    const depth = tokens[at]?.depth;
    const set = split(
      tokens.slice(at + 1, end),
      (token) => token.text === "," && token.depth === depth,
    );
    return [
      ...(isRepeated(set.map(([name]) => name?.text ?? ""))
        ? ["a column twice in a SET (264)"]
        : []),
      ...(set.every(([, sign]) => sign?.text === "=")
        ? []
        : ["a SET without an equals sign (102)"]),
    ];
  }),
];

/** A temporary table's texts would have the collation of tempdb, and not meet those of the database (468). */
export const collations: Rule = (tokens) =>
  places(tokens, "CREATE").flatMap((at) =>
    listOf(tokens, at + 3).flatMap(([name, type, ...rest]) => {
      const ofRows = name?.kind === "name" || /^F\d+$/.test(name?.text ?? "");
      const isText = /^N?(CHAR|VARCHAR|TEXT)$/.test(type?.text ?? "");
      return ofRows && isText && !rest.some(({ text }) => text === "COLLATE")
        ? [`${name?.text ?? ""} has tempdb's collation (468)`]
        : [];
    }),
  );
