/**
 * Finds what couples rows with different keys, so that taking them together could differ from one at a time.
 * The list is TRUE for any database; each entry has a case in the conformance suite.
 */
import type { Arbiter, Isolation, Mode, Strategy, UpdateRule } from "../model/load-plan.ts";
import type { Column, ForeignKey, TableShape, UniqueKey } from "../model/table-shape.ts";
import { hasSubquery, quotesInBrackets, unknownFunction } from "../sql/expressions.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import { isArbiter } from "./key/key-name.ts";

/** What a load will do to the table, as far as isolation depends on it. */
export interface IsolationRequest {
  readonly mode: Mode;
  readonly strategy: Strategy;
  readonly arbiter: Arbiter | null;
  readonly capabilities: Pick<Capabilities, "appliesRowsInOrder">;
  readonly update: UpdateRule;
  readonly quoteIdentifier: (name: string) => string;
  /** The columns rows may carry, constants and stamps included. */
  readonly columns: readonly Column[];
  /** The columns that a known field or constant fills. */
  readonly named: ReadonlySet<string>;
  /** Records may lack a named field or bring another. */
  readonly openFields: boolean;
}

/** Why rows of this load must be applied one at a time, or at least in order. */
export function findIsolation(shape: TableShape, request: IsolationRequest): Isolation {
  return { rowByRow: rowsReason(shape, request), inFileOrder: orderReason(shape, request) };
}

function rowsReason(shape: TableShape, request: IsolationRequest): string | null {
  return triggerReason(shape, request) ?? keyReason(shape, request) ?? expressionReason(request);
}

function triggerReason(shape: TableShape, { mode }: IsolationRequest): string | null {
  const events = mode === "insert" || mode === "ignore" ? ["insert"] : ["insert", "update"];
  const trigger = shape.triggers.find((each) =>
    each.events.some((event) => events.includes(event)),
  );
  if (trigger !== undefined) return `the trigger ${trigger.name} must see rows one by one`;
  if (shape.kind === "view") return "the table behind a view may couple rows";
  return shape.rewritten ? "row security, rules, an indexed view or a check may couple rows" : null;
}

function keyReason(shape: TableShape, request: IsolationRequest): string | null {
  const { mode, strategy, arbiter } = request;
  const written = writtenColumns(request);
  const self = shape.foreignKeys.find(
    (each) =>
      each.selfReferencing &&
      each.columns.some((column) => written.has(column)) &&
      !staysReferable(each, request),
  );
  if (self !== undefined) {
    return `the foreign key (${self.columns.join(", ")}) refers to this table`;
  }
  const deferrable = shape.uniqueKeys.find((each) => each.deferrable && isTouched(each, written));
  if (deferrable !== undefined) {
    return `the deferrable key ${deferrable.name ?? ""} is checked late`;
  }
  const dropping = shape.uniqueKeys.find((each) => each.ignoresDuplicates === true);
  if (dropping !== undefined && mode !== "update") {
    return `the index ${dropping.name ?? ""} drops rows whose key is there (IGNORE_DUP_KEY)`;
  }
  const counting = shape.columns.find(
    (column) => countsUp(column) && !request.named.has(column.name),
  );
  if (counting !== undefined && mode !== "update") {
    return `the database counts up ${counting.name}, and an attempt that fails uses numbers up`;
  }
  if (!request.capabilities.appliesRowsInOrder && mode === "upsert") {
    // All at once, a row could take a value that a later one gives up.
    const moved = otherKey(shape, arbiter, updatedColumns(request));
    if (moved !== undefined) return `the unique key ${describe(moved)} is updated as well`;
  }
  const looks = mode === "update" || (strategy === "select-then-write" && mode !== "insert");
  if (!looks || arbiter === null) return null;
  if (request.update.stamps.length > 0) return "a stamped row is checked by itself";
  if (arbiter.kind !== "expressions") return "such a conflict shows only when a row is written";
  // Found rows are updated before missing ones are inserted, whatever their order in the file.
  const other = otherKey(shape, arbiter, written);
  return other === undefined ? null : `the unique key ${describe(other)} is written as well`;
}

/** Updates bring no rows: what rows refer to is there before and after, unless it is changed itself. */
function staysReferable({ refersTo }: ForeignKey, request: IsolationRequest): boolean {
  const updated = updatedColumns(request);
  return request.mode === "update" && refersTo?.some((name) => updated.has(name)) === false;
}

function expressionReason(request: IsolationRequest): string | null {
  const { arbiter, update } = request;
  const reads = readingReason(request);
  if (reads !== null) return reads;
  const moved = update.sets.find((each) => arbiter?.columns.includes(each.column));
  return moved === undefined ? null : `--set moves the key column ${moved.column}`;
}

/** Why an expression of the user's may read other rows, of this table or of another. */
export function readingReason(
  request: Pick<IsolationRequest, "update" | "quoteIdentifier">,
): string | null {
  const { update } = request;
  const expressions = [...update.sets, ...update.stamps].map((each) => each.expression);
  if (update.where !== null) expressions.push(update.where);
  return expressionsReading(expressions, quotesInBrackets(request));
}

/** Why one of these expressions may read rows. */
export function expressionsReading(
  expressions: readonly string[],
  brackets: boolean,
): string | null {
  if (expressions.some((sql) => hasSubquery(sql, brackets))) {
    return "an expression holds a subquery, which may read other rows";
  }
  const unknown = expressions
    .map((sql) => unknownFunction(sql, brackets))
    .find((name) => name !== null);
  return unknown === undefined ? null : `the function ${unknown} may read other rows`;
}

/** Why rows must keep their order in the file; `null` where only those with the same key must. */
export function orderReason(shape: TableShape, request: IsolationRequest): string | null {
  const { arbiter } = request;
  const written = writtenColumns(request);
  const other = otherKey(shape, arbiter, written);
  if (other !== undefined) return `the unique key ${describe(other)} is written as well`;
  if (arbiter?.kind === "expressions" && !arbiter.plain) return "the key is an expression";
  if (arbiter?.predicate !== null && arbiter !== null) return "the key is partial";
  const made = shape.columns.find(
    (column) => column.volatileDefault && (request.openFields || !request.named.has(column.name)),
  );
  return made === undefined ? null : `the database makes values for ${made.name} in order`;
}

/** An identity column, or one that takes its default from a sequence. */
function countsUp({ identity, volatileDefault }: Column): boolean {
  return volatileDefault && (identity === "always" || identity === "by-default");
}

function otherKey(
  { uniqueKeys }: TableShape,
  arbiter: Arbiter | null,
  written: ReadonlySet<string>,
): UniqueKey | undefined {
  return uniqueKeys.find((each) => !isArbiter(each, arbiter) && isTouched(each, written));
}

function writtenColumns({
  columns,
  update,
}: Pick<IsolationRequest, "columns" | "update">): Set<string> {
  const written = new Set(columns.map((column) => column.name));
  for (const each of [...update.sets, ...update.stamps]) written.add(each.column);
  return written;
}

function updatedColumns({ columns, update }: IsolationRequest): Set<string> {
  const carried = columns.map((column) => column.name);
  const changed = [...update.sets, ...update.stamps].map((each) => each.column);
  return new Set([...carried.filter((name) => update.columns.includes(name)), ...changed]);
}

function isTouched(key: UniqueKey, written: ReadonlySet<string>): boolean {
  return key.columns.some((column) => column === null || written.has(column));
}

function describe(key: UniqueKey): string {
  return `${key.name ?? ""}(${key.keyExpressions.join(", ")})`;
}
