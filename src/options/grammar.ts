/** Options whose value has a grammar of its own: read here, once, into what they mean. What they mean to a table is left to `plan/`. */
import { parseCount } from "./parse-value.ts";

/** How the text of one value is read. */
export interface Grammar<V> {
  /** `null`: the text means nothing. */
  readonly parse: (text: string) => V | null;
  /** What it takes, in words that follow "it takes". */
  readonly expected: string;
}

/** How the names of a list are read, all together. */
export interface ListGrammar<V> {
  /** `null`: they do not go together. */
  readonly parse: (names: readonly string[]) => V | null;
  /** What it takes instead of these, in words that follow "it takes". */
  readonly expected: (names: readonly string[]) => string;
}

/** A value that keeps how it was typed: a job compares what its options say, letter by letter. */
export interface TypedValue {
  readonly text: string;
}

/** `--commit`: once, or after so many records. */
export type CommitRule =
  | "end"
  | "load"
  | {
      readonly every: number;
      /** Nobody asked for it: the server's transactions take no more. Absent: somebody did. */
      readonly served?: true;
    };

/** Records between two commits; `null` where a load is committed once. */
export function commitEvery(rule: CommitRule | null): number | null {
  return rule === null || typeof rule === "string" ? null : rule.every;
}

/** Whether everything is committed once, at its end: as it is where nothing is said. */
export function commitsOnce(rule: CommitRule | null): boolean {
  return rule === null || rule === "end";
}

/** `--max-rejects`: how many rejects a load may have. None at all is a count of 0, however it was typed. */
export type RejectLimit = TypedValue &
  (
    | { readonly kind: "count"; readonly count: number }
    | { readonly kind: "share"; readonly percent: number }
  );

/** `--map`: the column that a field fills; `null`: none. */
export interface FieldMap extends TypedValue {
  readonly field: string;
  readonly column: string | null;
}

/** `--const`: the text that a column takes in every row. */
export interface ConstantColumn extends TypedValue {
  readonly column: string;
  readonly value: string;
}

/** `--type`: the type of a column that is made. */
export interface GivenType extends TypedValue {
  readonly column: string;
  readonly type: string;
}

/** `--set` and `--stamp`: the expression that a column takes. */
export interface ColumnExpression extends TypedValue {
  readonly column: string;
  readonly expression: string;
}

/** `--update-columns`: which columns of a target row are updated; `all`: those of the source but the key. */
export type UpdateColumns = { readonly text: readonly string[] } & (
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  | { readonly kind: "only" | "except"; readonly columns: readonly string[] }
);

/** Reads --commit. */
export const COMMIT_RULE: Grammar<CommitRule> = {
  expected: "end, a whole number of records of at least 1, or of a run load",
  parse: (text) => {
    if (text === "end" || text === "load") return text;
    // What ends a run is the end of all of its loads.
    if (text === "all") return "end";
    const every = parseCount(text);
    return every === null || every === 0 ? null : { every };
  },
};

/** The limit of a load that may have no rejects. */
const NO_REJECTS: RejectLimit = { text: "0", kind: "count", count: 0 };

/** Reads --max-rejects. */
export const REJECT_LIMIT: Grammar<RejectLimit> = {
  expected: "a whole number, or a share such as 1%",
  parse: (text) => {
    const count = parseCount(text);
    if (count !== null) return count === 0 ? NO_REJECTS : { text, kind: "count", count };
    const percent = /^\d{1,3}(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
    if (percent === 0) return NO_REJECTS;
    return percent > 0 && percent <= 100 ? { text, kind: "share", percent } : null;
  },
};

/** `--max-delete`: how many rows a load may delete. */
export type DeleteLimit = TypedValue &
  (
    | { readonly kind: "count"; readonly count: number }
    | { readonly kind: "share"; readonly percent: number }
  );

/** Reads --max-delete. */
export const DELETE_LIMIT: Grammar<DeleteLimit> = {
  expected: "a whole number, or a share such as 10%",
  parse: (text) => {
    const limit = REJECT_LIMIT.parse(text);
    return limit === null ? null : { ...limit, text };
  },
};

/** `--diff`: how many rows are told; `null`: all. */
export interface DifferenceLimit extends TypedValue {
  readonly most: number | null;
}

/** Reads --diff. */
export const DIFFERENCE_LIMIT: Grammar<DifferenceLimit> = {
  expected: "a whole number, or all",
  parse: (text) => {
    if (text === "all") return { text, most: null };
    const most = parseCount(text);
    return most === null ? null : { text, most };
  },
};

/** `--delete-when`: the text of a field that makes its record delete a row. */
export interface FieldValue extends TypedValue {
  readonly field: string;
  readonly value: string;
}

/** Reads --delete-when, split at its first equals sign. Nothing equals an empty field, which may be NULL. */
export const FIELD_VALUE: Grammar<FieldValue> = {
  expected: "field=value, neither of them empty",
  parse: (text) => {
    const equals = text.indexOf("=");
    if (equals < 1 || equals === text.length - 1) return null;
    return { text, field: text.slice(0, equals), value: text.slice(equals + 1) };
  },
};

/** Reads --before and --after: any SQL but none. The database takes no NUL in it, and may take what follows for nothing. */
export const SQL_SCRIPT: Grammar<string> = {
  expected: "an SQL statement",
  parse: (text) => (text.trim() === "" || text.includes("\0") ? null : text),
};

/** Whether a limit lets any record be rejected. */
export function allowsRejects(limit: RejectLimit): boolean {
  return limit.kind === "share" || limit.count > 0;
}

/** Reads --map. */
export const FIELD_MAP: Grammar<FieldMap> = {
  expected: "field:column, or field: to drop a field",
  parse: (text) => {
    const colon = text.lastIndexOf(":");
    if (colon < 0) return null;
    const column = text.slice(colon + 1);
    return { text, field: text.slice(0, colon), column: column === "" ? null : column };
  },
};

/** Reads --const. */
export const CONSTANT_COLUMN: Grammar<ConstantColumn> = {
  expected: "column=value",
  parse: (text) => {
    const equals = text.indexOf("=");
    if (equals < 1) return null;
    return { text, column: text.slice(0, equals), value: text.slice(equals + 1) };
  },
};

/** Reads --type. A type may hold a colon, and a column's name in double quotes. */
export const COLUMN_TYPE: Grammar<GivenType> = {
  expected: "column:TYPE",
  parse: (text) => {
    const match = /^(?:"((?:[^"]|"")+)"|([^":][^:]*)):\s*(\S[\s\S]*)$/.exec(text);
    if (match === null) return null;
    const [, quoted, bare = "", type = ""] = match;
    return { text, column: quoted?.replaceAll('""', '"') ?? bare, type: type.trimEnd() };
  },
};

const ASSIGNMENT =
  /^\s*(?:"((?:[^"]|"")+)"|\[((?:[^\]]|\]\])+)\]|([\p{L}_][\p{L}\p{N}_$]*))\s*=(?!=)\s*([\s\S]*\S)\s*$/u;

/** Reads --set and --stamp: `column = expression`, split at its first equals sign. */
export const COLUMN_EXPRESSION: Grammar<ColumnExpression> = {
  expected: '"column = expression"',
  parse: (text) => {
    const match = ASSIGNMENT.exec(text);
    if (match === null) return null;
    const [, quoted, bracketed, bare, expression = ""] = match;
    const column = quoted?.replaceAll('""', '"') ?? bracketed?.replaceAll("]]", "]") ?? bare ?? "";
    return { text, column, expression };
  },
};

/** Reads --update-columns. */
export const UPDATE_COLUMNS: ListGrammar<UpdateColumns> = {
  expected: (text) =>
    text.every((name) => !name.startsWith("-"))
      ? "column names, or none by itself"
      : "columns to update, or -columns to leave out",
  parse: (text) => {
    if (text.length === 1 && text[0] === "*") return { text, kind: "all" };
    if (text.length === 1 && text[0] === "none") return { text, kind: "none" };
    const left = text.filter((name) => name.startsWith("-"));
    if (text.includes("none") || (left.length > 0 && left.length < text.length)) return null;
    return left.length > 0
      ? { text, kind: "except", columns: left.map((name) => name.slice(1)) }
      : { text, kind: "only", columns: text };
  },
};

/** A value of an option as it was typed, one of a list as a list; other values as they are. */
export function asTyped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTyped);
  return typeof value === "object" && value !== null && "text" in value ? value.text : value;
}
