/**
 * Values as other loaders take them, for options whose text we do not: what to pass in their place. Silent where a text may mean
 * something else.
 */
import { nameInExpression } from "../errors/expression-names.ts";
import { shellQuoted, shellWord } from "../errors/shell-word.ts";
import { parseDateFormat } from "../values/date-format.ts";
import { flagOf, optionSpec } from "./flag.ts";
import type { OptionName } from "./options.ts";
import { parseDuration, parseSize } from "./parse-value.ts";

/** What to do in the place of a value that means nothing, as a fix; `null` for nothing. */
export function valueAdvice(name: OptionName, text: string): string | null {
  const word = text.trim().toLowerCase();
  const said = WORDS[name]?.[word];
  if (said !== undefined) return said.startsWith("-") ? `pass ${said}` : said;
  const { kind } = optionSpec(name);
  if (kind === "duration" || kind === "size") return unitForm(name, kind, word);
  return FORMS[name]?.(text.trim()) ?? null;
}

/** Words in small letters, and what they mean: flags to pass, or a sentence. */
type Words = Readonly<Record<string, string>>;

const EXCEL = "save it as CSV from the program it belongs to";
const NO_QUOTES = "--quote ''";
const MANY_REJECTS = "--max-rejects 100%";
const OVERWRITE =
  "--mode upsert --key a,b updates the rows that are there; --truncate --mode insert empties the table first";
const NDJSON = "--format ndjson";
const IGNORE = "--mode ignore";
const OWN_DATES = "leave it out: the database reads ISO dates, 2025-12-31, by itself";

/** Names of characters, and spellings of other languages for those that do not show. */
const CHARACTERS: Words = {
  tab: "'\\t'",
  "\\\\t": "'\\t'",
  "0x09": "'\\t'",
  "\\x09": "'\\t'",
  comma: "','",
  semicolon: "';'",
  pipe: "'|'",
  "\\|": "'|'",
  space: "' '",
  blank: "' '",
  "\\x01": "$'\\x01'",
  "\\001": "$'\\x01'",
  "\\u0001": "$'\\x01'",
  "^a": "$'\\x01'",
  backslash: "'\\'",
  "\\\\": "'\\'",
  '\\"': "'\"'",
  doublequote: "'\"'",
  singlequote: '"\'"',
};

const WORDS: Readonly<Partial<Record<OptionName, Words>>> = {
  format: {
    ...all("jsonl jsonlines json-lines json_lines ldjson nljson nl-json json-seq", NDJSON),
    psv: "--format csv --delimiter '|'",
    ...all("txt text dat delimited", "--format csv"),
    ...all("tab tabs", "--format tsv"),
    ...all("xls xlsx excel ods", EXCEL),
    ...all("auto guess sniff", "leave it out: the format is found by the name, or the first bytes"),
  },
  mode: {
    ...all("append add create", "--mode insert"),
    ...all("merge insert_or_update insert-or-update", "--mode upsert"),
    ...all("skip do-nothing nothing insert-ignore insert_ignore", IGNORE),
    ...all("replace overwrite truncate full drop", OVERWRITE),
    ...all("sync mirror", "--mode upsert --delete-missing"),
    delete: "--delete-when FIELD=VALUE says which records delete the row of their key",
  },
  delimiter: characters("delimiter"),
  quote: {
    ...characters("quote"),
    ...all("none off no false null", NO_QUOTES),
    "''": "--quote '' turns quoting off, and --quote \"'\" is the single quote",
  },
  escape: {
    ...characters("escape"),
    '""': "leave it out: a quote that is doubled is a quote",
    ...all("none off no", "leave it out: only a doubled quote is read as one then"),
  },
  maxRejects: all("all unlimited none inf infinity max any -1", MANY_REJECTS),
  dateFormat: all("iso iso8601 iso-8601 auto", OWN_DATES),
  type: {
    csv: "--format csv",
    tsv: "--format tsv",
    json: "--format json",
    ...all("ndjson jsonl", NDJSON),
  },
};

/** As SQL and other languages assign, or with a name that wants quotes. */
const ASSIGNED = /^([\w."]+) *:?=(?!=) *(.+)$/s;

/** Values that are read by what they are made of. */
const FORMS: Readonly<Partial<Record<OptionName, (text: string) => string | null>>> = {
  delimiter: delimiterForm,
  maxRejects: shareForm,
  dateFormat: dateForm,
  format: (text) =>
    /\.\w{2,7}$/.test(text) ? "-f is the format: name the file by itself, without a flag" : null,
  map: (text) =>
    /^\d+$/.test(text)
      ? "-m puts a field into a column: --max-rejects N says how many may be rejected"
      : splitForm("map", text, /^([^=>]+?) *(?:=>|->|=) *([^=>]*)$/, ":"),
  const: (text) => splitForm("const", text, /^([\w.]+) *:=? *(.*)$/s, "="),
  type: (text) => splitForm("type", text, /^([\w.]+) *= *(.+)$/, ":"),
  set: (text) => splitForm("set", text, ASSIGNED, " = "),
  stamp: (text) => splitForm("stamp", text, ASSIGNED, " = "),
  value: (text) => splitForm("value", text, ASSIGNED, " = "),
  batchRows: (text) => countForm("batchRows", text),
  skipLines: (text) => countForm("skipLines", text),
  limit: (text) => countForm("limit", text),
  commit: (text) => countForm("commit", text),
};

function all(words: string, said: string): Words {
  return Object.fromEntries(words.split(" ").map((word) => [word, said]));
}

function characters(name: OptionName): Words {
  const flags = Object.entries(CHARACTERS).map(([word, char]) => [word, `${flagOf(name)} ${char}`]);
  return Object.fromEntries(flags) as Words;
}

/** A character with blanks after it, or several. */
function delimiterForm(text: string): string | null {
  if (text.length === 1 && text.charCodeAt(0) < 128) {
    return `pass --delimiter ${shellQuoted(text)} --trim, which drops the blanks around fields`;
  }
  if (/^\w[\w.-]+$/.test(text)) return "-d is the delimiter: name the database with --to";
  if (!/^[^\s\w\\/&]{2,4}$/.test(text)) return null;
  const pattern = text.replace(/[.*[\]^$]/g, "\\$&");
  return `the delimiter is one character: sed ${shellQuoted(`s/${pattern}/\t/g`)} FILE | upsurge - --delimiter '\\t' with the same options, if no field holds a tab or ${text}`;
}

/** `0.1` for 10%, and a blank before the percent sign. */
function shareForm(text: string): string | null {
  const blank = /^(\d{1,3}(?:\.\d+)?) +%$/.exec(text)?.[1];
  if (blank !== undefined) return `pass --max-rejects ${blank}%`;
  if (!/^0?\.\d+$/.test(text) || Number(text) === 0) return null;
  return `pass --max-rejects ${Number((Number(text) * 100).toFixed(4))}%, if that is a share of all`;
}

/** The letters of Java, Oracle, PostgreSQL and spreadsheets, each with that of strptime. */
const DATE_LETTERS: readonly (readonly [RegExp, string])[] = [
  [/yyyy/gi, "%Y"],
  [/HH24/gi, "%H"],
  [/HH/g, "%H"],
  [/mi/gi, "%M"],
  [/MMM+|mon(?:th)?/g, "%b"],
  [/ss\.[sf]+/gi, "%S.%f"],
  [/ss/gi, "%S"],
  [/dd/gi, "%d"],
];

/** The same format in the letters of strptime, where that is one. */
function dateForm(text: string): string | null {
  if (/%y/.test(text) && parseDateFormat(text.replaceAll("%y", "%Y")) !== null) {
    return "write years with four digits in the source: two digits tell no century";
  }
  if (text.includes("%")) return null;
  const [, column = "", format = ""] = /^(?:(\w+)=)?(.*)$/s.exec(text) ?? [];
  const letters = DATE_LETTERS.reduce((made, [from, to]) => made.replace(from, to), format);
  // Minutes come after hours, and months do not.
  const made = letters.replace(/(%H\D?)mm/i, "$1%M").replace(/mm/i, "%m");
  const said = column === "" ? made : `${column}=${made}`;
  return parseDateFormat(made) === null ? null : `pass --date-format ${shellWord(said)}`;
}

/** Two sides with the mark between them that the option has, the left one in quotes where it is not read otherwise. */
function splitForm(name: OptionName, text: string, form: RegExp, mark: string): string | null {
  const [, left, right] = form.exec(text) ?? [];
  if (left === undefined || right === undefined) return null;
  const { grammar } = optionSpec(name);
  const lefts = /^\w+$/.test(left) ? [left, nameInExpression(left)] : [left];
  const said = lefts
    .map((each) => `${each}${mark}${right}`)
    .find((each) => grammar === undefined || grammar.parse(each) !== null);
  return said === undefined ? null : `pass ${flagOf(name)} ${shellQuoted(said)}`;
}

/** `10k` and `1e4`. */
function countForm(name: OptionName, text: string): string | null {
  const [, digits = "", unit] = /^(\d{1,4})(k|m|e\d)$/i.exec(text) ?? [];
  if (unit === undefined) return null;
  const zeros = { k: 3, m: 6 }[unit.toLowerCase()] ?? Number(unit.slice(1));
  const count = Number(digits) * 10 ** zeros;
  return count === 0 ? null : `pass ${flagOf(name)} ${count}`;
}

/** Words of units, each with ours and how many of it they are. */
const UNITS: Readonly<Record<"duration" | "size", readonly (readonly [RegExp, string, number])[]>> =
  {
    duration: [
      [/^(?:ms|msecs?|millis|milliseconds?)$/, "ms", 1],
      [/^(?:s|secs?|seconds?)$/, "s", 1],
      [/^(?:m|mins?|minutes?)$/, "m", 1],
      [/^(?:h|hrs?|hours?)$/, "h", 1],
      [/^(?:d|days?)$/, "h", 24],
    ],
    size: [
      [/^(?:bytes?)$/, "b", 1],
      [/^(?:kbytes?|kilobytes?)$/, "kB", 1],
      [/^(?:megs?|mbytes?|megabytes?)$/, "MB", 1],
      [/^(?:gigs?|gbytes?|gigabytes?)$/, "GB", 1],
      [/^(?:tb|tbytes?|terabytes?)$/, "GB", 1000],
      [/^(?:kibibytes?)$/, "KiB", 1],
      [/^(?:mebibytes?)$/, "MiB", 1],
      [/^(?:gibibytes?)$/, "GiB", 1],
      [/^(?:t|tib|tebibytes?)$/, "GiB", 1024],
    ],
  };

/** `5 secs`, `1 day`, `2 gigabytes`: numbers with words that are units, which are all times or all sizes. */
function unitForm(name: OptionName, kind: "duration" | "size", word: string): string | null {
  const parts = [...word.matchAll(/(\d{1,9}(?:[.,]\d{1,6})?)\s*([a-zµ]+)[\s,]*(?:and )?/gy)];
  const length = parts.reduce((sum, [all]) => sum + all.length, 0);
  if (parts.length === 0 || length !== word.length) return null;
  const meant = parts.map(([, digits = "", unit = ""]) => {
    const [, own = "", times = 0] = UNITS[kind].find(([form]) => form.test(unit)) ?? [];
    return { count: Number(digits.replace(",", ".")) * times, own };
  });
  if (meant.some(({ own }) => own === "")) return null;
  const least = meant.at(-1)?.own ?? "";
  const parse = kind === "duration" ? parseDuration : parseSize;
  const one = parse(`1${least}`) ?? 1;
  const sum = meant.reduce((all, { count, own }) => all + count * (parse(`1${own}`) ?? 0), 0);
  const said = `${Number((sum / one).toFixed(6))}${least}`;
  return parse(said) === null ? null : `pass ${flagOf(name)} ${said}`;
}
