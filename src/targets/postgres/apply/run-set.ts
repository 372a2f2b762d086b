/** Runs the statements of a set of staged rows, and counts what became of the rows. */
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Pipeline, PipelinedAnswer } from "../stage/pipeline.ts";
import type { SetSql } from "./set-sql.ts";

/** The rows of one shape that a statement takes. */
export interface SelectedRows {
  readonly plan: TablePlan;
  /** The parameters of the statements. */
  readonly values: readonly string[];
  /** How many there are. */
  readonly rows: number;
}

/** Applies the rows; throws what the server answers. */
export async function runSet(
  pipeline: Pipeline,
  sql: SetSql,
  selected: SelectedRows,
): Promise<OutcomeCounts> {
  if (sql.kind === "look") return await runLook(pipeline, sql, selected);
  if (sql.kind === "merge") return await runMerge(pipeline, sql, selected);
  if (sql.kind === "update-then-insert") return await runUpdateThenInsert(pipeline, sql, selected);
  const run = sql.mayUpdate ? runUpsert : runInsert;
  return await run(pipeline, sql, selected);
}

type NativeStatements = Extract<SetSql, { kind: "native" }>;
type LookStatements = Extract<SetSql, { kind: "look" }>;

async function runInsert(
  pipeline: Pipeline,
  { write }: NativeStatements,
  { plan, values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const inserted = await affected(pipeline, write, values);
  return plan.mode === "insert" ? { inserted } : { inserted, ignored: rows - inserted };
}

async function runUpsert(
  pipeline: Pipeline,
  { write, counts }: NativeStatements,
  { values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const forget = { sql: "select set_config('upsurge.skipped', '0', true)" };
  const tell = { sql: "select current_setting('upsurge.skipped') as n" };
  if (counts) pipeline.add(forget);
  const [written, told] = await pipeline.run({ sql: write, values }, ...(counts ? [tell] : []));
  const inserted = Number(written?.rows[0]?.["inserted"] ?? 0);
  const updated = Number(written?.rows[0]?.["updated"] ?? 0);
  const skipped = Number(told?.rows[0]?.["n"] ?? 0);
  return { inserted, updated, skipped, unchanged: rows - inserted - updated - skipped };
}

/** The command tells how many rows were written, the sequence how many of them were inserted. */
async function runMerge(
  pipeline: Pipeline,
  { write, counts, sequence }: Extract<SetSql, { kind: "merge" }>,
  { values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const none = counts ? ", set_config('upsurge.skipped', '0', true)" : "";
  pipeline.add({ sql: `select setval('${sequence}', 1)${none}` });
  const turnedDown = counts ? "current_setting('upsurge.skipped')" : "0";
  const tell = `select currval('${sequence}') - 1 as inserted, ${turnedDown} as skipped`;
  const [merged, told] = await pipeline.run({ sql: write, values }, { sql: tell });
  const written = merged?.changed ?? 0;
  const inserted = Number(told?.rows[0]?.["inserted"] ?? 0);
  const skipped = Number(told?.rows[0]?.["skipped"] ?? 0);
  return { inserted, updated: written - inserted, skipped, unchanged: rows - written - skipped };
}

/**
 * Each statement sees what other sessions have committed by then. A key that one inserts before the second is there for it, and
 * passed over: where rows are left that may be such, the first is run again. For all others it changes nothing.
 */
async function runUpdateThenInsert(
  pipeline: Pipeline,
  { update, insert }: Extract<SetSql, { kind: "update-then-insert" }>,
  { values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  let updated = await affected(pipeline, update, values);
  const inserted = updated === rows ? 0 : await affected(pipeline, insert, values);
  if (updated + inserted < rows) updated += await affected(pipeline, update, values);
  return { inserted, updated, unchanged: rows - updated - inserted };
}

/** Looks first, and then runs only what there is something to do for: other writers are locked out meanwhile. */
async function runLook(
  pipeline: Pipeline,
  { meet, update, insert, insertAll, bounded }: LookStatements,
  { plan, values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const met = await ask(pipeline, meet, values);
  const matched = Number(met["matched"] ?? 0);
  const skipped = Number(met["skipped"] ?? 0);
  const unchanged = Number(met["unchanged"] ?? 0);
  // Without an index a key may have been met twice, and the numbers tell less.
  const exact = insertAll !== null;
  const nothingChanges = exact && matched === skipped + unchanged;
  const updated = update === null || nothingChanges ? 0 : await affected(pipeline, update, values);
  if (plan.deletesRows === true) return { deleted: updated, skipped: skipped + rows - matched };
  const found = { unchanged, updated, ignored: update === null ? matched : 0 };
  if (insert === null) return { ...found, skipped: skipped + rows - matched };
  if (exact && matched === rows) return { ...found, skipped };
  const inserted =
    insertAll !== null && matched === 0
      ? await affected(pipeline, insertAll, bounded ? [] : values)
      : await affected(pipeline, insert, values);
  return { ...found, skipped, inserted };
}

async function affected(
  pipeline: Pipeline,
  sql: string,
  values: readonly string[],
): Promise<number> {
  return (await pipeline.run({ sql, values }))[0]?.changed ?? 0;
}

async function ask(
  pipeline: Pipeline,
  sql: string,
  values: readonly string[],
): Promise<PipelinedAnswer["rows"][number]> {
  return (await pipeline.run({ sql, values }))[0]?.rows[0] ?? {};
}
