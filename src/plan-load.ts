/** Opens what a load needs and plans it; shared by `load` and `upsurge plan`. Writes nothing. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UpsurgeError, upsurgeError } from "./errors/upsurge-error.ts";
import type { FieldResolver, LoadPlan } from "./model/load-plan.ts";
import type { TableShape } from "./model/table-shape.ts";
import type { Options } from "./options/options.ts";
import { explainLane } from "./plan/explain.ts";
import { isJob } from "./options/is-job.ts";
import { planJob } from "./plan/job.ts";
import { makePlan } from "./plan/make-plan.ts";
import { fieldResolver, mapFields } from "./plan/mapping.ts";
import { nearest } from "./plan/names.ts";
import { neededPrivileges } from "./plan/requirements.ts";
import { expandSources } from "./read/expand-sources.ts";
import { sample } from "./read/first-chunk.ts";
import type { Sampled } from "./read/first-chunk.ts";
import { openSource } from "./read/open-source.ts";
import type { ReadOptions, Source } from "./read/source.ts";
import { findTarget } from "./targets/registry.ts";
import type { Session, Target } from "./targets/target.ts";
import { checkOneHash, unverifiedStreams } from "./verify-sources.ts";

/** What planning needs of its surroundings. */
export interface PlanSurroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of what was opened as soon as it is, so that an interrupt can close it. */
  readonly onSession?: (session: Session) => void;
  readonly onSource?: (source: Source) => void;
}

/** A planned load, with everything open. The holder closes the session and the source. */
export interface Prepared {
  readonly target: Target;
  /** Opens another session like this one. */
  readonly connect: () => Promise<Session>;
  readonly session: Session;
  readonly plan: LoadPlan;
  readonly resolve: FieldResolver;
  /** The first source, open; the paths of all. */
  readonly first: Source;
  readonly sampled: Sampled;
  readonly later: readonly LaterSource[];
  readonly paths: readonly string[];
  readonly stdin: NodeJS.ReadableStream;
}

/** A source as a plan shows it. */
export interface PlannedSource {
  readonly name: string;
  readonly format: string;
  readonly compression: string | null;
  readonly fields: readonly string[];
}

/** A source after the first: its fields are those of a header, `null` where there is none to look at. */
type LaterSource = Omit<PlannedSource, "fields"> & { readonly fields: readonly string[] | null };

/** What `upsurge plan` prints. */
export interface PlanReport {
  readonly plan: LoadPlan;
  readonly target: string;
  readonly server: string;
  readonly sources: readonly PlannedSource[];
  readonly statements: readonly string[];
}

const VALUES_ONLY = "this target takes values, not bytes";

/** The options of reading among all options. */
export function readOptions(options: Options): ReadOptions {
  const { quote, null: nullTokens, keepEmpty, ...rest } = options;
  return {
    ...rest,
    quote: quote === "" ? null : quote,
    nullTokens: nullTokens ?? [],
    keepEmpty: keepEmpty ?? [],
  };
}

/** Connects, reads the table's shape, opens the first source and plans. Throws `UpsurgeError`s; closes what it opened then. */
export async function prepare(
  sources: readonly string[],
  options: Options,
  surroundings: PlanSurroundings,
): Promise<Prepared> {
  if (options.to === null) throw missing("--to", "there is no database to load into");
  if (options.table === null) throw missing("--table", "there is no table to load into");
  if (sources.length === 0)
    throw missing("SOURCE", "there is nothing to load; - reads standard input");
  const target = await findTarget(options.to);
  const paths = await expandSources(sources);
  checkOneHash(paths, options);
  const { stdin } = surroundings;
  const connecting = {
    url: options.to,
    lockTimeoutMs: options.lockTimeout,
    statementTimeoutMs: options.statementTimeout,
    environment: surroundings.environment,
  };
  const connect = (): Promise<Session> => target.connect(connecting);
  const session = await connect();
  surroundings.onSession?.(session);
  let first: Source | null = null;
  try {
    const shape = await readShape(session, options, target.describe(options.to));
    const careful = !session.capabilities.takesBytes;
    const toColumn = fieldResolver(shape, options);
    const keeps = keptBy(toColumn);
    const io = { stdin, careful, keeps, hashed: isJob(options) };
    first = await openSource(paths[0] ?? "-", readOptions(options), io);
    surroundings.onSource?.(first);
    const sampled = await sample(first);
    const later: LaterSource[] = [];
    for (const path of paths.slice(1)) later.push(await lookAt(path, options));
    const known = knownFields(sampled.fields, later);
    const readOnce = !first.rereadable || later.some(({ format }) => format === "stream");
    const request = { target, session, shape, first, later, known, readOnce, sources, options };
    const plan = planFor(request);
    await checkPlan(session, plan, options);
    const opened = { session, first, sampled, later, paths, stdin };
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

interface Known {
  readonly target: Target;
  readonly session: Session;
  readonly shape: TableShape;
  readonly first: Source;
  readonly later: readonly LaterSource[];
  readonly known: ReturnType<typeof knownFields>;
  /** Of at least one of the sources. */
  readonly readOnce: boolean;
  readonly sources: readonly string[];
  readonly options: Options;
}

/** The plan of a load, its job included. */
function planFor(request: Known): LoadPlan {
  const { target, session, shape, known, readOnce, sources, options, ...opened } = request;
  const planned = makePlan({
    target: target.name,
    shape,
    capabilities: session.capabilities,
    quoteIdentifier: (name) => session.quoteIdentifier(name),
    options,
    fields: known.fields,
    openFields: opened.first.fields === null || known.differ,
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
  try {
    await session.checkPlan(plan, checkedColumns(plan));
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
  const lane = explainLane(capabilities.takesBytes ? sources.first.careful : VALUES_ONLY);
  const why = [...plan.why, ...lane, ...(session.ways?.(plan) ?? [])];
  const unverified = unverifiedStreams(plan, sources);
  return { ...plan, why, warnings: [...warnings, ...plan.warnings, ...unverified] };
}

/**
 * The fields of all sources, as far as they can be known without reading a stream.
 * `differ` when a later source may bring other fields than the first.
 */
function knownFields(
  first: readonly string[],
  later: readonly LaterSource[],
): { fields: readonly string[]; differ: boolean } {
  const fields = new Set(first);
  let differ = false;
  for (const { fields: header } of later) {
    differ ||=
      header === null || header.length !== first.length || header.some((name) => !fields.has(name));
    for (const name of header ?? []) fields.add(name);
  }
  return { fields: [...fields], differ };
}

/** Looks at the head of a further source; a stream is not opened for it. */
async function lookAt(path: string, options: Options): Promise<LaterSource> {
  const isFile = path !== "-" && (await stat(path)).isFile();
  if (!isFile) return { name: path, format: "stream", compression: null, fields: null };
  const source = await openSource(path, readOptions(options));
  await source.close();
  const { name, format, compression, fields } = source;
  return { name, format, compression, fields };
}

/** Opens a further source of a prepared load. Throws `PLAN_UNKNOWN_FIELD` when its header does not fit. */
export async function openNext(
  prepared: Prepared,
  path: string,
  options: Options,
  hashed = false,
): Promise<Source> {
  const careful = !prepared.session.capabilities.takesBytes;
  const io = { stdin: prepared.stdin, careful, keeps: keptBy(prepared.resolve), hashed };
  const source = await openSource(path, readOptions(options), io);
  try {
    if (source.fields !== null) mapFields(prepared.plan.table, source.fields, prepared.resolve);
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
      sources: [
        {
          name: first.name,
          format: first.format,
          compression: first.compression,
          fields: sampled.fields,
        },
        ...later.map((source) => ({ ...source, fields: source.fields ?? [] })),
      ],
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
function filledColumns({ plan, first, later }: Prepared): ReadonlySet<string> {
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
  const near = nearest(table, [...names, ...tables.map(({ name }) => name)]);
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
