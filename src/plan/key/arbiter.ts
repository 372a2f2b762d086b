/** Chooses the unique index that decides which target row an incoming row meets. */
import type { Arbiter, KeyOrigin, Mode, Strategy } from "../../model/load-plan.ts";
import { isDeferred } from "../../model/table-shape.ts";
import type { TableShape, UniqueKey } from "../../model/table-shape.ts";
import {
  noConflictTarget,
  noConstraint,
  noKey,
  noPrimaryKey,
  otherThan,
  unusableKey,
} from "./key-errors.ts";
import { requireColumn } from "../names.ts";
import { keyName } from "./key-name.ts";
import { keyOriginOf, primaryKeyOf } from "./primary-key.ts";

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
  /** The load makes the table: its key is what the flags say. */
  readonly isMade?: boolean;
}

/** What decides conflicts, and where that was taken from: both `null` in insert mode. */
export interface KeyChoice {
  readonly arbiter: Arbiter | null;
  /** `null` where any unique key decides, too. */
  readonly keyOrigin: KeyOrigin | null;
}

/**
 * The arbiter of a load. Throws `PLAN_NO_KEY`, `PLAN_NO_PRIMARY_KEY`, `PLAN_NO_CONFLICT_TARGET`, `PLAN_NO_CONSTRAINT`,
 * `PLAN_UNUSABLE_KEY`.
 */
export function chooseArbiter(shape: TableShape, request: ArbiterRequest): KeyChoice {
  const keyOrigin = keyOriginOf(shape, request);
  return { keyOrigin, arbiter: arbiterFrom(keyOrigin, shape, request) };
}

function arbiterFrom(
  origin: KeyOrigin | null,
  shape: TableShape,
  request: ArbiterRequest,
): Arbiter | null {
  if (origin === null) return request.anyConstraint ? ANY : null;
  if (origin === "primary" || origin === "default") return byPrimaryKey(origin, shape, request);
  if (request.constraint !== null) return byName(shape, request.constraint, request);
  return byColumns(shape, request.key ?? [], request);
}

function byPrimaryKey(
  origin: "primary" | "default",
  shape: TableShape,
  request: ArbiterRequest,
): Arbiter {
  const key = primaryKeyOf(shape, request);
  if (key === null) {
    throw origin === "primary" ? noPrimaryKey(shape, request) : noKey(shape, request);
  }
  if (key.kind === "unique") {
    const columns = key.columns.filter((column) => column !== null);
    return byColumns(shape, columns, request);
  }
  refuseUnusable(shape, key, request);
  return arbiterOf(key, null, request);
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
  if (key === undefined) throw noConstraint(shape, name, request);
  refuseUnusable(shape, key, request);
  return arbiterOf(key, key.predicate, request);
}

function refuseUnusable(shape: TableShape, key: UniqueKey, request: ArbiterRequest): void {
  const isBlind = key.kind === "exclusion" && request.mode !== "ignore";
  const isLate = isDeferred(key, shape.uniqueKeys) && request.strategy !== "select-then-write";
  if (isBlind || isLate) throw unusableKey(shape, key, request);
}

function byColumns(shape: TableShape, key: readonly string[], request: ArbiterRequest): Arbiter {
  const named = key.map(
    (name) => requireColumn(shape, name, "--key", otherThan(name, shape, request)).name,
  );
  const columns = [...new Set(named)];
  if (shape.kind === "view") return unindexed(columns, "the table behind the view", request);
  const matching = shape.uniqueKeys.filter(
    (each) => each.kind === "unique" && sameColumns(each.columns, columns),
  );
  const whole = matching.filter((each) => each.predicate === null);
  const partial = matching.filter((each) => each.predicate !== null);
  const candidates = request.keyWhere === null ? whole : [...partial, ...whole];
  const [chosen] = candidates;
  if (chosen !== undefined) {
    refuseUnusable(shape, chosen, request);
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
    name: keyName(key),
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
