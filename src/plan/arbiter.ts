/** Chooses the unique index that decides which target row an incoming row meets. */
import { nearest } from "../errors/edit-distance.ts";
import { shellQuoted, shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, Mode, Strategy } from "../model/load-plan.ts";
import type { TableShape, UniqueKey } from "../model/table-shape.ts";
import { uniqueIndexSql } from "../sql/unique-index.ts";
import { requireColumn, tableLabel } from "./names.ts";

/** What the conflict flags say. */
export interface ArbiterRequest {
  readonly mode: Mode;
  readonly key: readonly string[] | null;
  readonly constraint: string | null;
  readonly keyWhere: string | null;
  readonly anyConstraint: boolean;
  readonly matchNulls: boolean;
  readonly strategy: "auto" | Strategy;
  /** The native upsert takes any columns as its key. */
  readonly upsertsWithoutIndex: boolean;
  readonly quoteIdentifier: (name: string) => string;
}

/** The arbiter of a load; `null` in insert mode. Throws `PLAN_NO_KEY`, `PLAN_NO_CONFLICT_TARGET`, `PLAN_NO_CONSTRAINT`, `PLAN_UNUSABLE_KEY`. */
export function chooseArbiter(shape: TableShape, request: ArbiterRequest): Arbiter | null {
  if (request.mode === "insert") return null;
  if (request.anyConstraint) return ANY;
  if (request.constraint !== null) return byName(shape, request.constraint, request);
  if (request.key !== null) return byColumns(shape, request.key, request);
  throw upsurgeError("PLAN_NO_KEY", {
    mode: request.mode,
    suggestion:
      request.mode === "ignore"
        ? "pass --key or --constraint, or --any-constraint if any unique key may decide"
        : "pass --key or --constraint; `upsurge inspect --to URL --table NAME` lists the usable ones",
  });
}

const ANY: Arbiter = {
  name: null,
  kind: "any",
  keyExpressions: [],
  columns: [],
  plain: false,
  predicate: null,
  nullsEqual: false,
};

function byName(shape: TableShape, name: string, request: ArbiterRequest): Arbiter {
  const named = shape.uniqueKeys.filter((key) => key.name !== null);
  const key =
    named.find((each) => each.name === name) ??
    named.find((each) => each.name?.toLowerCase() === name.toLowerCase());
  if (key === undefined) {
    const names = named.flatMap((each) => each.name ?? []);
    const near = nearest(name, names);
    const details = {
      constraint: name,
      table: tableLabel(shape),
      usable: names.join(", ") || "none",
    };
    const fix = near === null ? undefined : `did you mean --constraint ${shellWord(near)}?`;
    throw upsurgeError("PLAN_NO_CONSTRAINT", details, { fix, where: "--constraint" });
  }
  refuseUnusable(key, name, request);
  return arbiterOf(key, key.predicate, request);
}

function refuseUnusable(key: UniqueKey, name: string, request: ArbiterRequest): void {
  if (key.kind === "exclusion" && request.mode !== "ignore") {
    throw upsurgeError("PLAN_UNUSABLE_KEY", {
      constraint: name,
      reason: "an exclusion constraint can tell that rows collide, but not which row to update",
      suggestion: "pass --ignore, or a unique key",
    });
  }
  if (key.deferrable && request.strategy !== "select-then-write") {
    throw upsurgeError("PLAN_UNUSABLE_KEY", {
      constraint: name,
      reason: "it is deferrable, so the database does not let it decide conflicts",
      suggestion: "pass --strategy select-then-write, or make the constraint not deferrable",
    });
  }
}

function byColumns(shape: TableShape, key: readonly string[], request: ArbiterRequest): Arbiter {
  const columns = key.map((name) => requireColumn(shape, name, "--key").name);
  if (shape.kind === "view") return unindexed(columns, "the table behind the view", request);
  const matching = shape.uniqueKeys.filter(
    (each) => each.kind === "unique" && sameColumns(each.columns, columns),
  );
  const whole = matching.filter((each) => each.predicate === null);
  const partial = matching.filter((each) => each.predicate !== null);
  const candidates = request.keyWhere === null ? whole : [...partial, ...whole];
  const chosen = candidates.find((each) => !each.deferrable) ?? candidates[0];
  if (chosen !== undefined) {
    refuseUnusable(chosen, chosen.name ?? columns.join(", "), request);
    return arbiterOf(chosen, request.keyWhere, request);
  }
  const related = shape.uniqueKeys.filter((each) =>
    touches(each, columns, request.quoteIdentifier),
  );
  const mayLook = shape.kind === "table" && matching.length === 0 && request.keyWhere === null;
  const asked = request.strategy === "select-then-write" && related.length === 0;
  if (mayLook && (asked || request.upsertsWithoutIndex)) return unindexed(columns, null, request);
  throw noConflictTarget(shape, { columns, related, partial }, request);
}

/** A key whose uniqueness is not ours to prove: behind a view, or without any index (on request). */
function unindexed(
  columns: readonly string[],
  name: string | null,
  request: ArbiterRequest,
): Arbiter {
  return {
    name,
    kind: "expressions",
    keyExpressions: columns.map(request.quoteIdentifier),
    columns,
    plain: true,
    predicate: request.keyWhere,
    nullsEqual: request.matchNulls,
  };
}

/** The arbiter that a unique key is; `matchNulls`: NULLs are to match even where the key takes them as different. */
export function arbiterOf(
  key: UniqueKey,
  predicate: string | null,
  { matchNulls }: Pick<ArbiterRequest, "matchNulls">,
): Arbiter {
  const columns = key.columns.filter((column) => column !== null);
  return {
    name: key.name ?? columns.join(", "),
    kind: key.kind === "exclusion" ? "constraint" : "expressions",
    keyExpressions: key.keyExpressions,
    columns,
    plain: columns.length === key.keyExpressions.length,
    predicate,
    nullsEqual: matchNulls || !key.nullsDistinct,
  };
}

function sameColumns(have: readonly (string | null)[], want: readonly string[]): boolean {
  return have.length === want.length && want.every((column) => have.includes(column));
}

function touches(
  key: UniqueKey,
  columns: readonly string[],
  quote: (name: string) => string,
): boolean {
  return columns.some(
    (column) =>
      key.columns.includes(column) ||
      key.keyExpressions.some(
        (expression, index) => key.columns[index] === null && mentions(expression, column, quote),
      ),
  );
}

function mentions(sql: string, column: string, quote: (name: string) => string): boolean {
  const words: readonly string[] = sql.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return sql.includes(quote(column)) || words.includes(column);
}

function noConflictTarget(
  shape: TableShape,
  found: {
    columns: readonly string[];
    related: readonly UniqueKey[];
    partial: readonly UniqueKey[];
  },
  request: ArbiterRequest,
): Error {
  const keys = shape.uniqueKeys.map(describeKey).join("; ") || "none";
  const [partial] = found.partial;
  const suggestion =
    partial === undefined
      ? keyFixes(shape, found, request).join(", or ")
      : `pass --key-where ${shellQuoted(partial.predicate ?? "")} (or --constraint ${shellWord(partial.name ?? "")}) to use the partial index; rows outside it are always inserted`;
  return upsurgeError(
    "PLAN_NO_CONFLICT_TARGET",
    {
      table: tableLabel(shape),
      key: found.columns.join(", "),
      reason: `a key needs a primary key or unique index on exactly its columns; found: ${keys}`,
      suggestion,
    },
    { where: `--key ${found.columns.join(",")}` },
  );
}

/** What helps where no unique key is on the columns, the best first. */
function keyFixes(
  shape: TableShape,
  { columns, related }: { columns: readonly string[]; related: readonly UniqueKey[] },
  { keyWhere, quoteIdentifier }: ArbiterRequest,
): string[] {
  const expressions = columns.map(quoteIdentifier);
  const ddl = uniqueIndexSql(shape, { expressions, predicate: keyWhere }, quoteIdentifier);
  const keyed = shape.uniqueKeys.some(({ kind }) => kind === "unique");
  const looks = shape.kind === "table" && related.length === 0 && keyWhere === null;
  return [
    ddl ?? WITHOUT_INDEX[shape.kind],
    ...(keyed ? ["pass one of those keys"] : []),
    ...(looks ? ["--strategy select-then-write"] : []),
  ];
}

/** What to do about a key where `uniqueIndexSql` makes no index. */
const WITHOUT_INDEX: Readonly<Record<TableShape["kind"], string>> = {
  table: "give the table a unique index on the key",
  view: "give the table behind the view a unique index, and load into that table",
  virtual: "leave --key out: a virtual table has no unique keys, and takes inserts",
  partitioned:
    "give it a unique index that holds the partition columns too, and name all its columns with --key",
};

/** A unique key in a few words: `orders_pkey (id)`, `users_email (lower(email)) where active`. */
export function describeKey(key: UniqueKey): string {
  const parts = key.keyExpressions
    .map((expression, index) => key.columns[index] ?? expression)
    .join(", ");
  const predicate = key.predicate === null ? "" : ` where ${key.predicate}`;
  return `${key.name === null ? "" : `${key.name} `}(${parts})${predicate}`;
}
