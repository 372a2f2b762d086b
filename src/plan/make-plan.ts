/** PURE: from the table's shape, the source's fields and the options to the plan. No I/O, no names of databases. */
import type { Arbiter, LoadPlan, TablePlan } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";
import { chooseArbiter } from "./key/arbiter.ts";
import { findIsolation } from "./isolation.ts";
import type { IsolationRequest } from "./isolation.ts";
import { explain, explainLocks, explainRun } from "./explain.ts";
import { isJob } from "../options/is-job.ts";
import { apartWarnings } from "./batches/commits-apart.ts";
import { chooseBatches } from "./batches/choose-batches.ts";
import { modeOf } from "../options/mode-of.ts";
import { shareOut } from "./shards/share-out.ts";
import { fieldLabels } from "./mapping/named-fields.ts";
import { lateOptions } from "./late/late-columns.ts";
import type { LateChoice } from "./late/late-columns.ts";
import { planNested } from "./nest/plan-nested.ts";
import { levelsObstacle } from "./nest/sharing.ts";
import { relateLevels } from "./nest/plan-nest.ts";
import { neededPrivileges, refuseMissing, refusePrivileges } from "./requirements.ts";
import type { EmptyingChoice } from "./steps.ts";
import { afterCommit, chooseEmptying, explainSync, planSteps, refuseUnmovable } from "./steps.ts";
import { chooseComparison } from "./drift/comparison.ts";
import { withRecordDeletes } from "./deletes/record-deletes.ts";
import { explainMethod } from "./method/explain-method.ts";
import { meetsByUpsert, withMethod } from "./method/choose-method.ts";
import type { UndecidedPlan } from "./method/choose-method.ts";
import { chooseRemoval } from "./deletes/removal.ts";
import type { RemovalChoice, RemovalRequest } from "./deletes/removal.ts";
import { chooseRowSource, chooseStrategy, whyUncounted } from "./strategy.ts";
import { sourcesOf } from "./plan-request.ts";
import type { PlanRequest } from "./plan-request.ts";
import { planFillings } from "./fillings.ts";

/** The plan of a load. Throws `PLAN_*` errors; each names what to change. */
export function makePlan(asked: PlanRequest): LoadPlan {
  const relations = asked.levels === undefined ? null : relateLevels(asked.levels, asked.shape);
  const request = relations === null ? asked : { ...asked, ...relations.ofRoot };
  const { plan, together, why, warnings } = planTable(request, request.stage ?? FIRST_STAGE);
  const nested =
    relations === null ? null : planNested({ request, relations, root: plan }, planTable);
  const removalSql = plan.removal === undefined ? undefined : request.removalSql?.(plan);
  const { target, options, capabilities, ddl = null } = request;
  const steps = planSteps(request, plan.emptied);
  const moves = [plan, ...(nested?.written ?? [])].flatMap((each) =>
    afterCommit({ shape: each.table, options }, new Set(each.columns.map(({ name }) => name))),
  );
  const { chosen: commit, ...batches } = chooseBatches(request);
  const locks = explainLocks(commit.batchRows, plan.isolation, capabilities);
  const { partitioning, table, shard, ...shared } = shareOut(plan, {
    ...request,
    ...commit,
    together,
    ...(nested === null
      ? {}
      : { levelsObstacle: (key: Arbiter | null) => levelsObstacle(nested, key) }),
    hasDdl: ddl !== null,
    hasSteps: steps.before.length + steps.after.length > 0 || removalSql !== undefined,
  });
  const levels = (nested?.tables.slice(1) ?? []).map((each) => sharedAs(table, each));
  return {
    target,
    tables: [table, ...levels],
    ...(nested === null ? {} : { nest: nested.nest }),
    ...shard,
    ddl,
    ...steps,
    ...(removalSql === undefined ? {} : { removalSql }),
    ...(moves.length === 0 ? {} : { afterCommit: moves }),
    ...commit,
    partitioning: partitioning.chosen,
    why: [
      ...why,
      ...(nested?.why ?? []),
      ...explainSync(request, moves),
      ...batches.why,
      ...explainRun(commit, partitioning, isJob(options)),
      ...shared.why,
      ...locks.why,
    ],
    warnings: [...batches.warnings, ...warnings, ...(nested?.warnings ?? []), ...locks.warnings],
  };
}

/** The table of a level, which other processes write to where they write to that of the records. */
function sharedAs({ isShared }: TablePlan, level: TablePlan): TablePlan {
  return isShared === true ? { ...level, isShared } : level;
}

/** What the temporary tables of a load, and of the first one of a run, are called after. */
export const FIRST_STAGE = "upsurge";

/** The plan of one table, and what led to it. */
interface PlannedTable {
  readonly plan: TablePlan;
  readonly together: IsolationRequest;
  readonly why: readonly string[];
  readonly warnings: readonly string[];
}

/** The same before its method is decided. */
interface PlannedRecords extends Omit<PlannedTable, "plan"> {
  readonly plan: UndecidedPlan;
  /** Of what fills the columns, and which rows go. */
  readonly notes: readonly string[];
}

function planTable(request: PlanRequest, stage: string): PlannedTable {
  const { shape, options, quoteIdentifier } = request;
  const { plan, why, notes, ...planned } = planRecords(request, stage);
  const naming = { columns: shape.columns.map(({ name }) => name), quoteIdentifier };
  const deletes = withRecordDeletes(plan, options.deleteWhen, naming);
  const { named } = planned.together;
  const { capabilities } = request;
  const chosen = withMethod(deletes.chosen, { capabilities, named, quoteIdentifier });
  const all = [...why, ...explainMethod(chosen), ...notes, ...deletes.why];
  const warnings = [...planned.warnings, ...apartWarnings(shape, options)];
  return { ...planned, plan: chosen, why: all, warnings };
}

/** The same, as if no record deleted. */
function planRecords(request: PlanRequest, stage: string): PlannedRecords {
  const { shape, options, capabilities, quoteIdentifier } = request;
  const mode = modeOf(options);
  const naming = { columns: shape.columns.map(({ name }) => name), quoteIdentifier };
  const matchNulls = options.nullKey === "match";
  const { upsertsWithoutIndex = false } = capabilities;
  const keyed = { ...options, upsertsWithoutIndex, mode, matchNulls, quoteIdentifier };
  const key = chooseArbiter(shape, { ...keyed, isMade: request.ddl?.kind === "create" });
  const { arbiter } = key;
  const fillings = planFillings(request, { mode, ...key, naming });
  const { named, eachRecord, late } = fillings;
  const { update, columns } = fillings.chosen;
  const strategy = chooseStrategy(shape, capabilities, {
    asked: options.strategy,
    mode,
    arbiter,
    update,
    matchNulls: matchNulls && !indexMatchesNulls(shape, arbiter),
  });
  const rowSource = chooseRowSource(capabilities, options.rowSource);
  const meeting = { table: shape, mode, strategy: strategy.chosen, arbiter };
  const upserts = meetsByUpsert({ ...meeting, nullKey: options.nullKey }, capabilities.methods);
  const uncounted = upserts ? whyUncounted(shape, capabilities, mode) : null;
  const how = { mode, strategy: strategy.chosen, ...key, update, columns, named, capabilities };
  const together: IsolationRequest = { ...request, ...how };
  const found = findIsolation(shape, together);
  const isolation = { ...found, rowByRow: found.rowByRow ?? uncounted ?? eachRecord };
  const going = chooseGoing(request, { arbiter, update, named, naming });
  const looked = request.finds === true ? { finds: request.finds } : {};
  refuseUnworkable(request, { ...how, ...going.chosen, ...looked });
  const plan: UndecidedPlan = {
    table: shape,
    stage,
    mode,
    strategy: strategy.chosen,
    rowSource: rowSource.chosen,
    ...fillings.chosen,
    ...key,
    nullKey: options.nullKey,
    keepIdentity: options.keepIdentity || fillings.bringsIds,
    isolation,
    uncounted: uncounted !== null,
    ...looked,
    ...going.chosen,
    ...planLate(request, late, stage),
  };
  const why = explain({ ...how, shape, strategy, rowSource, isolation, options });
  const notes = [...going.why, ...fillings.why];
  return { plan, together, why, notes, warnings: fillings.warnings };
}

/** The second pass of a load, which sets what the first one leaves out. */
function planLate(
  request: PlanRequest,
  late: LateChoice | null,
  stage: string,
): Pick<TablePlan, "late"> {
  if (late === null) return {};
  const options = lateOptions(request.options, late);
  const { plan } = planTable({ ...request, options, only: late.kept }, `${stage}_late`);
  const { columns, kept } = late;
  return { late: { columns, kept, plan } };
}

/**
 * Which rows go: all of them before the first record, or those that no record has after the last; and how the table is
 * compared with what it was.
 */
function chooseGoing(
  request: PlanRequest,
  how: Pick<RemovalRequest, "arbiter" | "update" | "named" | "naming">,
): EmptyingChoice & RemovalChoice & { readonly chosen: Pick<TablePlan, "comparison"> } {
  const emptying = chooseEmptying(request);
  const fields = fieldLabels(sourcesOf(request));
  const removal = chooseRemoval({ ...request, ...how, fields });
  const comparison = chooseComparison({ ...request, ...how, fields });
  return {
    chosen: { ...emptying.chosen, ...removal.chosen, ...comparison },
    why: [...emptying.why, ...removal.why],
  };
}

/** Refuses a load that cannot succeed; one that is planned to learn of privileges may lack some. */
function refuseUnworkable(
  request: PlanRequest,
  how: Pick<TablePlan, "mode" | "strategy" | "arbiter" | "keyOrigin" | "update"> &
    Pick<TablePlan, "emptied" | "removal" | "comparison" | "finds"> & {
      readonly named: ReadonlySet<string>;
    },
): void {
  const { shape, options, capabilities, quoteIdentifier } = request;
  const needed = neededPrivileges(how, capabilities, options.deleteWhen !== null);
  if (!options.grants) refusePrivileges(shape, needed, quoteIdentifier);
  refuseUnmovable(request, how.named);
  // Of the rows of a level nothing is known where the first records have none.
  if (request.linked !== undefined && request.fields.length === 0) return;
  refuseMissing(shape, { ...options, ...how, fields: fieldLabels(sourcesOf(request)) });
}

function indexMatchesNulls({ uniqueKeys }: TableShape, arbiter: Arbiter | null): boolean {
  return uniqueKeys.some((key) => key.name === arbiter?.name && !key.nullsDistinct);
}
