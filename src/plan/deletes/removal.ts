/** `--delete-missing`: which rows go after the last record, and what stands against it. Pure; the SQL is the target's. */
import { sourceLabel } from "../../errors/source-label.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { LinkedColumns } from "../../model/nest/nest-plan.ts";
import type { Arbiter, Assignment, Removal, TablePlan } from "../../model/load-plan.ts";
import { allowedByFlag } from "../../model/removal.ts";
import { cascades, keepsRows, KIND_NAMES, tableName } from "../../model/table-shape.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { qualify, readsColumn } from "../../sql/expressions.ts";
import type { ExpressionNames } from "../../sql/expressions.ts";
import { referencesTo, referenceText } from "../../sql/removal.ts";
import { keyColumnsOf } from "../../sql/key-columns.ts";
import { tableLabel } from "../names.ts";
import { refuseOpen } from "../open-expression.ts";
import { assignments } from "../update-rule.ts";

const FLAG = "--delete-missing";

/** What decides it. */
export interface RemovalRequest {
  readonly shape: TableShape;
  readonly options: Options;
  readonly arbiter: Arbiter | null;
  readonly update: TablePlan["update"];
  /** The columns that a known field or constant fills. */
  readonly named: ReadonlySet<string>;
  readonly fields: readonly string[];
  readonly naming: ExpressionNames;
  /** The columns that take keys of other levels; absent: records hold no others. */
  readonly linked?: readonly LinkedColumns[] | undefined;
}

/** How rows that no record has are taken away; the sentences say what to know of it. */
export interface RemovalChoice {
  readonly chosen: Pick<TablePlan, "removal">;
  readonly why: readonly string[];
}

/** The removal of a load. Throws `PLAN_UNSUPPORTED`, `PLAN_KEY_NOT_IN_SOURCE` and what assignments may throw. */
export function chooseRemoval(request: RemovalRequest): RemovalChoice {
  const { shape, options, naming } = request;
  if (!options.deleteMissing) return { chosen: {}, why: [] };
  const keyColumns = keyColumnsOfRecords(request);
  const { deleteWhere, maxDelete } = options;
  const removal: Removal = {
    keyColumns: keyColumns.map(({ name }) => name),
    where: deleteWhere === null ? null : qualify(deleteWhere, "target", naming),
    sets: assignments(shape, "--delete-set", options.deleteSet, naming),
    limit: maxDelete,
  };
  if (deleteWhere !== null) refuseOpen("--delete-where", deleteWhere, naming);
  return { chosen: { removal }, why: explain(shape, removal, deleteWhere) };
}

/**
 * The columns that tell the key of each record, so that rows that no record has can be found. Throws where records have no
 * such key.
 */
export function keyColumnsOfRecords(request: RemovalRequest): readonly Column[] {
  refuseTable(request.shape);
  const keyColumns = keyColumnsOf(request, refuseKey(request));
  refuseUnknown(request, keyColumns);
  refuseRewritten(request, keyColumns);
  return keyColumns;
}

/**
 * Streams look ended where what feeds them has died: what they did not bring would count as missing. `open`: those of the
 * load's `sources` that do not tell their own end.
 */
export function refuseStreams(
  { open, sources }: { readonly open: readonly string[]; readonly sources: number },
  options: Options,
): void {
  const { deleteMissing, expectRows, expectSha256 } = options;
  const [first] = open;
  if (!deleteMissing || first === undefined || expectRows !== null || expectSha256 !== null) return;
  throw upsurgeError(
    "OPTION_MISSING",
    {
      flag: "--expect-rows",
      reason: `${sourceLabel(first)} is a stream, which looks ended where its producer has died: rows that it did not bring would count as missing`,
    },
    {
      where: FLAG,
      fix: `add --expect-rows N, the number of ${sources === 1 ? "its records, or --expect-sha256 HEX" : "records of all sources"}; or load a file`,
    },
  );
}

function refuseTable(shape: TableShape): void {
  if (keepsRows(shape)) return;
  throw unsupported(
    `${FLAG} on the ${KIND_NAMES[shape.kind]} ${tableLabel(shape)}`,
    "only a table can be kept from other writers",
    "name the table behind it with --table, or leave --delete-missing out",
  );
}

function refuseKey({ shape, options, arbiter, named }: RemovalRequest): Arbiter {
  if (arbiter === null || arbiter.kind !== "expressions") {
    throw unsupported(
      `${FLAG} by ${arbiter?.name ?? "no key"}`,
      "rows are missing by a key, and that tells no two rows apart by their values alone",
      "name a unique key of the table with --key or --constraint, or leave --delete-missing out",
    );
  }
  const isOpen = options.nullKey !== "reject";
  const made = shape.columns.find(
    ({ name, identity }) => identity === "rowid" && arbiter.columns.includes(name),
  );
  const unfilled = arbiter.columns.find((name) => !named.has(name));
  if (!isOpen || (made === undefined && (options.nullKey !== "insert" || unfilled === undefined)))
    return arbiter;
  throw unsupported(
    `${FLAG} with --null-key ${options.nullKey}`,
    `the database makes a key for a record without one: its row would count as missing`,
    `leave --null-key ${options.nullKey} out, or leave --delete-missing out`,
  );
}

/** The value of a column that no record has must be the same for all of them; in the key itself it would tell none apart. */
function refuseUnknown(
  { shape, arbiter, named, fields, naming }: RemovalRequest,
  keyColumns: readonly Column[],
): void {
  if (fields.length === 0) return;
  const reads = (sql: string, { name }: Column): boolean =>
    readsColumn(sql, null, { column: name, naming });
  const unknown = keyColumns.find((column) => {
    if (named.has(column.name) || column.generatedSql !== null) return false;
    const isKey = arbiter?.keyExpressions.some((part) => reads(part, column)) === true;
    return isKey || column.volatileDefault || column.identity !== null;
  });
  if (unknown === undefined) return;
  throw upsurgeError(
    "PLAN_KEY_NOT_IN_SOURCE",
    { column: unknown.name, fields: fields.join(", ") },
    {
      where: FLAG,
      fix: `map a field to ${unknown.name} with --map, fill it with --const, or leave --delete-missing out: what is missing from ${tableLabel(shape)} is told by it`,
    },
  );
}

/**
 * A row whose key the load itself changes would be missing. A stamp is set in rows that are inserted as well, and so may also
 * bring one within the predicate of the key; what takes a row out of it only keeps it.
 */
function refuseRewritten(
  { update, arbiter, naming }: RemovalRequest,
  keyColumns: readonly Column[],
): void {
  const names = keyColumns.map(({ name }) => name);
  const parts = arbiter?.keyExpressions ?? [];
  const inKey = names.filter((column) =>
    parts.some((part) => readsColumn(part, null, { column, naming })),
  );
  const flagged: readonly (readonly [string, readonly Assignment[], readonly string[]])[] = [
    ["--stamp", update.stamps, names],
    ["--set", update.sets, inKey],
  ];
  for (const [flag, list, refused] of flagged) {
    const found = list.find(({ column }) => refused.includes(column));
    if (found === undefined) continue;
    throw upsurgeError(
      "OPTION_CONFLICT",
      {
        flag: FLAG,
        other: `${flag} of ${found.column}`,
        reason: "it changes the key that a record has, and the row would count as missing",
      },
      { where: flag },
    );
  }
}

function unsupported(what: string, reason: string, suggestion: string): Error {
  return upsurgeError("PLAN_UNSUPPORTED", { what, reason, suggestion }, { where: FLAG });
}

function explain(shape: TableShape, { sets, limit }: Removal, where: string | null): string[] {
  const verb = sets.length === 0 ? "deleted" : "marked";
  const within = where === null ? "" : ` within ${where}`;
  const changing = shape.triggers.find(
    ({ events, timing, level }) =>
      (events.includes("insert") || events.includes("update")) &&
      (timing !== "after" || level === "row"),
  );
  return [
    `rows${within} whose key no record has are ${verb} after the last record, in one statement; ${allowedByFlag(limit)}`,
    "other writers are kept out of the table from the first statement on, until the load is committed",
    ...(changing === undefined
      ? []
      : [
          `if the trigger ${changing.name} changes the key of a row, that row counts as missing: its key is no record's`,
        ]),
    ...(sets.length === 0 ? referencesTo({ table: shape }).map(along) : []),
  ];
}

function along(reference: ReturnType<typeof referencesTo>[number]): string {
  const { table, name, onDelete } = reference;
  const by = referenceText({ ...reference, constraint: name });
  const what = {
    cascade: "go along with the rows that are deleted",
    "set null": "lose what refers to rows that are deleted",
    "set default": "refer to the default instead of rows that are deleted",
    forbid: "keep rows that they refer to from being deleted, and stop the load",
    none: "stay as they are",
  }[onDelete];
  const rows = cascades(reference) ? "rows" : "rows that stay";
  return `${rows} of ${tableName(table)} ${what} (${by})`;
}
