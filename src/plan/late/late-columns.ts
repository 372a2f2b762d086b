/**
 * `--late`: the columns that are set once all records are written, since what they refer to may come later; and what stands
 * against it. Pure.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Arbiter, LateColumns, Mode, TablePlan, UpdateRule } from "../../model/load-plan.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { readsColumn } from "../../sql/expressions.ts";
import type { ExpressionNames } from "../../sql/expressions.ts";
import { keyColumnsOf } from "../../sql/key-columns.ts";
import { whyReadOnly } from "../mapping/read-only.ts";
import { requireColumn, tableLabel } from "../names.ts";
import { isFreeOfLevels } from "../nest/refuse-late.ts";

const FLAG = "--late";

/** What decides it. */
export interface LateRequest extends Pick<
  TablePlan,
  "mapping" | "constants" | "update" | "lookups"
> {
  readonly shape: TableShape;
  readonly options: Options;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly naming: ExpressionNames;
  /** Later records may carry fields that are not known. */
  readonly openFields: boolean;
}

/** What is set late, and what is kept for it. */
export interface LateChoice extends Omit<LateColumns, "plan"> {
  /** What is set so that `--update-where` is asked where nothing else is updated; empty: nothing is. */
  readonly decides: Partial<Pick<UpdateRule, "sets">>;
}

/** The late columns that records may carry; `null`: there are none. Throws `PLAN_UNKNOWN_COLUMN` and `PLAN_LATE`. */
export function chooseLate(request: LateRequest): LateChoice | null {
  const { shape, options, arbiter, mapping, constants, lookups = [], openFields } = request;
  const named = [...new Set(options.late ?? [])].map((name) => requireColumn(shape, name, FLAG));
  if (named.length === 0) return null;
  if (arbiter === null || arbiter.kind !== "expressions") {
    const reason = "it is set by the key of its record, and nothing says which that is";
    throw refusal(named, reason, "name a unique key with --key");
  }
  const key = keyColumnsOf(request, arbiter);
  refuseMadeKeys(named, request, key);
  for (const column of named) {
    const reason = whyNotLate(column, request, key);
    if (reason !== null) throw refusal([column], reason, leaveOut(column, options));
  }
  const looked = lookups.map(({ column }) => column.name);
  const filled = new Set([...[...mapping, ...constants].map(({ column }) => column), ...looked]);
  const late = new Set(named.filter(({ name }) => openFields || filled.has(name)));
  if (late.size === 0) return null;
  return {
    columns: shape.columns.filter((column) => late.has(column)).map(({ name }) => name),
    kept: shape.columns
      .filter((column) => late.has(column) || (key.includes(column) && isWritten(column)))
      .map(({ name }) => name),
    decides: decidingSets([...late], request, filled),
  };
}

/** The options of the pass that sets them: an update of just these, without a condition. */
export function lateOptions(options: Options, { columns }: LateChoice): Options {
  return {
    ...options,
    late: null,
    mode: "update",
    ignore: false,
    updateColumns: { kind: "only", columns, text: columns },
    set: null,
    stamp: null,
    updateWhere: null,
    nullKeeps: false,
    rewriteUnchanged: false,
    deleteMissing: false,
    deleteWhen: null,
    diff: null,
    truncate: false,
    syncSequences: false,
  };
}

/** Whether these options leave a column to be set late that nobody has asked for: else it is written with its record. */
export function mayBeSetLate(column: string, options: Options, naming: ExpressionNames): boolean {
  const { set, stamp, updateWhere, nullKey } = options;
  const assigned = [...(set ?? []), ...(stamp ?? [])];
  const read = [
    ...assigned.map(({ expression }) => expression),
    ...(updateWhere === null ? [] : [updateWhere]),
  ];
  return (
    nullKey !== "insert" &&
    isFreeOfLevels(column, options) &&
    !isLeftAlone(column, options) &&
    !assigned.some((each) => each.column === column) &&
    !read.some((sql) => readsColumn(sql, "excluded", { column, naming }))
  );
}

/** What a plan says of them. */
export function explainLate(late: LateChoice | null): string[] {
  if (late === null) return [];
  const { columns } = late;
  const are = columns.length === 1 ? "is" : "are";
  return [
    `${columns.join(", ")} ${are} set after the last record, by key and in file order: what a record refers to may come later`,
  ];
}

/** The database makes generated columns itself. */
function isWritten({ generatedSql }: Column): boolean {
  return generatedSql === null;
}

/** Why the column cannot be set later than its record, as a clause; `null` where it can. */
function whyNotLate(column: Column, request: LateRequest, key: readonly Column[]): string | null {
  const { options, mode, update } = request;
  const { name, nullable, defaultSql, identity } = column;
  const readOnly = whyReadOnly(column, options.keepIdentity);
  if (readOnly !== null) return readOnly;
  if (key.includes(column)) return "the key of the record is told by it";
  if (mode !== "update" && !nullable && defaultSql === null && identity === null) {
    return "it is NOT NULL and has no default, so no row can be inserted without it";
  }
  if ([...update.sets, ...update.stamps].some((each) => each.column === name)) {
    return "--set or --stamp gives it a value";
  }
  const reader = readerOf(name, request);
  if (reader !== null) return `${reader} reads excluded.${name}, which is not known before`;
  return isLeftAlone(name, options) ? "--update-columns leaves it as it is" : null;
}

/** The flag whose SQL reads the value that a record brings for the column; `null`: none does. */
function readerOf(column: string, { update, naming }: LateRequest): string | null {
  const flagged: readonly (readonly [string, readonly string[]])[] = [
    ["--update-where", update.where === null ? [] : [update.where]],
    ["--set", update.sets.map(({ expression }) => expression)],
    ["--stamp", update.stamps.map(({ expression }) => expression)],
  ];
  const reads = (sql: string): boolean => readsColumn(sql, "excluded", { column, naming });
  return flagged.find(([, expressions]) => expressions.some(reads))?.[0] ?? null;
}

function isLeftAlone(name: string, { updateColumns }: Options): boolean {
  if (updateColumns === null || updateColumns.kind === "all") return false;
  if (updateColumns.kind === "none") return true;
  return updateColumns.columns.includes(name) === (updateColumns.kind === "except");
}

/** A row whose key the database makes is not found again. */
function refuseMadeKeys(
  named: readonly Column[],
  { shape, options: { nullKey } }: LateRequest,
  key: readonly Column[],
): void {
  const made = key.find(({ identity }) => identity === "rowid");
  if (nullKey !== "insert" && (nullKey !== "match" || made === undefined)) return;
  const reason = `with --null-key ${nullKey} a record without its key has a row in ${tableLabel(shape)} that is not found again`;
  throw refusal(named, reason, `leave --null-key ${nullKey} out`);
}

/**
 * What has the database decide whether `--update-where` holds where nothing but late columns is updated: it sets one of them to
 * what it is.
 */
function decidingSets(
  late: readonly Column[],
  { update, mode, naming, openFields }: LateRequest,
  filled: ReadonlySet<string>,
): LateChoice["decides"] {
  const names = late.map(({ name }) => name);
  const [column] = names;
  if (column === undefined || update.where === null || update.sets.length > 0) return {};
  if (mode !== "upsert" && mode !== "update") return {};
  const mayFill = (name: string): boolean => openFields || filled.has(name);
  if (update.columns.some((name) => mayFill(name) && !names.includes(name))) return {};
  return { sets: [{ column, expression: `target.${naming.quoteIdentifier(column)}` }] };
}

function leaveOut({ name }: Column, { late }: Options): string {
  const isOnly = (late ?? []).every((each) => each === name);
  return isOnly ? `leave ${FLAG} out` : `leave ${name} out of ${FLAG}`;
}

function refusal(columns: readonly Column[], reason: string, suggestion: string): Error {
  const names = columns.map(({ name }) => name).join(", ");
  return upsurgeError("PLAN_LATE", { columns: names, reason, suggestion }, { where: FLAG });
}
