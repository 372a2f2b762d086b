/** PURE: from the table's shape, the source's fields and the options to the plan. No I/O, no names of databases. */
import type { Arbiter, LoadPlan, TablePlan } from "../model/load-plan.ts";
import type { TableDdl } from "../model/new-table.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import type { Capabilities, Session } from "../targets/target.ts";
import { chooseArbiter } from "./key/arbiter.ts";
import { nullTexts, planConstants } from "./constants.ts";
import { fieldNames } from "./mapping/field-names.ts";
import { findIsolation } from "./isolation.ts";
import type { IsolationRequest } from "./isolation.ts";
import { refuseEmptyKeys } from "./values/empty-fields.ts";
import { explain, explainLocks, explainRun } from "./explain.ts";
import { isJob } from "../options/is-job.ts";
import { chooseBatches } from "./batches/choose-batches.ts";
import { modeOf } from "../options/mode-of.ts";
import { linkedNames, refuseLinked } from "./nest/refuse-linked.ts";
import { shareOut } from "./shards/share-out.ts";
import {
  carriedColumns,
  fieldLabels,
  fieldResolver,
  mapFields,
  namedFields,
  refuseMovedNumbers,
  refuseUnknownFields,
} from "./mapping/mapping.ts";
import { chooseLate, explainLate, lateOptions } from "./late/late-columns.ts";
import type { LateChoice } from "./late/late-columns.ts";
import type { LookupPlan } from "../model/lookup-plan.ts";
import { planValues } from "./values/plan-values.ts";
import { planMade } from "./nest/made-keys.ts";
import { planNested } from "./nest/plan-nested.ts";
import { levelsObstacle } from "./nest/sharing.ts";
import { relateLevels } from "./nest/plan-nest.ts";
import type { LevelRequest } from "./nest/plan-nest.ts";
import type { LinkedColumns } from "../model/nest/nest-plan.ts";
import { planLookups } from "./lookups/plan-lookups.ts";
import { ALL_NOTATIONS, chooseNotations } from "./values/notations.ts";
import type { NotationUse } from "./values/notations.ts";
import { findOverlaps } from "./overlaps.ts";
import type { ColumnSources } from "./overlaps.ts";
import { neededPrivileges, refuseMissing, refusePrivileges } from "./requirements.ts";
import type { EmptyingChoice } from "./steps.ts";
import { afterCommit, chooseEmptying, explainSync, planSteps, refuseUnmovable } from "./steps.ts";
import { chooseComparison } from "./drift/comparison.ts";
import { withRecordDeletes } from "./deletes/record-deletes.ts";
import { explainMethod } from "./method/explain-method.ts";
import { withMethod } from "./method/choose-method.ts";
import type { UndecidedPlan } from "./method/choose-method.ts";
import { chooseRemoval } from "./deletes/removal.ts";
import type { RemovalChoice, RemovalRequest } from "./deletes/removal.ts";
import { chooseRowSource, chooseStrategy, whyUncounted } from "./strategy.ts";
import { updateRule } from "./update-rule.ts";
import type { KnownFields } from "../model/header.ts";

/** Everything a plan is made from. */
export interface PlanRequest {
  readonly target: string;
  readonly shape: TableShape;
  readonly capabilities: Capabilities;
  /** What an answer of the server takes at least; absent: nothing worth speaking of. */
  readonly roundTripMs?: number | undefined;
  readonly quoteIdentifier: (name: string) => string;
  readonly options: Options;
  /** What the temporary tables are called after; absent: as those of a load by itself. */
  readonly stage?: string | undefined;
  /** The fields of the header, or of the sampled records; of all sources. */
  readonly fields: readonly string[];
  /** The same by source, and at their places; absent: one source without a header. */
  readonly sources?: readonly KnownFields[];
  /** No source has other fields than these; by default where `openFields` is false. */
  readonly allKnown?: boolean;
  /** Later records may carry fields that are not in `fields` (JSON). */
  readonly openFields: boolean;
  /** A source is a stream, which cannot be read again. */
  readonly readOnce?: boolean;
  /** The columns that are written; absent: all that fields fill. */
  readonly only?: readonly string[];
  /** What is made before the load; absent or `null`: nothing. */
  readonly ddl?: TableDdl | null;
  /** How the target empties a table; absent: it empties none. */
  readonly emptyTable?: Session["emptyTable"] | undefined;
  /** How the target takes rows away that no record has; absent: it takes none. */
  readonly removalSql?: Session["removalSql"] | undefined;
  /** The tables of look-ups, by the names that the options have for them. */
  readonly parents?: ReadonlyMap<string, TableShape> | undefined;
  /** The levels of records in records; absent: there are none. */
  readonly levels?: readonly LevelRequest[];
  /** The columns that take the key of a row of another level; absent: none. */
  readonly linked?: readonly LinkedColumns[];
  /** The columns that rows of other levels refer to; absent: none. */
  readonly referred?: readonly Column[];
  /** Why the target cannot hash the keys of a plan; absent where it hashes none. */
  readonly whyUnhashable?: ((plan: TablePlan) => string | null) | undefined;
}

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
    warnings: [...warnings, ...(nested?.warnings ?? []), ...locks.warnings],
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
  return { ...planned, plan: chosen, why: all };
}

/** The same, as if no record deleted. */
function planRecords(request: PlanRequest, stage: string): PlannedRecords {
  const { shape, options, capabilities, quoteIdentifier } = request;
  const mode = modeOf(options);
  const naming = { columns: shape.columns.map(({ name }) => name), quoteIdentifier };
  const matchNulls = options.nullKey === "match";
  const { upsertsWithoutIndex } = capabilities;
  const keyed = { ...options, upsertsWithoutIndex, mode, matchNulls, quoteIdentifier };
  const key = chooseArbiter(shape, { ...keyed, isMade: request.ddl?.kind === "create" });
  const { arbiter } = key;
  const fillings = planFillings(request, { mode, arbiter, naming });
  const { named, eachRecord, late } = fillings;
  const { update, columns } = fillings.chosen;
  const strategy = chooseStrategy(shape, capabilities, {
    asked: options.strategy,
    mode,
    arbiter,
    matchNulls: matchNulls && !indexMatchesNulls(shape, arbiter),
  });
  const rowSource = chooseRowSource(capabilities, options.rowSource);
  const uncounted = strategy.chosen === "native" ? whyUncounted(shape, capabilities, mode) : null;
  const how = { mode, strategy: strategy.chosen, ...key, update, columns, named, capabilities };
  const together: IsolationRequest = { ...request, ...how };
  const found = findIsolation(shape, together);
  const isolation = { ...found, rowByRow: found.rowByRow ?? uncounted ?? eachRecord };
  const going = chooseGoing(request, { arbiter, update, named, naming });
  refuseUnworkable(request, { ...how, ...going.chosen });
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
    looksFirst: uncounted !== null,
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
  return { late: { ...late, plan } };
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

/** What fills the columns, and what to know of it. */
interface Fillings {
  readonly chosen: Pick<
    TablePlan,
    | "mapping"
    | "constants"
    | "update"
    | "columns"
    | "notations"
    | "values"
    | "lookups"
    | "linked"
    | "made"
  >;
  /** Rows carry ids that only the database makes else. */
  readonly bringsIds: boolean;
  /** The columns that are written with their record, and that a known field, a constant, an expression or a look-up fills. */
  readonly named: ReadonlySet<string>;
  readonly late: LateChoice | null;
  /** Why expressions, look-ups or keys that the database makes have records go one by one. */
  readonly eachRecord: string | null;
  readonly why: readonly string[];
  readonly warnings: readonly string[];
}

/** What fills the columns, which fields give way to flags, and what is left to a second pass. */
function planFillings(
  request: PlanRequest,
  how: Pick<ColumnSources, "mode" | "arbiter" | "naming">,
): Fillings {
  const { shape, options, only, linked = [] } = request;
  const mapping = planMapping(request);
  const called = fieldNames(sourcesOf(request));
  refuseEmptyKeys(mapping, how.arbiter, options.defaultOnEmpty);
  const constants = planConstants(shape, options, mapping, called);
  const all = updateRule(shape, { options, ...how });
  const filled = { mapping, constants, update: all };
  const overlaps = findOverlaps({ ...how, ...filled, fieldNames: called });
  const known = knownOf(request);
  const { values, ...valued } = planValues({ ...request, ...how, ...filled, called, ...known });
  const { lookups, ...found } = planLookups({ ...request, ...filled, values, called });
  const coupled = lookups.find((each) => each.eachRecord !== null);
  const late = chooseLate({ ...request, ...how, ...filled });
  const computed = [...(values?.columns ?? []), ...lookups].map(({ column }) => column.name);
  const isWritten = (name: string): boolean =>
    only?.includes(name) ?? late?.columns.includes(name) !== true;
  const links = linkedNames(linked);
  const made = [...computed, ...links];
  refuseLinked(links, { mapping, constants, made });
  const given = [...mapping, ...constants].map(({ column }) => column);
  const named = new Set([...given, ...made].filter(isWritten));
  const keys = planMade({ ...request, ...how, named });
  const carried = carriedColumns(shape, { ...request, named, carried: keys.carried });
  const columns = carried.filter(({ name }) => isWritten(name));
  const update = { ...all, columns: all.columns.filter(isWritten) };
  return {
    chosen: {
      mapping,
      constants,
      update,
      columns,
      ...notationsOf(request, lookups, [...constants.map(({ column }) => column), ...computed]),
      ...(values === null ? {} : { values }),
      ...(lookups.length === 0 ? {} : { lookups }),
      ...(linked.length === 0 ? {} : { linked }),
      ...keys.chosen,
    },
    bringsIds: keys.bringsIds,
    named,
    late,
    eachRecord: values?.eachRecord ?? coupled?.eachRecord ?? keys.alone,
    why: [...explainLate(late), ...overlaps.why, ...valued.why, ...found.why, ...keys.why],
    warnings: [...nullTexts(options, how.arbiter), ...overlaps.warnings, ...found.warnings],
  };
}

/** How values are written; columns that are `filled` take none of a field, nor of one that a link refers to. */
function notationsOf(
  { shape, options, capabilities, stage, levels, ddl = null }: PlanRequest,
  lookups: readonly LookupPlan[],
  filled: readonly string[],
): Pick<TablePlan, "notations"> {
  const isOnly = stage === undefined && levels === undefined;
  const elsewhere = isOnly ? readByLookups(lookups) : ALL_NOTATIONS;
  const made = ddl?.table.columns.map(({ name }) => name) ?? [];
  return chooseNotations(shape, options, { capabilities, elsewhere, filled, made });
}

/** Look-ups by a date are a use of a date format, whatever the columns of the table. */
function readByLookups(lookups: readonly LookupPlan[]): NotationUse["elsewhere"] {
  const notations = lookups.flatMap(({ keys }) => keys.map(({ notation }) => notation?.kind));
  return new Set(notations.filter((kind) => kind !== undefined));
}

/** Refuses a load that cannot succeed; one that is planned to learn of privileges may lack some. */
function refuseUnworkable(
  request: PlanRequest,
  how: Pick<TablePlan, "mode" | "strategy" | "arbiter" | "keyOrigin" | "update"> &
    Pick<TablePlan, "emptied" | "removal" | "comparison"> & { readonly named: ReadonlySet<string> },
): void {
  const { shape, options, capabilities, quoteIdentifier } = request;
  const needed = neededPrivileges(how, capabilities, options.deleteWhen !== null);
  if (!options.grants) refusePrivileges(shape, needed, quoteIdentifier);
  refuseUnmovable(request, how.named);
  // Of the rows of a level nothing is known where the first records have none.
  if (request.linked !== undefined && request.fields.length === 0) return;
  refuseMissing(shape, { ...options, ...how, fields: fieldLabels(sourcesOf(request)) });
}

function sourcesOf({ fields, sources }: PlanRequest): readonly KnownFields[] {
  return sources ?? [{ source: null, fields, header: null }];
}

/** The fields of the sources, and whether that is all of them. */
function knownOf(request: PlanRequest): {
  readonly known: readonly KnownFields[];
  readonly allKnown: boolean;
} {
  return { known: sourcesOf(request), allKnown: request.allKnown ?? !request.openFields };
}

function planMapping(request: PlanRequest): TablePlan["mapping"] {
  const { shape, options } = request;
  const { known: sources, allKnown } = knownOf(request);
  refuseMovedNumbers(sources, options);
  if (allKnown) refuseUnknownFields(sources, namedFields(options));
  return mapFields(shape, sources, fieldResolver(shape, options));
}

function indexMatchesNulls({ uniqueKeys }: TableShape, arbiter: Arbiter | null): boolean {
  return uniqueKeys.some((key) => key.name === arbiter?.name && !key.nullsDistinct);
}
