/**
 * Reads the SQL expressions that people pass (--set, --update-where, --stamp, index predicates) just far enough
 * to give bare column names their alias. Whether an expression is valid is the database's to say.
 */
import { solidTokens, tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** How names of one database are spelled and looked up. */
export interface ExpressionNames {
  readonly columns: readonly string[];
  readonly quoteIdentifier: (name: string) => string;
}

/** Words that are never a bare column: reserved in the databases we know, or part of SQL's own syntax. */
const RESERVED = new Set(
  `all and any array as asc between both case cast check collate column current_date current_time current_timestamp
   current_user default desc distinct do else end except exists false fetch for from glob group having ilike in intersect into
   is isnull like limit not notnull null offset on or order over partition regexp returning select session_user similar some
   table then to true union unique user using values when where with within`.split(/\s+/),
);

/**
 * Puts `alias.` before every bare column name outside subqueries: `count + 1` becomes `target."count" + 1`.
 * Names after a dot, function names, type names and keywords stay as they are.
 */
export function qualify(sql: string, alias: string, naming: ExpressionNames): string {
  const brackets = quotesInBrackets(naming);
  const tokens = tokenize(sql, brackets);
  const solid = tokens.filter((token) => token.kind !== "space");
  let at = -1;
  let skipUntilDepth: number | null = null;
  let depth = 0;
  return tokens
    .map((token) => {
      if (token.kind === "space") return token.text;
      at += 1;
      const next = solid[at + 1];
      if (token.text === "(") {
        depth += 1;
        if (skipUntilDepth === null && startsQuery(next)) skipUntilDepth = depth;
      } else if (token.text === ")") {
        if (skipUntilDepth === depth) skipUntilDepth = null;
        depth -= 1;
      }
      if (token.kind !== "word" || skipUntilDepth !== null) return token.text;
      const isFree = isBareColumn(token, solid[at - 1], next) && !isNamed(solid, at);
      const column = isFree ? lookUp(token, naming.columns, brackets) : null;
      return column === null ? token.text : `${alias}.${naming.quoteIdentifier(column)}`;
    })
    .join("");
}

function startsQuery(token: Token | undefined): boolean {
  return token?.kind === "word" && !token.quoted && /^(select|with|values)$/i.test(token.name);
}

function isBareColumn(token: Token, before: Token | undefined, after: Token | undefined): boolean {
  if (!token.quoted && RESERVED.has(token.name.toLowerCase())) return false;
  if (before?.text === "." || before?.text === "::") return false;
  if (before?.kind === "word" && /^(as|collate)$/i.test(before.name)) return false;
  if (!token.quoted && before?.kind === "word" && isTypeWord(before.name, token.name)) return false;
  if (after !== undefined && [".", "(", "=>"].includes(after.text)) return false;
  if (after?.text.startsWith("'")) return false;
  return !(after?.kind === "word" && /^from$/i.test(after.name) && before?.text === "(");
}

/** Functions whose first argument is no value but a name: of a type or a part of a date. */
const NAMING_FUNCTIONS =
  /^(try_)?convert$|^date(add|diff|diff_big|name|part|_bucket|trunc)$|^extract$/i;

function isNamed(solid: readonly Token[], at: number): boolean {
  const called = solid[at - 2];
  return (
    solid[at - 1]?.text === "(" && called?.kind === "word" && NAMING_FUNCTIONS.test(called.name)
  );
}

/** The second words of `at time zone`, `with time zone`, `double precision`, `bit varying`. */
function isTypeWord(before: string, word: string): boolean {
  return /^((at|with|without) time|time zone|double precision|(character|bit) varying)$/i.test(
    `${before} ${word}`,
  );
}

/**
 * A quoted name must match exactly; a bare one in lower case, else in any case when only one does. Where names are quoted
 * in brackets, quotes say nothing about case.
 */
function lookUp(token: Token, columns: readonly string[], brackets: boolean): string | null {
  if (token.quoted && columns.includes(token.name)) return token.name;
  if (token.quoted && !brackets) return null;
  const folded = token.name.toLowerCase();
  if (columns.includes(folded)) return folded;
  const alike = columns.filter((column) => column.toLowerCase() === folded);
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

/** True for a database that quotes names in brackets, and so reads them. */
export function quotesInBrackets({
  quoteIdentifier,
}: Pick<ExpressionNames, "quoteIdentifier">): boolean {
  return quoteIdentifier("a").startsWith("[");
}

/** True when each parenthesis that the expression opens is closed, and none else is. */
export function isClosed(sql: string, brackets: boolean): boolean {
  let depth = 0;
  for (const { kind, text } of tokenize(sql, brackets)) {
    if (kind !== "other") continue;
    if (text === "(") depth += 1;
    else if (text === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** True when the expression holds a query of its own, which may read the table. */
export function hasSubquery(sql: string, brackets = false): boolean {
  return tokenize(sql, brackets).some(startsQuery);
}

/**
 * Functions of the databases we know that look at nothing but their arguments, the clock or the settings.
 * Any other may read the table, and its name does not tell.
 */
const SELF_CONTAINED = new Set(
  `abs age array_append array_cat array_length array_position array_prepend array_remove array_replace array_to_string ascii
   avg bit_length btrim cardinality cast charindex choose convert datalength dateadd datediff datediff_big datefromparts
   datename datepart datetrunc eomonth getdate getutcdate hashbytes isdate isjson isnull isnumeric json_modify json_query
   json_value len nchar newid patindex quotename space square str stuff switchoffset sysdatetime sysdatetimeoffset
   sysutcdatetime todatetimeoffset try_cast try_convert ceil ceiling char char_length chr clock_timestamp coalesce concat concat_ws count
   current_setting date date_part date_trunc datetime decode digest div encode exp extract floor format gen_random_uuid glob greatest
   hex ifnull iif in initcap instr json json_array json_build_array json_build_object json_each json_extract json_insert
   json_object json_patch json_remove json_replace json_set json_valid jsonb_agg jsonb_build_array jsonb_build_object
   jsonb_insert jsonb_set jsonb_strip_nulls julianday least left length like ln localtime localtimestamp log lower lpad
   ltrim make_date make_interval make_timestamp make_timestamptz max md5 min mod now nullif numeric octet_length overlay
   position pow power printf quote random regexp_replace regexp_match repeat replace reverse right round row rpad rtrim sign
   sha224 sha256 sha384 sha512 split_part sqrt statement_timestamp strftime string_to_array strpos substr substring sum time
   timeofday timezone to_char to_date to_json to_jsonb to_number to_timestamp total transaction_timestamp translate trim
   trunc typeof unicode unixepoch upper uuidv4 uuidv7 varchar width_bucket`.split(/\s+/),
);

/** The first function the expression calls that may read the table; `null` when there is none. */
export function unknownFunction(sql: string, brackets = false): string | null {
  const solid = solidTokens(sql, brackets);
  const called = solid.find((token, index) => {
    if (token.kind !== "word" || solid[index + 1]?.text !== "(") return false;
    if (token.quoted || solid[index - 1]?.text === ".") return true;
    return !SELF_CONTAINED.has(token.name.toLowerCase()) && !isSyntax(token.name);
  });
  return called?.text ?? null;
}

function isSyntax(word: string): boolean {
  return (
    RESERVED.has(word.toLowerCase()) || /^(interval|over|filter|char|numeric|decimal)$/i.test(word)
  );
}

/**
 * True when the SQL reads `column` of the relation `alias` (as `excluded."c"` or with the whole row, `excluded.*`); an alias
 * of `null` asks for the bare name.
 */
export function readsColumn(
  sql: string,
  alias: string | null,
  { column, naming }: { readonly column: string; readonly naming: ExpressionNames },
): boolean {
  const brackets = quotesInBrackets(naming);
  const solid = solidTokens(sql, brackets);
  return solid.some((token, at) => {
    if (token.kind !== "word") return false;
    if (alias === null) {
      return solid[at - 1]?.text !== "." && lookUp(token, naming.columns, brackets) === column;
    }
    if (token.name.toLowerCase() !== alias || solid[at - 1]?.text === ".") return false;
    const named = solid[at + 1]?.text === "." ? solid[at + 2] : undefined;
    return named?.kind !== "word" || lookUp(named, naming.columns, brackets) === column;
  });
}
