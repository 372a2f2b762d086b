/** Opens what a load needs and plans it; shared by loads, plans and grants. Writes nothing. */
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import { tableName } from "../model/table-shape.ts";
import type { Source } from "../sources/source-set.ts";
import { withServedCommit } from "../plan/batches/served-commit.ts";
import { refuseUnknownHidden } from "../plan/drift/comparison.ts";
import { SourceSet } from "../sources/source-set.ts";
import type { ConnectOptions, Session, Target } from "../targets/target.ts";
import { findTarget } from "../targets/registry.ts";
import { connectOptions } from "./connect-options.ts";
import { connectFirst } from "./first-connect.ts";
import type { FirstConnectRule } from "./first-connect.ts";
import { planLoadOf } from "./planning/plan-load.ts";
import type { PlannedSources, PlanningInputs } from "./planning/plan-load.ts";
import type { ProposedDdl } from "./planning/propose-ddl.ts";
import type { PlanSurroundings } from "./surroundings.ts";

/** What is told of what is being opened, as soon as it is, so that an interrupt can close it. */
export interface PrepareHooks extends PlanSurroundings, FirstConnectRule {
  /** Told of every session that is opened, also of those that writers open later. */
  readonly onConnected?: (session: Session) => void;
  readonly onSources?: (sources: SourceSet) => void;
  /** Told of every source that is opened, and of those after the first. */
  readonly onSource?: (source: Source) => void;
  readonly onNextSource?: (source: Source) => void;
  /** Told at the end of a source what a user should know of it. */
  readonly onWarnings?: (name: string, warnings: readonly string[]) => void;
}

/** A planned load, with everything open. The holder closes the session and the sources. */
export interface PreparedLoad extends PlannedSources {
  readonly target: Target;
  /** Opens another session like this one. */
  readonly connect: () => Promise<Session>;
  readonly session: Session;
  readonly sources: SourceSet;
}

/** What a load or a run is connected to. */
export type Connected = Pick<PreparedLoad, "target" | "connect" | "session"> & {
  /** The target without secrets, for messages. */
  readonly label: string;
};

/** Connects, reads the table's shape, looks at the sources and plans. Throws `UpsurgeError`s; closes what it opened then. */
export async function prepare(
  patterns: readonly string[],
  options: Options,
  hooks: PrepareHooks,
): Promise<PreparedLoad> {
  const to = refuseNothing(patterns, options);
  // Files that are not there are said before a server is asked.
  const target = await findTarget(to);
  const sources = await openSources(patterns, options, hooks);
  const connected = await connectTo(target, options, hooks);
  try {
    const { signal, endsWhole } = hooks;
    const settled = withServedCommit(options, connected.session.capabilities);
    hooks.onSettled?.(settled);
    const common = { ...connected, sources, patterns, options: settled };
    const planned = await planSources({ ...common, signal, endsWhole });
    const shapes = planned.plan.tables.map(({ table }) => table);
    refuseUnknownHidden(shapes, options);
    const { connect, session } = connected;
    return { target, connect, session, sources, ...planned };
  } catch (error) {
    await sources.close();
    await connected.session.close();
    throw error;
  }
}

/** The sources of a load, not yet looked at. Throws `SOURCE_*` errors. */
export async function openSources(
  patterns: readonly string[],
  options: Options,
  { stdin, forAll, onSource: onOpen, onNextSource: onNext, onWarnings, onSources }: PrepareHooks,
): Promise<SourceSet> {
  const context = { options, stdin, forAll, onOpen, onNext, onWarnings };
  const sources = await SourceSet.expand(patterns, context);
  onSources?.(sources);
  return sources;
}

/** Opens the session that plans. Throws `TARGET_*` errors. */
export async function connectTo(
  target: Target,
  options: Options,
  hooks: PrepareHooks,
): Promise<Connected> {
  const connecting: ConnectOptions = {
    ...connectOptions(options, hooks.environment),
    writes: true,
    missingFile: missingFile(options, hooks),
  };
  const connect = async (): Promise<Session> => {
    const opened = await target.connect(connecting);
    hooks.onConnected?.(opened);
    return opened;
  };
  const session = await connectFirst(connect, hooks);
  const label = target.describe(options.to ?? "");
  hooks.onSession?.(session, label);
  return { target, connect, session, label };
}

/** What is planned, and over what. */
export type PlannableSources = Connected &
  Pick<PlanningInputs, "sources" | "patterns" | "options" | "stage" | "keyFor" | "endsWhole"> &
  Pick<PrepareHooks, "signal"> & {
    /** Of the table, where it was read before. */
    readonly shape?: TableShape;
  };

/** Plans the load of sources into the table that the options name. Throws `UpsurgeError`s. */
export async function planSources(inputs: PlannableSources): Promise<PlannedSources> {
  const { target, session, sources, patterns, options, label, signal } = inputs;
  const shape = inputs.shape ?? (await session.readTableShape(options.table ?? ""));
  if (shape === null && !options.create) {
    const { noTable } = await import("./planning/no-table.ts");
    throw await noTable(session, { options, patterns, label, target: target.name });
  }
  if (shape !== null && !options.alter) return await planWith(null, { ...inputs, shape });
  const { proposeDdl } = await import("./planning/propose-ddl.ts");
  const proposed = await proposeDdl({ target, session, sources, shape, options, signal });
  return await planWith(proposed, { ...inputs, shape });
}

/** Plans the load as it is once the table or its columns are created. */
async function planWith(
  proposed: ProposedDdl | null,
  inputs: Omit<PlanningInputs, "proposed" | "shape"> & { readonly shape: TableShape | null },
): Promise<PlannedSources> {
  const { session, options, shape } = inputs;
  if (proposed === null) {
    if (shape === null)
      throw upsurgeError("INTERNAL", { message: "there is no table to plan with" });
    return await planLoadOf({ ...inputs, shape, proposed });
  }
  const asMade = async (): Promise<PlannedSources> => {
    const made = await session.readTableShape(options.table ?? "");
    if (made === null)
      throw upsurgeError("INTERNAL", { message: "the created table is not found" });
    return await planLoadOf({ ...inputs, shape: made, proposed });
  };
  try {
    return await session.supposing(proposed.ddl, asMade);
  } catch (error) {
    if (!hasAppeared(error) || proposed.ddl.kind === "alter") throw error;
    // Somebody has created the table meanwhile: the load is planned with that one.
    const there = await session.readTableShape(options.table ?? "");
    if (there === null) throw somethingElse(error, proposed);
    return await planLoadOf({ ...inputs, shape: there, proposed: null });
  }
}

function hasAppeared(error: unknown): error is UpsurgeError {
  return error instanceof UpsurgeError && error.code === "PLAN_TABLE_APPEARED";
}

/** What has the name of the table but is none: an index, say. */
function somethingElse({ cause }: UpsurgeError, { ddl }: ProposedDdl): Error {
  const details = {
    what: `the table ${tableName(ddl.table.name)}`,
    reason: cause instanceof Error ? cause.message : "something else has that name",
    suggestion: "choose another name with --table",
  };
  return upsurgeError("PLAN_DDL", details, { where: ddl.flag, cause });
}

/** What a load may do about a database file that is not there. */
function missingFile(
  { create, dryRun, check }: Options,
  { writesNothing = false }: PlanSurroundings,
): ConnectOptions["missingFile"] {
  if (!create) return undefined;
  return dryRun || check || writesNothing ? "private" : "make";
}

/** The target of the load. Throws `OPTION_MISSING` for one that says nothing of where from, or where to. */
function refuseNothing(patterns: readonly string[], { to, table }: Options): string {
  if (to === null) throw missing("--to", "there is no database to load into");
  if (table === null) throw missing("--table", "there is no table to load into");
  if (patterns.length > 0) return to;
  throw missing("SOURCE", "there is nothing to load; - reads standard input");
}

function missing(flag: string, reason: string): Error {
  return upsurgeError("OPTION_MISSING", { flag, reason });
}
