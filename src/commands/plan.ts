/** What a load would do, and what to grant for it: `upsurge plan`. Writes nothing. */
import type { LoadPlan, TablePlan } from "../model/load-plan.ts";
import { writtenLevels } from "../model/nest/nest-plan.ts";
import type { PlanReport } from "../model/report/plan-report.ts";
import { withDefaultTable } from "../options/default-table.ts";
import type { Options } from "../options/options.ts";
import { explainLosses, mayLose } from "../plan/values/lost-parts.ts";
import { explainNotations, rewrites } from "../plan/values/notations.ts";
import { neededPrivileges } from "../plan/requirements.ts";
import { statementsOf } from "../load/planning/plan-statements.ts";
import { prepare } from "../load/prepare.ts";
import type { PreparedLoad } from "../load/prepare.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import type { Capabilities } from "../targets/capabilities.ts";
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
      plan: await withValues(plan, set, session.capabilities),
      target: target.describe(options.to ?? ""),
      server: session.version,
      sources: set.planned,
      statements: statementsOf(session, plan),
    }),
  );
}

/** The plan with one value of each column that is rewritten, as it is read, or that loses a part. */
async function withValues(
  plan: LoadPlan,
  sources: SourceSet,
  capabilities: Capabilities,
): Promise<LoadPlan> {
  const [table] = plan.tables;
  if (!rewrites(table) && !mayLose(table)) return plan;
  const values = await sources.firstValues();
  const why = [...explainNotations(table, values), ...explainLosses(table, values, capabilities)];
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
    const [root, ...levels] = plan.tables;
    const grants: string[] = [];
    for (const table of [root, ...levels]) {
      const isRoot = table === root;
      const privileges = neededPrivileges(
        table,
        session.capabilities,
        table.recordDeletes !== undefined,
      );
      const looked = isReferredTo(plan, table) ? (["select"] as const) : [];
      const own = await session.grants({
        plan: table,
        job: isRoot ? plan.job : null,
        ddl: isRoot ? plan.ddl : null,
        privileges: [...new Set([...privileges, ...looked])],
        filled: new Set(isRoot ? filledColumns(table, set) : filledOnLevel(table)),
        sequences: sequencesOf(plan, table, options),
      });
      grants.push(...own.filter((each) => !grants.includes(each)));
    }
    const scripts = [...plan.before, ...plan.after].filter(({ kind }) => kind === "script");
    return scripts.length === 0 ? grants : [...grants, SCRIPTS];
  });
}

/** Rows of another level refer to its rows, which are looked up where their records do not say the key. */
function isReferredTo({ nest, tables }: LoadPlan, table: TablePlan): boolean {
  return (nest?.levels ?? []).some(
    ({ relation, at, parentAt }) => tables[relation === "array" ? parentAt : at] === table,
  );
}

/** The columns that every row carries: a record without a header may lack any field. */
function filledColumns(table: TablePlan, set: SourceSet): string[] {
  const { mapping, constants, update } = table;
  const mapped = mapping.filter(({ field }) => set.alwaysHas(field));
  const looked = (table.lookups ?? []).filter(({ keys }) =>
    keys.every(({ field }) => field === null || set.alwaysHas(field)),
  );
  const { columns: valued = [], fields: read = [] } = table.values ?? {};
  const always = valued.filter(({ fields }) =>
    fields.every((at) => set.alwaysHas(read[at]?.name ?? "")),
  );
  return [
    ...always.map(({ column }) => column.name),
    ...[...mapped, ...constants, ...update.stamps].map(({ column }) => column),
    ...looked.map(({ column }) => column.name),
  ];
}

/** The same of a level, of whose records no member is known to be always there. */
function filledOnLevel({ constants, update, linked = [] }: TablePlan): string[] {
  const links = linked.filter(({ memberAt }) => memberAt === null);
  return [
    ...links.flatMap(({ columns }) => columns.map(({ name }) => name)),
    ...[...constants, ...update.stamps].map(({ column }) => column),
  ];
}

/** The sequences that are moved once the load is committed. */
function sequencesOf(plan: LoadPlan, table: TablePlan, { syncSequences }: Options): string[] {
  const isWritten = table === plan.tables[0] || writtenLevels(plan).includes(table);
  if (!syncSequences || !isWritten) return [];
  return table.table.columns.flatMap(({ sequence }) =>
    sequence === undefined ? [] : [sequence.name],
  );
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
