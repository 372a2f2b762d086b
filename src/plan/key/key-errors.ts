/** Errors about the key of a load: each names the keys that the table has, as flags to paste. */
import { nearest } from "../../errors/edit-distance.ts";
import { describeKey, keyFlag, keyFlags, passOneOf } from "../../errors/key-flags.ts";
import { shellQuoted, shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { isDeferred } from "../../model/table-shape.ts";
import type { TableShape, UniqueKey } from "../../model/table-shape.ts";
import { duplicatesSql, uniqueIndexSql } from "../../sql/unique-index.ts";
import type { ArbiterRequest } from "./arbiter.ts";
import { tableLabel } from "../names.ts";
import { keyName } from "./key-name.ts";
import { PRIMARY } from "./primary-key.ts";

/** `PLAN_NO_KEY`: a mode that finds rows was asked for without a key, and the table has no primary key to take. */
export function noKey(shape: TableShape, request: ArbiterRequest): Error {
  const { mode } = request;
  const one = passOneOf(keyFlags(shape.uniqueKeys, mode), KEYS);
  const any = mode === "ignore" ? "pass --any-constraint if any unique key may decide; or " : "";
  const suggestion = one === null ? withoutKeys(shape, request) : `${any}${one}`;
  const details = { mode, table: tableLabel(shape), keys: keysText(shape), suggestion };
  return upsurgeError("PLAN_NO_KEY", details);
}

/** `PLAN_NO_PRIMARY_KEY`: `--key primary` for a table without one. */
export function noPrimaryKey(shape: TableShape, request: ArbiterRequest): Error {
  const suggestion =
    passOneOf(keyFlags(shape.uniqueKeys, request.mode), KEYS) ?? withoutKeys(shape, request);
  const details = { table: tableLabel(shape), keys: keysText(shape), suggestion };
  return upsurgeError("PLAN_NO_PRIMARY_KEY", details, { where: "--key primary" });
}

const KEYS = "one of the keys of the table";
const OTHERS = "another key of the table";

/** What to do about a table that has no unique key. */
function withoutKeys({ kind }: TableShape, request: ArbiterRequest): string {
  if (kind === "virtual" || kind === "foreign") return TAKES_INSERTS[kind];
  const columns = "pass --key with the columns that tell its rows apart";
  if (request.isMade === true) return `${columns}: they become its primary key`;
  if (kind === "view" || request.upsertsWithoutIndex) return columns;
  const index = "give the table a primary key or a unique index";
  return kind === "partitioned"
    ? `${index}, and name all its columns with --key`
    : `${index}; or ${columns}, and --strategy select-then-write`;
}

function keysText({ kind, uniqueKeys }: TableShape): string {
  if (uniqueKeys.length > 0) return `its keys are ${uniqueKeys.map(describeKey).join("; ")}`;
  return kind === "view" ? "a view has no keys of its own" : "it has no unique key at all";
}

/** What helps where `--key` holds a name that is no column. */
export function otherThan(
  name: string,
  shape: TableShape,
  { mode }: ArbiterRequest,
): string | null {
  const isPrimary = name === PRIMARY && shape.uniqueKeys.some(({ primary }) => primary);
  if (isPrimary) return "pass --key primary by itself: it is all columns of the primary key";
  return passOneOf(keyFlags(shape.uniqueKeys, mode), KEYS);
}

/** `PLAN_NO_CONSTRAINT`: `--constraint` names none. */
export function noConstraint(shape: TableShape, name: string, request: ArbiterRequest): Error {
  const names = shape.uniqueKeys.flatMap((each) => each.name ?? []);
  const near = nearest(name, names);
  const meant = shape.uniqueKeys.find((key) => near !== null && key.name === near);
  const flag = meant === undefined ? null : keyFlag(meant, shape.uniqueKeys).flag;
  const others = keyFlags(shape.uniqueKeys, request.mode).filter((each) => each !== flag);
  const one = passOneOf(others, near === null ? KEYS : OTHERS);
  const suggestion =
    near === null
      ? (one ?? withoutKeys(shape, request))
      : `did you mean --constraint ${shellWord(near)}?${one === null ? "" : ` Or ${one}`}`;
  const usable = shape.uniqueKeys.map(describeKey).join("; ") || "none";
  const details = { constraint: name, table: tableLabel(shape), usable, suggestion };
  return upsurgeError("PLAN_NO_CONSTRAINT", details, { where: "--constraint" });
}

/** `PLAN_UNUSABLE_KEY`: the chosen key cannot decide. */
export function unusableKey(
  { uniqueKeys }: TableShape,
  key: UniqueKey,
  { mode }: ArbiterRequest,
): Error {
  const others = uniqueKeys.filter((each) => each !== key && !isDeferred(each, uniqueKeys));
  const other = passOneOf(keyFlags(others, mode), OTHERS);
  const constraint = keyName(key);
  if (key.kind === "exclusion" && mode !== "ignore") {
    return upsurgeError("PLAN_UNUSABLE_KEY", {
      constraint,
      reason: "an exclusion constraint can tell that rows collide, but not which row to update",
      suggestion: `pass --mode ignore, or ${other ?? "a unique key"}`,
    });
  }
  const looked = "pass --strategy select-then-write, or make the constraint not deferrable";
  return upsurgeError("PLAN_UNUSABLE_KEY", {
    constraint,
    reason: key.deferrable
      ? "it is deferrable, so the database does not let it decide conflicts"
      : "a deferrable key is on the same columns, so the database does not let them decide conflicts",
    suggestion: other === null ? looked : `${looked}, or ${other}`,
  });
}

/** What the table has for columns that no unique key is on. */
export interface NearKeys {
  readonly columns: readonly string[];
  /** Keys that share a column. */
  readonly related: readonly UniqueKey[];
  /** Partial indexes on just these columns. */
  readonly partial: readonly UniqueKey[];
}

/** `PLAN_NO_CONFLICT_TARGET`: no unique key is on just these columns. */
export function noConflictTarget(
  shape: TableShape,
  found: NearKeys,
  request: ArbiterRequest,
): Error {
  const keys = shape.uniqueKeys.map(describeKey).join("; ") || "none";
  const isColumn = request.key?.join(",") === PRIMARY;
  const meant = isColumn ? "--key primary is the column of that name; " : "";
  return upsurgeError(
    "PLAN_NO_CONFLICT_TARGET",
    {
      table: tableLabel(shape),
      key: found.columns.join(", "),
      reason: `${meant}a key needs a primary key or unique index on exactly its columns; found: ${keys}`,
      suggestion: keyFixes(shape, found, request),
    },
    { where: `--key ${found.columns.join(",")}` },
  );
}

/** What helps where no unique key is on the columns, the best first; keys to paste come last. */
function keyFixes(shape: TableShape, found: NearKeys, request: ArbiterRequest): string {
  const { keyWhere, quoteIdentifier, mode } = request;
  const others = shape.uniqueKeys.filter((key) => !found.partial.includes(key));
  const one = passOneOf(keyFlags(others, mode), KEYS);
  const last = one === null ? [] : [one];
  const [partial] = found.partial;
  if (partial !== undefined) {
    const named = `pass --key-where ${shellQuoted(partial.predicate ?? "")} (or --constraint ${shellWord(partial.name ?? "")}) to use the partial index; rows outside it are always inserted`;
    return [named, ...last].join("; or ");
  }
  const made = madeOfKey(shape.uniqueKeys, found.columns);
  if (made !== null && keyWhere === null) {
    const flag = keyFlag(made, shape.uniqueKeys).flag ?? "";
    const other = passOneOf(
      keyFlags(others, mode).filter((each) => each !== flag),
      OTHERS,
    );
    const on = made.keyExpressions.join(", ");
    return [`pass ${flag} to use the index on ${on}`, ...(other === null ? [] : [other])].join(
      "; or ",
    );
  }
  const key = { expressions: found.columns.map(quoteIdentifier), predicate: keyWhere };
  const ddl = uniqueIndexSql(shape, key, quoteIdentifier);
  const looks = shape.kind === "table" && found.related.length === 0 && keyWhere === null;
  const looked = looks ? ["--strategy select-then-write"] : [];
  const fixes = [ddl ?? WITHOUT_INDEX[shape.kind], ...looked, ...last].join(", or ");
  // Neither an index nor a look-up can do with several rows of one key.
  return ddl === null
    ? fixes
    : `${fixes}; see first that no key has several rows: ${duplicatesSql(shape, key, quoteIdentifier)}`;
}

/** An index on expressions of just these columns, as on `lower(email)`: another index would only compare them in another way. */
function madeOfKey(keys: readonly UniqueKey[], columns: readonly string[]): UniqueKey | null {
  const isMade = ({ kind, name, predicate, columns: parts, keyExpressions }: UniqueKey): boolean =>
    kind === "unique" &&
    name !== null &&
    predicate === null &&
    parts.includes(null) &&
    parts.length === columns.length &&
    columns.every((column) =>
      parts.some(
        (part, at) => part === column || (part === null && names(keyExpressions[at], column)),
      ),
    );
  return keys.find((key) => isMade(key) && !isDeferred(key, keys)) ?? null;
}

/** Whether an expression has a word that is the column. */
function names(expression: string | undefined, column: string): boolean {
  return expression?.split(/[^\p{L}\p{N}_$]+/u).includes(column) ?? false;
}

/** What to do about a table that takes nothing but inserts, where no key is named. */
const TAKES_INSERTS = {
  virtual:
    "leave --key, --mode and --ignore out: a virtual table has no unique keys, and takes inserts",
  foreign:
    "leave --key and --mode out: a foreign table has no unique keys here, and takes inserts, with --ignore --any-constraint too; or load into the table itself, on its own server",
} as const;

/** What to do about a key where `uniqueIndexSql` makes no index. */
const WITHOUT_INDEX: Readonly<Record<TableShape["kind"], string>> = {
  table: "give the table a unique index on the key",
  view: "give the table behind the view a unique index, and load into that table",
  virtual: "leave --key out: a virtual table has no unique keys, and takes inserts",
  foreign:
    "leave --key out: a foreign table has no unique keys here, and takes inserts; or pass --ignore --any-constraint in its place, which leaves rows alone that are there; or load into the table itself, on its own server",
  partitioned:
    "give it a unique index that holds the partition columns too, and name all its columns with --key",
};
