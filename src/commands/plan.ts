/** What a load would do, and what to grant for it: `upsurge plan`. Writes nothing. */
import type { LoadPlan } from "../model/load-plan.ts";
import type { PlanReport } from "../model/plan-report.ts";
import { withDefaultTable } from "../options/default-table.ts";
import type { Options } from "../options/options.ts";
import { explainNotations, rewrites } from "../plan/values/notations.ts";
import { neededPrivileges } from "../plan/requirements.ts";
import { statementsOf } from "../load/planning/plan-statements.ts";
import { prepare } from "../load/prepare.ts";
import type { PreparedLoad } from "../load/prepare.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import type { SourceSet } from "../sources/source-set.ts";

/** Plans a load and lets the database check it. Throws `UpsurgeError`s. */
export async function planLoad(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
): Promise<PlanReport> {
  return await withPlan(
    sources,
    options,
    surroundings,
    async ({ plan, session, target, sources: set }) => ({
      plan: await withValues(plan, set),
      target: target.describe(options.to ?? ""),
      server: session.version,
      sources: set.planned,
      statements: statementsOf(session, plan),
    }),
  );
}

/** The plan with one value of each column that is rewritten, as it is read. */
async function withValues(plan: LoadPlan, sources: SourceSet): Promise<LoadPlan> {
  const [table] = plan.tables;
  if (!rewrites(table)) return plan;
  const why = explainNotations(table, await sources.firstValues());
  return { ...plan, why: [...plan.why, ...why] };
}

/** Plans a load, whether or not its user may run it, and says what to grant for it. Throws `UpsurgeError`s. */
export async function planGrants(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
): Promise<readonly string[]> {
  const asked = { ...options, grants: true };
  return await withPlan(sources, asked, surroundings, async ({ plan, session, sources: set }) => {
    const [table] = plan.tables;
    const privileges = neededPrivileges(
      table,
      session.capabilities,
      table.recordDeletes !== undefined,
    );
    const { mapping, constants, update } = table;
    // The columns that every row carries: a record without a header may lack any field.
    const mapped = mapping.filter(({ field }) => set.alwaysHas(field));
    const looked = (table.lookups ?? []).filter(({ keys }) =>
      keys.every(({ field }) => field === null || set.alwaysHas(field)),
    );
    const { columns: valued = [], fields: read = [] } = table.values ?? {};
    const always = valued.filter(({ fields }) =>
      fields.every((at) => set.alwaysHas(read[at]?.name ?? "")),
    );
    const filled = [
      ...always.map(({ column }) => column.name),
      ...[...mapped, ...constants, ...update.stamps].map(({ column }) => column),
      ...looked.map(({ column }) => column.name),
    ];
    const grants = await session.grants({
      plan: table,
      job: plan.job,
      ddl: plan.ddl,
      privileges,
      filled: new Set(filled),
      sequences: table.columns.flatMap(({ sequence }) =>
        sequence !== undefined && options.syncSequences ? [sequence.name] : [],
      ),
    });
    const scripts = [...plan.before, ...plan.after].filter(({ kind }) => kind === "script");
    return scripts.length === 0 ? grants : [...grants, SCRIPTS];
  });
}

const SCRIPTS = "-- SQL of --before and --after: grant what it uses";

/** What `use` makes of a prepared load, which is closed then. */
async function withPlan<T>(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
  use: (prepared: PreparedLoad) => T | Promise<T>,
): Promise<T> {
  const prepared = await prepare(sources, withDefaultTable(options, sources), {
    ...surroundings,
    waitMs: options.wait,
    writesNothing: true,
  });
  try {
    return await use(prepared);
  } finally {
    await prepared.sources.close();
    await prepared.session.close();
  }
}
