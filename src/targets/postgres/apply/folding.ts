/**
 * Whether the repeats of a key may be folded: worked out one after the other on one image of the row, which is written
 * once. Every image in between must pass all that the database would hold against it, so the catalog must tell it all. Pure.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { assignmentsOf } from "../../../sql/assignments.ts";
import { qualify, unknownFunction } from "../../../sql/expressions.ts";
import { keyedPlan } from "../../../sql/match.ts";
import type { KeyedPlan } from "../../../sql/match.ts";
import { quoteIdentifier } from "../quote.ts";

/** What a fold needs to know of the table. */
export interface FoldRules {
  readonly plan: KeyedPlan;
  /** Columns of the target row that are read or written. */
  readonly columns: readonly Column[];
  /** Conditions of checks, over bare column names. */
  readonly checks: readonly string[];
  /** An image in which one of these changes is written at once, for the database to look at. */
  readonly shown: ReadonlySet<string>;
  /** So is one in which one of these is long. */
  readonly indexed: ReadonlySet<string>;
}

/** How to fold the repeats of this plan; `null` where they must be written one by one. */
export function foldingOf(load: TablePlan): FoldRules | null {
  const plan = keyedPlan(load);
  if (plan === null || !plan.method.byIndex || plan.method.stages !== "table") return null;
  const { table, isolation, looksFirst } = plan;
  const { images } = table;
  if (table.columns.some(({ name }) => name.startsWith("upsurge_"))) return null;
  if (images === undefined || images === null) return null;
  if (
    plan.deletesRows === true ||
    isolation.rowByRow !== null ||
    isolation.inFileOrder !== null ||
    looksFirst
  )
    return null;
  // The operators of a type that the search path does not find would be another type's.
  const keys = table.columns.filter(({ name }) => plan.arbiter.columns.includes(name));
  if (keys.some(({ type }) => /[".]/.test(type))) return null;
  const expressions = expressionsOf(plan);
  if (!expressions.every((sql) => readsColumnsOnly(sql, table.columns))) return null;
  const known = images.checks.filter((sql) => unknownFunction(sql) === null);
  const unknown = images.checks.filter((sql) => unknownFunction(sql) !== null);
  const stamped = stampedColumns(plan);
  // What a stamp makes of a proposed row is checked by evaluating, or not at all.
  if (mentioned(stamped, unknown).length > 0) return null;
  const generated = table.columns.flatMap(({ generatedSql }) => generatedSql ?? []);
  const read = mentioned(table.columns, [...expressions, ...known, ...generated]);
  const names = plan.columns.map(({ name }) => name);
  const written = assignmentsOf(plan, names, quoteIdentifier).map(({ column }) => column);
  return {
    plan,
    columns: table.columns.filter((column) => read.includes(column) || written.includes(column)),
    checks: known,
    shown: namesOf(throughGenerated(table.columns, [...images.seen, ...unknown])),
    indexed: new Set(images.indexed),
  };
}

/** The columns that the load stamps, in table order. */
export function stampedColumns({ table, update }: TablePlan): readonly Column[] {
  return table.columns.filter(({ name }) => update.stamps.some(({ column }) => column === name));
}

/** SQL over bare column names, about the row that `alias` holds. */
export function about(alias: string, sql: string, { table }: TablePlan): string {
  return qualify(sql, alias, { columns: table.columns.map(({ name }) => name), quoteIdentifier });
}

function expressionsOf({ update }: TablePlan): string[] {
  const { sets, stamps, where } = update;
  const expressions = [...sets, ...stamps].map(({ expression }) => expression);
  return where === null ? expressions : [...expressions, where];
}

/** `target` or `excluded`, and the column that is read of it. */
const READ = /"?\b(?:target|excluded)\b"?(?:\s*\.\s*("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))?/giu;

/** True when nothing but columns is read of the two rows: no system column, and never the row as a whole. */
function readsColumnsOnly(sql: string, columns: readonly Column[]): boolean {
  return [...sql.matchAll(READ)].every(([, name]) =>
    columns.some(
      (column) => quoteIdentifier(column.name) === name || column.name === name?.toLowerCase(),
    ),
  );
}

/** The columns whose names stand in one of the texts; more than are meant, where a name is part of another word. */
function mentioned(columns: readonly Column[], texts: readonly string[]): Column[] {
  const folded = texts.map((text) => text.toLowerCase());
  return columns.filter(({ name }) => {
    const inside = quoteIdentifier(name).slice(1, -1).toLowerCase();
    return folded.some((text) => text.includes(inside));
  });
}

/** The columns in the texts, and those that their generated columns are made of. */
function throughGenerated(columns: readonly Column[], texts: readonly string[]): Column[] {
  const direct = mentioned(columns, texts);
  const made = direct.flatMap(({ generatedSql }) => generatedSql ?? []);
  return [...direct, ...mentioned(columns, made)];
}

function namesOf(columns: readonly Column[]): Set<string> {
  return new Set(columns.map(({ name }) => name));
}
