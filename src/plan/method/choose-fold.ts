/**
 * Whether the repeats of a key may be folded: worked out one after the other on one image of the row, which is written
 * once. Every image in between must pass all that the database would hold against it, so the catalog must tell it all. Pure.
 */
import type { TablePlan } from "../../model/load-plan.ts";
import type { FoldPlan } from "../../model/plan/fold-plan.ts";
import type { Column, ImageRules } from "../../model/table-shape.ts";
import { assignmentsOf, stampedColumns } from "../../sql/assignments.ts";
import { unknownFunction } from "../../sql/expressions.ts";
import type { FoldCapability } from "../../targets/method-capabilities.ts";

type Quote = (name: string) => string;

/** How the repeats of this plan are folded; nothing where they must be written one by one. */
export function foldOf(
  plan: TablePlan,
  folds: FoldCapability,
  quote: Quote,
): Pick<TablePlan, "fold"> {
  const { table, method } = plan;
  const { images } = table;
  if (method.key === null || !method.byIndex || method.stages !== "table") return {};
  if (images === undefined || images === null || !appliesTogether(plan)) return {};
  const key = method.key.columns;
  if (table.columns.some(({ name, type }) => key.includes(name) && !folds.compares(type)))
    return {};
  const expressions = expressionsOf(plan);
  if (!expressions.every((sql) => readsColumnsOnly(sql, table.columns, quote))) return {};
  // What a stamp makes of a proposed row is checked by evaluating, or not at all.
  const unknown = images.checks.filter((sql) => unknownFunction(sql) !== null);
  if (mentioned(stampedColumns(plan), unknown, quote).length > 0) return {};
  return { fold: foldPlan(plan, images, { expressions, unknown, quote }) };
}

/** Whether rows go together, and no name is one of our own. */
function appliesTogether({ table, isolation, uncounted, deletesRows }: TablePlan): boolean {
  if (deletesRows === true || uncounted) return false;
  if (isolation.rowByRow !== null || isolation.inFileOrder !== null) return false;
  return !table.columns.some(({ name }) => name.startsWith("upsurge_"));
}

interface FoldTexts {
  readonly expressions: readonly string[];
  /** Checks that call a function which may look at other rows. */
  readonly unknown: readonly string[];
  readonly quote: Quote;
}

function foldPlan(
  plan: TablePlan,
  images: ImageRules,
  { expressions, unknown, quote }: FoldTexts,
): FoldPlan {
  const { columns } = plan.table;
  const checks = images.checks.filter((sql) => !unknown.includes(sql));
  const generated = columns.flatMap(({ generatedSql }) => generatedSql ?? []);
  const read = mentioned(columns, [...expressions, ...checks, ...generated], quote);
  const carried = plan.columns.map(({ name }) => name);
  const written = assignmentsOf(plan, carried, quote).map(({ column }) => column);
  const direct = mentioned(columns, [...images.seen, ...unknown], quote);
  // A generated column is seen through those that it is made of.
  const made = direct.flatMap(({ generatedSql }) => generatedSql ?? []);
  return {
    columns: namesOf(columns.filter((each) => read.includes(each) || written.includes(each))),
    checks,
    shown: namesOf([...direct, ...mentioned(columns, made, quote)]),
    indexed: images.indexed,
  };
}

function expressionsOf({ update }: TablePlan): string[] {
  const { sets, stamps, where } = update;
  const expressions = [...sets, ...stamps].map(({ expression }) => expression);
  return where === null ? expressions : [...expressions, where];
}

/** `target` or `excluded`, and the column that is read of it. */
const READ = /"?\b(?:target|excluded)\b"?(?:\s*\.\s*("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))?/giu;

/** True when nothing but columns is read of the two rows: no system column, and never the row as a whole. */
function readsColumnsOnly(sql: string, columns: readonly Column[], quote: Quote): boolean {
  return [...sql.matchAll(READ)].every(([, name]) =>
    columns.some((column) => quote(column.name) === name || column.name === name?.toLowerCase()),
  );
}

/** The columns whose names stand in one of the texts; more than are meant, where a name is part of another word. */
function mentioned(columns: readonly Column[], texts: readonly string[], quote: Quote): Column[] {
  const folded = texts.map((text) => text.toLowerCase());
  return columns.filter(({ name }) => {
    const inside = quote(name).slice(1, -1).toLowerCase();
    return folded.some((text) => text.includes(inside));
  });
}

function namesOf(columns: readonly Column[]): string[] {
  return columns.map(({ name }) => name);
}
