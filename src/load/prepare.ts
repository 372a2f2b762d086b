/** Opens what a load needs and plans it; shared by `load` and `upsurge plan`. Writes nothing. */
import { resolve } from "node:path";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { FieldResolver, LoadPlan } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import { explainReadingPath } from "../plan/explain.ts";
import { isJob } from "../options/is-job.ts";
import { planJob } from "../plan/job-plan.ts";
import { makePlan } from "../plan/make-plan.ts";
import { fieldResolver, mapFields, refuseMovedNumbers } from "../plan/mapping.ts";
import { nearTable } from "../plan/names.ts";
import { neededPrivileges } from "../plan/requirements.ts";
import {
  knownSources,
  loadedHeaders,
  lookAt,
  plannedSource,
  readOptions,
} from "../sources/known-sources.ts";
import type { KnownSources, LaterSource } from "../sources/known-sources.ts";
import { expandSources } from "../sources/expand-sources.ts";
import { sample } from "../sources/sample.ts";
import type { SourceSample } from "../sources/sample.ts";
import { openSource } from "../sources/open-source.ts";
import type { Source } from "../read/source.ts";
import { connectOptions } from "../targets/connect-options.ts";
import { findTarget } from "../targets/registry.ts";
import type { Session, Target } from "../targets/target.ts";
import { checkOneHash, unverifiedStreams } from "../sources/verify-sources.ts";
import type { PlanReport } from "../model/plan-report.ts";

/** What planning needs of its surroundings. */
export interface PlanSurroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of what was opened as soon as it is, so that an interrupt can close it. */
  readonly onSession?: (session: Session, to: string) => void;
  readonly onSource?: (source: Source) => void;
  /** Told at the end of a source what a user should know of it. */
  readonly onWarnings?: (name: string, warnings: readonly string[]) => void;
}

/** A planned load, with everything open. The holder closes the session and the source. */
export interface PreparedLoad {
  readonly target: Target;
  /** Opens another session like this one. */
  readonly connect: () => Promise<Session>;
  readonly session: Session;
  readonly plan: LoadPlan;
  readonly resolve: FieldResolver;
  /** The first source, open; the paths of all. */
  readonly first: Source;
  readonly sampled: SourceSample;
  readonly later: readonly LaterSource[];
  readonly paths: readonly string[];
  readonly stdin: NodeJS.ReadableStream;
  readonly onWarnings: PlanSurroundings["onWarnings"];
}

const VALUES_ONLY = "this target takes values, not bytes";

/** Connects, reads the table's shape, opens the first source and plans. Throws `UpsurgeError`s; closes what it opened then. */
export async function prepare(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
): Promise<PreparedLoad> {
  if (options.to === null) throw missing("--to", "there is no database to load into");
  if (options.table === null) throw missing("--table", "there is no table to load into");
  if (sources.length === 0)
    throw missing("SOURCE", "there is nothing to load; - reads standard input");
  const target = await findTarget(options.to);
  const paths = await expandSources(sources);
  checkOneHash(paths, options);
  const { stdin, onWarnings } = surroundings;
  const connecting = connectOptions(options.to, options, surroundings.environment);
  const connect = (): Promise<Session> => target.connect(connecting);
  const session = await connect();
  surroundings.onSession?.(session, target.describe(options.to));
  let first: Source | null = null;
  try {
    const shape = await readShape(session, options, target.describe(options.to));
    const slowPath = !session.capabilities.acceptsPackedBatches;
    const toColumn = fieldResolver(shape, options);
    const keeps = keptBy(toColumn);
    const io = { stdin, slowPath, keeps, hashed: isJob(options), onWarnings };
    first = await openSource(paths[0] ?? "-", readOptions(options), io);
    surroundings.onSource?.(first);
    const sampled = await sample(first);
    const later: LaterSource[] = [];
    for (const path of paths.slice(1)) later.push(await lookAt(path, options));
    const known = knownSources({ first, fields: sampled.fields, later });
    const readOnce = !first.rereadable || later.some(({ format }) => format === "stream");
    const request = { target, session, shape, first, later, known, readOnce, sources, options };
    const plan = planFor(request);
    await checkPlan(session, plan, options);
    const opened = { session, first, sampled, later, paths, stdin, onWarnings };
    return { target, connect, plan, resolve: toColumn, ...opened };
  } catch (error) {
    await first?.close();
    await session.close();
    throw error;
  }
}

/** Which fields are of use: all but those that are dropped. */
function keptBy(toColumn: FieldResolver): (name: string) => boolean {
  return (name) => toColumn(name).kind !== "dropped";
}

interface PlanInputs {
  readonly target: Target;
  readonly session: Session;
  readonly shape: TableShape;
  readonly first: Source;
  readonly later: readonly LaterSource[];
  readonly known: KnownSources;
  /** Of at least one of the sources. */
  readonly readOnce: boolean;
  readonly sources: readonly string[];
  readonly options: Options;
}

/** The plan of a load, its job included. */
function planFor(request: PlanInputs): LoadPlan {
  const { target, session, shape, known, readOnce, sources, options, ...opened } = request;
  const planned = makePlan({
    target: target.name,
    shape,
    capabilities: session.capabilities,
    quoteIdentifier: (name) => session.quoteIdentifier(name),
    options,
    fields: known.fields,
    sources: known.sources,
    openFields: opened.first.fields === null || known.differ,
    allKnown: [opened.first, ...opened.later].every(({ fields }) => fields !== null),
    readOnce,
    whyUnhashable: session.whyUnhashable?.bind(session),
  });
  const job = planJob(planned, {
    options,
    target: target.describe(options.to ?? ""),
    sources: sources.map((source) => (source === "-" ? source : resolve(source))),
    format: opened.first.format,
  });
  return withWays({ ...planned, job }, opened, session);
}

/** Lets the database check the plan; one that is made to learn of privileges may lack some. */
async function checkPlan(session: Session, plan: LoadPlan, { grants }: Options): Promise<void> {
  const columns = checkedColumns(plan);
  // A source that is empty so far has no fields, and no row to check.
  if (columns.length === 0) return;
  try {
    await session.checkPlan(plan, columns);
  } catch (error) {
    const isPrivilege = error instanceof UpsurgeError && error.code === "PLAN_PRIVILEGE";
    if (!grants || !isPrivilege) throw error;
  }
}

/** The plan with what only the source and the session can tell of it. */
function withWays(
  plan: LoadPlan,
  sources: { readonly first: Source; readonly later: readonly LaterSource[] },
  session: Session,
): LoadPlan {
  const { capabilities, warnings = [] } = session;
  const path = explainReadingPath(
    capabilities.acceptsPackedBatches ? sources.first.slowPathReason : VALUES_ONLY,
  );
  const why = [...plan.why, ...path, ...(session.explain?.(plan) ?? [])];
  const unverified = unverifiedStreams(plan, sources);
  const headers = loadedHeaders([sources.first, ...sources.later]);
  return { ...plan, why, warnings: [...warnings, ...plan.warnings, ...headers, ...unverified] };
}

/** Opens a further source of a prepared load. Throws `PLAN_UNKNOWN_FIELD` when its header does not fit. */
export async function openNext(
  prepared: PreparedLoad,
  path: string,
  options: Options,
  hashed = false,
): Promise<Source> {
  const slowPath = !prepared.session.capabilities.acceptsPackedBatches;
  const { stdin, onWarnings } = prepared;
  const io = { stdin, slowPath, keeps: keptBy(prepared.resolve), hashed, onWarnings };
  const source = await openSource(path, readOptions(options), io);
  try {
    const { name, fields, headerFields } = source;
    if (fields !== null) {
      const { first, plan, resolve: toColumn } = prepared;
      const known = { source: name, fields, header: headerFields };
      const before = {
        source: first.name,
        fields: first.fields ?? [],
        header: first.headerFields,
      };
      refuseMovedNumbers([before, known], options);
      mapFields(plan.table, [known], toColumn);
    }
  } catch (error) {
    await source.close();
    throw error;
  }
  return source;
}

/** Plans a load and lets the database check it. Throws `UpsurgeError`s. */
export async function planLoad(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
): Promise<PlanReport> {
  const prepared = await prepare(sources, options, surroundings);
  const { plan, session, target, first, sampled, later } = prepared;
  try {
    return {
      plan,
      target: target.describe(options.to ?? ""),
      server: session.version,
      sources: [plannedSource({ ...first, fields: sampled.fields }), ...later.map(plannedSource)],
      statements: session.statements(plan, checkedColumns(plan)),
    };
  } finally {
    await first.close();
    await session.close();
  }
}

/** Plans a load, whether or not its user may run it, and says what to grant for it. Throws `UpsurgeError`s. */
export async function planGrants(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
): Promise<readonly string[]> {
  const prepared = await prepare(sources, { ...options, grants: true }, surroundings);
  const { plan, session, first } = prepared;
  try {
    const privileges = neededPrivileges(plan, session.capabilities);
    return await session.grants({ plan, privileges, filled: filledColumns(prepared) });
  } finally {
    await first.close();
    await session.close();
  }
}

/** The columns that every row carries: a record without a header may lack any field. */
function filledColumns({ plan, first, later }: PreparedLoad): ReadonlySet<string> {
  const headers = [first.fields, ...later.map(({ fields }) => fields)];
  const { mapping, constants, update } = plan;
  const mapped = mapping.filter(({ field }) => headers.every((names) => names?.includes(field)));
  return new Set([...mapped, ...constants, ...update.stamps].map(({ column }) => column));
}

/** The columns of the rows a plan is checked with: those the source is known to fill, or the key where nothing is known. */
function checkedColumns(plan: LoadPlan): string[] {
  const known = [...plan.mapping, ...plan.constants].map((each) => each.column);
  const named = new Set(known.length > 0 ? known : plan.arbiter?.columns);
  return plan.columns.map((column) => column.name).filter((name) => named.has(name));
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
