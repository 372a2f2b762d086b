/**
 * Rules of the server that are no syntax, or that the grammar leaves out: the place of table hints, how MERGE ends, what an
 * aggregate, a SELECT, an ORDER BY or a DECLARE may hold, and the lists that must match. Each names the server's error.
 */
import { collations, derivedTables, insertLists, ownNames } from "./list-rules.ts";
import { closing, isSign, places, selected, split, tokensOf, until } from "./tokens.ts";
import type { Rule, Token } from "./tokens.ts";

const HINTS = new Set([
  "HOLDLOCK",
  "UPDLOCK",
  "SERIALIZABLE",
  "ROWLOCK",
  "TABLOCK",
  "NOLOCK",
  "XLOCK",
]);

/** The target of MERGE is hinted before its alias, any other table after it. */
const hintPlaces: Rule = (tokens) =>
  places(tokens, "WITH").flatMap((at) => {
    if (tokens[at + 1]?.text !== "(" || !HINTS.has(tokens[at + 2]?.text ?? "")) return [];
    const after = tokens[closing(tokens, at + 1) + 1];
    const name = nameBefore(tokens, at);
    const before = tokens[name - 1]?.text;
    const ofMerge = before === "MERGE" || (before === "INTO" && tokens[name - 2]?.text === "MERGE");
    if (ofMerge) return [];
    const aliased = before === "AS" ? nameBefore(tokens, name - 1) - 1 : -1;
    if (tokens[aliased]?.text === "MERGE")
      return ["a hint of MERGE's target stands after its alias (156)"];
    return after?.text === "AS" ? ["a table hint stands before the alias (156)"] : [];
  });

/** Where the name that ends before `at` begins: `[dbo].[t]`, `t`, `#t`. */
function nameBefore(tokens: readonly Token[], at: number): number {
  let start = at - 1;
  while (tokens[start - 1]?.text === ".") start -= 2;
  return start;
}

const STATEMENTS = /^(DECLARE|WHILE|IF|BEGIN|END|ELSE|SELECT|TRUNCATE|EXEC|CREATE)$/;

const mergeEnds: Rule = (tokens) =>
  places(tokens, "MERGE").flatMap((at) => {
    const end = until(tokens, at, (token) => token.text === ";" || startsStatement(tokens, token));
    return tokens[end]?.text === ";" ? [] : ["MERGE does not end with a semicolon (10713)"];
  });

/** UPDATE SET and THEN INSERT are parts of MERGE. */
function startsStatement(tokens: readonly Token[], token: Token): boolean {
  if (token.kind !== "word") return false;
  if (STATEMENTS.test(token.text)) return true;
  const before = tokens[tokens.indexOf(token) - 1]?.text;
  if (token.text === "SET") return before !== "UPDATE";
  return /^(INSERT|UPDATE|DELETE)$/.test(token.text) && before !== "THEN";
}

const aggregates: Rule = (tokens) =>
  places(tokens, "COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG").flatMap((at) => {
    if (tokens[at + 1]?.text !== "(") return [];
    const inside = tokens.slice(at + 2, closing(tokens, at + 1));
    const refused = places(inside, "SELECT", "COUNT", "COUNT_BIG", "SUM", "MIN", "MAX").length > 0;
    return refused ? ["an aggregate over a subquery or an aggregate (130)"] : [];
  });

const selectLists: Rule = (tokens) =>
  places(tokens, "SELECT").flatMap((at) => {
    const items = selected(tokens, at);
    const assigning = items.filter(
      ([first, next]) => first?.kind === "variable" && next?.text === "=",
    );
    const mixed = assigning.length > 0 && assigning.length < items.length;
    return mixed ? ["a SELECT assigns variables and gives rows (141)"] : [];
  });

const orders: Rule = (tokens) =>
  places(tokens, "ORDER").flatMap((at) => {
    const end = until(tokens, at, (token) => token.text === ";" || token.text === "END");
    const items = split(tokens.slice(at + 2, end), isSign(","));
    const constant = items.some(
      (item) =>
        item[0] !== undefined &&
        /^(string|number|variable)$/.test(item[0].kind) &&
        item.length <= 2,
    );
    return constant ? ["ORDER BY a constant (408)"] : [];
  });

const outputs: Rule = (tokens) =>
  places(tokens, "OUTPUT").flatMap((at) => {
    const clause = tokens.slice(at, until(tokens, at, isSign(";")));
    const to = clause.findIndex(({ text }) => text === "INTO");
    const target = clause[to + 1];
    return to > 0 && (target?.kind === "variable" || target?.text.startsWith("#") === true)
      ? []
      : ["OUTPUT without INTO and a table of ours (334)"];
  });

const variables: Rule = (tokens, parameters) => {
  const known = new Set(parameters.map((name) => `@${name}`));
  const found: string[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.text === "DECLARE") {
      const end = until(tokens, at, isSign(";"));
      const depth = token.depth;
      const declared = split(
        tokens.slice(at + 1, end),
        (each) => each.text === "," && each.depth === depth,
      );
      for (const [name, type] of declared) {
        if (name?.kind !== "variable" || type?.kind !== "word")
          found.push("a variable without a type (102)");
        if (known.has(name?.text ?? "")) found.push(`${name?.text ?? ""} is declared twice (134)`);
        known.add(name?.text ?? "");
      }
    }
    const isOurs = token.kind === "variable" && !token.text.startsWith("@@");
    if (isOurs && !known.has(token.text) && !namesArgument(tokens, at)) {
      found.push(`${token.text} is not declared (137)`);
    }
  }
  return found;
};

/** `EXEC … @Resource = …` names the procedure's own. */
function namesArgument(tokens: readonly Token[], at: number): boolean {
  if (tokens[at + 1]?.text !== "=") return false;
  const statement = tokens
    .slice(0, at)
    .findLastIndex(({ text }) => text === ";" || text === "EXEC");
  return tokens[statement]?.text === "EXEC";
}

const limits: Rule = (_, parameters) =>
  parameters.length > 2098 ? ["more than 2,098 parameters (8003)"] : [];

const RULES: readonly Rule[] = [
  hintPlaces,
  mergeEnds,
  aggregates,
  selectLists,
  orders,
  outputs,
  variables,
  insertLists,
  derivedTables,
  ownNames,
  collations,
  limits,
];

/** The rules that a batch breaks. `parameters` are the variables that come with it, without their @. */
export function brokenRules(sql: string, parameters: readonly string[]): string[] {
  const tokens = tokensOf(sql);
  return RULES.flatMap((rule) => rule(tokens, parameters));
}
