/** Opens what a load needs and plans it; shared by loads, plans and grants. Writes nothing. */
import { resolve } from "node:path";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { FieldResolver, LoadPlan } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";
import { isJob } from "../options/is-job.ts";
import type { Options } from "../options/options.ts";
import { explainReadingPath } from "../plan/explain.ts";
import { planJob } from "../plan/job-plan.ts";
import { makePlan } from "../plan/make-plan.ts";
import { fieldResolver, mapFields, refuseMovedNumbers } from "../plan/mapping.ts";
import { nearTable } from "../plan/names.ts";
import type { Source } from "../sources/source-set.ts";
import { SourceSet } from "../sources/source-set.ts";
import type { LookedAtSources, ReadingRules } from "../sources/source-set.ts";
import { connectOptions } from "./connect-options.ts";
import { findTarget } from "../targets/registry.ts";
import type { Session, Target } from "../targets/target.ts";
import type { PlanSurroundings } from "./surroundings.ts";

/** What is told of what is being opened, as soon as it is, so that an interrupt can close it. */
export interface PrepareHooks extends PlanSurroundings {
  readonly onSources?: (sources: SourceSet) => void;
  /** Told of every source that is opened, and of those after the first. */
  readonly onSource?: (source: Source) => void;
  readonly onNextSource?: (source: Source) => void;
  /** Told at the end of a source what a user should know of it. */
  readonly onWarnings?: (name: string, warnings: readonly string[]) => void;
}

/** A planned load, with everything open. The holder closes the session and the sources. */
export interface PreparedLoad {
  readonly target: Target;
  /** Opens another session like this one. */
  readonly connect: () => Promise<Session>;
  readonly session: Session;
  readonly plan: LoadPlan;
  readonly resolve: FieldResolver;
  readonly sources: SourceSet;
  /** The first source, open. */
  readonly first: Source;
}

/** Connects, reads the table's shape, looks at the sources and plans. Throws `UpsurgeError`s; closes what it opened then. */
export async function prepare(
  patterns: readonly string[],
  options: Options,
  hooks: PrepareHooks,
): Promise<PreparedLoad> {
  const to = refuseNothing(patterns, options);
  const target = await findTarget(to);
  const { stdin, onSource: onOpen, onNextSource: onNext, onWarnings } = hooks;
  const context = { options, stdin, onOpen, onNext, onWarnings };
  const sources = await SourceSet.expand(patterns, context);
  const connecting = connectOptions(options, hooks.environment);
  const connect = (): Promise<Session> => target.connect(connecting);
  const session = await connect();
  hooks.onSession?.(session, target.describe(to));
  hooks.onSources?.(sources);
  try {
    const shape = await readShape(session, options, target.describe(to));
    const toColumn = fieldResolver(shape, options);
    const accepted: { fields: LookedAtSources["fields"] } = { fields: [] };
    const looked = await sources.look(rulesOf(session, { shape, toColumn, options, accepted }));
    accepted.fields = looked.fields;
    const plan = planFor({ target, session, shape, sources, looked, patterns, options });
    await checkPlan(session, plan, options);
    return { target, connect, session, plan, resolve: toColumn, sources, first: looked.first };
  } catch (error) {
    await sources.close();
    await session.close();
    throw error;
  }
}

/** The target of the load. Throws `OPTION_MISSING` for one that says nothing of where from, or where to. */
function refuseNothing(patterns: readonly string[], { to, table }: Options): string {
  if (to === null) throw missing("--to", "there is no database to load into");
  if (table === null) throw missing("--table", "there is no table to load into");
  if (patterns.length > 0) return to;
  throw missing("SOURCE", "there is nothing to load; - reads standard input");
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
  return {
    slowPath: !capabilities.acceptsPackedBatches,
    hashed: isJob(options),
    // All but those that are dropped.
    keeps: (name) => toColumn(name).kind !== "dropped",
    accept: (fields) => {
      const [first] = accepted.fields;
      refuseMovedNumbers(first === undefined ? [fields] : [first, fields], options);
      mapFields(shape, [fields], toColumn);
    },
  };
}

interface PlanInputs {
  readonly target: Target;
  readonly session: Session;
  readonly shape: TableShape;
  readonly sources: SourceSet;
  readonly looked: LookedAtSources;
  readonly patterns: readonly string[];
  readonly options: Options;
}

/** The plan of a load, its job included. */
function planFor(inputs: PlanInputs): LoadPlan {
  const { target, session, shape, looked, patterns, options } = inputs;
  const { first, later, fields, differ, readOnce } = looked;
  const planned = makePlan({
    target: target.name,
    shape,
    capabilities: session.capabilities,
    quoteIdentifier: (name) => session.quoteIdentifier(name),
    options,
    fields: [...new Set(fields.flatMap((each) => each.fields))],
    sources: fields,
    openFields: first.fields === null || differ,
    allKnown: [first, ...later].every((each) => each.fields !== null),
    readOnce,
    emptyTable: (table, how) => session.emptyTable(table, how),
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

/** The plan with what only the sources and the session can tell of it. */
function withSourcesAndSession(plan: LoadPlan, { session, sources, looked }: PlanInputs): LoadPlan {
  const { capabilities, warnings = [] } = session;
  const { slowPathReason } = looked.first;
  const path = explainReadingPath(capabilities.acceptsPackedBatches ? slowPathReason : VALUES_ONLY);
  const methods = plan.tables.flatMap((table) => session.explain?.(table) ?? []);
  const ofSources = sources.warnings(plan.commitRows !== null);
  return {
    ...plan,
    why: [...plan.why, ...path, ...methods],
    warnings: [...warnings, ...plan.warnings, ...ofSources],
  };
}

/** Lets the database check the plan; one that is made to learn of privileges may lack some. */
async function checkPlan(session: Session, plan: LoadPlan, { grants }: Options): Promise<void> {
  const columns = checkedColumns(plan);
  // A source that is empty so far has no fields, and no row to check.
  if (columns.length === 0) return;
  try {
    await session.checkPlan(plan.tables[0], columns);
  } catch (error) {
    const isPrivilege = error instanceof UpsurgeError && error.code === "PLAN_PRIVILEGE";
    if (!grants || !isPrivilege) throw error;
  }
}

/** The columns of the rows a plan is checked with: those the source is known to fill, or the key where nothing is known. */
export function checkedColumns({ tables: [table] }: LoadPlan): string[] {
  const known = [...table.mapping, ...table.constants].map((each) => each.column);
  const named = new Set(known.length > 0 ? known : table.arbiter?.columns);
  return table.columns.map((column) => column.name).filter((name) => named.has(name));
}

async function readShape(
  session: Session,
  { table: asked, checkpointTable }: Options,
  target: string,
): Promise<TableShape> {
  const table = asked ?? "";
  const shape = await session.readTableShape(table);
  if (shape !== null) return shape;
  const tables = (await session.listTables()).filter(({ name }) => name !== checkpointTable);
  const names = tables.map(({ schema, name }) => (schema === null ? name : `${schema}.${name}`));
  const near = nearTable(table, tables);
  throw upsurgeError(
    "PLAN_NO_TABLE",
    {
      table,
      reason: `${target} has ${names.length === 0 ? "no tables" : names.slice(0, 12).join(", ")}`,
      suggestion:
        near === null ? "create the table, or check --table and --to" : `did you mean ${near}?`,
    },
    { where: `--table ${table}` },
  );
}

function missing(flag: string, reason: string): Error {
  return upsurgeError("OPTION_MISSING", { flag, reason });
}
