/** Plans a load from the table and its sources, and lets the database check the plan. */
import { resolve } from "node:path";
import { UpsurgeError } from "../../errors/upsurge-error.ts";
import type { FieldResolver, LoadPlan, TablePlan } from "../../model/load-plan.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { isJob } from "../../options/is-job.ts";
import type { Options } from "../../options/options.ts";
import { explainReadingPath } from "../../plan/explain.ts";
import { refuseStreams } from "../../plan/deletes/removal.ts";
import { planJob } from "../../plan/job-plan.ts";
import type { LevelRequest } from "../../plan/nest/plan-nest.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { refuseOtherSplit } from "../../plan/shards/choose-piece.ts";
import { compareWithSplit } from "../../plan/shards/compare-split.ts";
import { fieldResolver } from "../../plan/mapping/mapping.ts";
import { mapFields } from "../../plan/mapping/map-fields.ts";
import { refuseMovedNumbers } from "../../plan/mapping/named-fields.ts";
import { refuseCutPieces, splitKeys } from "../../sources/split-index.ts";
import { storedSize } from "../../sources/stored-files.ts";
import type { LookedAtSources } from "../../sources/looked-at.ts";
import type { ReadingRules, Source, SourceSet } from "../../sources/source-set.ts";
import type { Session, Target } from "../../targets/target.ts";
import { checkedColumns, checkLookups, checkValues, deletingPlans } from "./plan-statements.ts";
import { readLevels, seenLevels } from "./read-levels.ts";
import { readParents } from "./read-parents.ts";
import type { ProposedDdl } from "./propose-ddl.ts";

/** What a load is planned from. */
export interface PlanningInputs {
  readonly target: Target;
  readonly session: Session;
  readonly shape: TableShape;
  readonly sources: SourceSet;
  readonly patterns: readonly string[];
  readonly options: Options;
  /** What is made before the load; `null`: nothing. */
  readonly proposed: ProposedDdl | null;
  /** What the temporary tables are called after, where others are written in the same transaction. */
  readonly stage?: string | undefined;
  /** The options with the key of the table that sources with these columns are to have; absent: as the options say. */
  readonly keyFor?: ((shape: TableShape, columns: ReadonlySet<string>) => Options) | undefined;
  /** A stream that has ended is whole. */
  readonly endsWhole?: boolean | undefined;
}

/** The plan, and the first source, open. */
export interface PlannedSources {
  readonly plan: LoadPlan;
  readonly resolve: FieldResolver;
  /** How the fields of levels are resolved, and what is said of those that a record lacks; in the order of the levels. */
  readonly levels: readonly LevelFields[];
  readonly first: Source;
}

/** What is to be known of the fields of a level. */
export interface LevelFields extends Pick<Options, "missingFields"> {
  readonly resolve: FieldResolver;
}

/** Looks at the sources, plans and has the plan checked. Throws `PLAN_*` and `SOURCE_*` errors. */
export async function planLoadOf(inputs: PlanningInputs): Promise<PlannedSources> {
  const { session, shape, sources, options } = inputs;
  await refuseCutPieces(sources.paths);
  const toColumn = fieldResolver(shape, options);
  const accepted: { fields: LookedAtSources["fields"] } = { fields: [] };
  const levels = await readLevels(session, options);
  const parents = await readParents(session, options, levels);
  const looked = await sources.look(rulesOf(session, { shape, toColumn, options, accepted }));
  accepted.fields = looked.fields;
  if (inputs.endsWhole !== true)
    refuseStreams({ open: sources.openEnded, sources: sources.paths.length }, options);
  const settled = inputs.keyFor?.(shape, columnsOf(looked, toColumn, options)) ?? options;
  const names = looked.fields.flatMap(({ fields }) => fields);
  const planned = await plannedOr(inputs, names, () =>
    planFor({ ...inputs, options: settled, looked, parents, levels: seenLevels(levels, looked) }),
  );
  if (options.piece) await refuseOtherPieces(planned, sources);
  const plan = await withSplitCompared(planned, sources);
  await checkPlan(session, plan, settled);
  const ofLevels = levels.map(({ shape: table, options: own }): LevelFields => ({
    resolve: fieldResolver(table, own),
    missingFields: own.missingFields,
  }));
  return { plan, resolve: toColumn, levels: ofLevels, first: looked.first };
}

/** The plan of a shard with what the same load costs where the files are cut first. */
async function withSplitCompared(plan: LoadPlan, { paths }: SourceSet): Promise<LoadPlan> {
  if (plan.shard === undefined) return plan;
  return { ...plan, why: [...plan.why, ...compareWithSplit(await storedSize(paths), plan.shard)] };
}

/** Throws `PLAN_PIECE` for pieces that were not split by the key, where the index of the split is still beside them. */
async function refuseOtherPieces(plan: LoadPlan, { paths }: SourceSet): Promise<void> {
  const files = paths.filter((path) => path !== "-");
  for (const key of await splitKeys(files)) refuseOtherSplit(plan, key);
}

/** What `work` plans; where it fails, with what the records themselves can tell. */
async function plannedOr(
  { sources, options, shape }: PlanningInputs,
  fields: readonly string[],
  work: () => LoadPlan,
): Promise<LoadPlan> {
  try {
    return work();
  } catch (error) {
    // A load whose plan holds does without both.
    const { withRecordsHint } = await import("./records-hint.ts");
    const { withHeaderHint } = await import("./header-hint.ts");
    const told = await withRecordsHint(error, sources, { shape, options, fields });
    throw await withHeaderHint(told, sources, { shape, options });
  }
}

/** The columns that fields of the sources are known to be for, whether or not they may be written. */
function columnsOf(
  { fields }: LookedAtSources,
  toColumn: FieldResolver,
  { lookup, value }: Options,
): ReadonlySet<string> {
  const filled = fields.flatMap((each) => each.fields).map((field) => toColumn(field));
  return new Set([
    ...filled.flatMap((to) => ("column" in to ? [to.column.name] : [])),
    ...[...(lookup ?? []), ...(value ?? [])].map(({ column }) => column),
  ]);
}

interface RuleInputs {
  readonly shape: TableShape;
  readonly toColumn: FieldResolver;
  readonly options: Options;
  /** The fields of the sources that were planned with. */
  readonly accepted: { readonly fields: LookedAtSources["fields"] };
}

/** How the sources are read, given what the target takes and what the table has. */
function rulesOf(
  { capabilities }: Session,
  { shape, toColumn, options, accepted }: RuleInputs,
): ReadingRules {
  const marks = new Set(options.deleteWhen?.map(({ field }) => field));
  return {
    slowPath: capabilities.acceptsPackedBatches !== true || options.value !== null,
    hashed: isJob(options),
    // All but those that are dropped, and tell nothing else.
    keeps: (name) => toColumn(name).kind !== "dropped" || marks.has(name),
    accept: (fields) => {
      const [first] = accepted.fields;
      refuseMovedNumbers(first === undefined ? [fields] : [first, fields], options);
      mapFields(shape, [fields], { resolve: toColumn, map: options.map });
    },
  };
}

type PlanInputs = PlanningInputs & {
  readonly looked: LookedAtSources;
  readonly parents: ReadonlyMap<string, TableShape>;
  readonly levels: readonly LevelRequest[];
};

/** The plan of a load, its job included. */
function planFor(inputs: PlanInputs): LoadPlan {
  const { target, session, shape, looked, patterns, options, proposed, stage } = inputs;
  const { first, later, fields, differ, readOnce } = looked;
  const planned = makePlan({
    target: target.name,
    shape,
    capabilities: session.capabilities,
    roundTripMs: session.roundTripMs,
    quoteIdentifier: (name) => session.quoteIdentifier(name),
    options,
    stage,
    ddl: proposed?.ddl ?? null,
    fields: [...new Set(fields.flatMap((each) => each.fields))],
    sources: fields,
    openFields: first.fields === null || differ,
    allKnown: [first, ...later].every((each) => each.fields !== null),
    readOnce,
    parents: inputs.parents,
    ...(inputs.levels.length === 0 ? {} : { levels: inputs.levels }),
    emptyTable: (table, how) => session.emptyTable(table, how),
    removalSql: (table) => session.removalSql(table),
    whyUnhashable: session.whyUnhashable?.bind(session),
  });
  const job = planJob(planned, {
    options,
    target: target.describe(options.to ?? ""),
    sources: patterns.map((source) => (source === "-" ? source : resolve(source))),
    format: first.format,
  });
  return withSourcesAndSession({ ...planned, job }, inputs);
}

const VALUES_ONLY = "this target takes values, not bytes";
const FOR_EXPRESSIONS = "expressions of --value take the texts of fields";
const FOR_LATE_LOOKUPS = "what is looked up after the last record is kept as texts";

/** The plan with what only the sources and the session can tell of it. */
function withSourcesAndSession(
  plan: LoadPlan,
  { session, sources, looked, proposed }: PlanInputs,
): LoadPlan {
  const { capabilities, warnings = [] } = session;
  const { slowPathReason } = looked.first;
  const evaluates = plan.tables.some(({ values }) => values !== undefined);
  const looksLate = plan.tables.some(({ lookups }) => lookups?.some(({ late }) => late === true));
  const slowly = evaluates ? FOR_EXPRESSIONS : looksLate ? FOR_LATE_LOOKUPS : slowPathReason;
  const path = explainReadingPath(
    capabilities.acceptsPackedBatches === true ? slowly : VALUES_ONLY,
  );
  const methods = plan.tables.flatMap((table) => session.explain?.(table) ?? []);
  const ofSources = sources.warnings(plan.commitRows !== null);
  return {
    ...plan,
    why: [...(proposed === null ? [] : [proposed.why]), ...plan.why, ...path, ...methods],
    warnings: [...warnings, ...(proposed?.warnings ?? []), ...plan.warnings, ...ofSources],
  };
}

/** Lets the database check the plan; one that is made to learn of privileges may lack some. */
async function checkPlan(session: Session, plan: LoadPlan, { grants }: Options): Promise<void> {
  try {
    for (const table of plan.tables) await checkTable(session, table);
    for (const [of, carried] of deletingPlans(plan)) await session.checkPlan(of, carried);
  } catch (error) {
    const isPrivilege = error instanceof UpsurgeError && error.code === "PLAN_PRIVILEGE";
    if (!grants || !isPrivilege) throw error;
  }
}

async function checkTable(session: Session, table: TablePlan): Promise<void> {
  const columns = checkedColumns(table);
  // A source that is empty so far has no fields, and no row to check; of rows that are only looked up none is written.
  if (columns.length === 0 || table.finds === true) return;
  await checkValues(session, table);
  await session.checkPlan(table, columns);
  const { late } = table;
  if (late !== undefined) await session.checkPlan(late.plan, late.kept);
  await checkLookups(session, table);
}
