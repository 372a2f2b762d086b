/**
 * Gets a run ready: connects once, finds the table of each file, plans each load, and puts the loads in order. Shared by runs
 * and their plans. Writes nothing.
 */
import { located, relocated, UpsurgeError } from "../errors/upsurge-error.ts";
import { connectTo, openSources, planSources } from "../load/prepare.ts";
import type { Connected, PreparedLoad, PrepareHooks } from "../load/prepare.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import { checkJobOptions } from "../options/check/check-job.ts";
import { OPTION_NAMES } from "../options/flag.ts";
import { refuseForeignOptions } from "../options/of-format.ts";
import { modeOfRun } from "../options/mode-of.ts";
import { commitsOnce } from "../options/grammar.ts";
import type { Options } from "../options/options.ts";
import { refuseUnknownHidden } from "../plan/drift/comparison.ts";
import { mayBeSetLate } from "../plan/late/late-columns.ts";
import { FIRST_STAGE } from "../plan/make-plan.ts";
import { lateBesides, lateOf } from "./late-keys.ts";
import { orderLoads, withLookups } from "./order.ts";
import { lookupEdges, lookupsOf } from "./lookup-edges.ts";
import type { OrderingContext, RunOrder } from "./order.ts";
import { refuseTwice } from "./same-table.ts";
import { keyOfSource } from "./source-key.ts";
import type { LeftOut } from "../sources/load-folder.ts";
import { findTarget } from "../targets/registry.ts";
import type { Target } from "../targets/target.ts";
import { findTables } from "./find-tables.ts";
import { refuseHosts } from "./refuse-hosts.ts";
import { isManifest, placeIn, readRunLoads } from "./run-load.ts";
import type { RunInputs } from "./run-load.ts";
import type { TableLoad } from "./find-tables.ts";

/** One load of a run, planned, with its sources open. */
export interface PreparedPart {
  readonly load: TableLoad;
  /** Those of the run, with the table. */
  readonly options: Options;
  readonly prepared: PreparedLoad;
}

/** A planned run, with everything open. The holder closes the session and the sources. */
export interface PreparedRun {
  readonly connected: Connected;
  /** In the order in which they are loaded. */
  readonly parts: readonly PreparedPart[];
  readonly order: RunOrder;
  /** Each load is committed by itself. */
  readonly inTurn: boolean;
  readonly leftOut: readonly LeftOut[];
}

/** What is told of one load of a run that is being made ready. */
export interface PartHooks extends PrepareHooks {
  /** It is planned; others may not be yet. */
  readonly onPrepared?: ((prepared: PreparedLoad) => void) | undefined;
}

/** What is told of a run that is being made ready. */
export interface RunHooks extends PrepareHooks {
  /** Told of a load before its sources are opened; its own hooks. */
  readonly onPart?: ((load: TableLoad, options: Options) => Partial<PartHooks>) | undefined;
  /** Told when all of them are planned, and not yet in order. */
  readonly onPlanned?: (() => void) | undefined;
}

/** Connects and plans. Throws `UpsurgeError`s; closes what it opened then. */
export async function prepareRun(
  inputs: RunInputs,
  options: Options,
  hooks: RunHooks,
): Promise<PreparedRun> {
  const target = await targetOf(inputs, options, hooks);
  const { loads, leftOut } = await readRunLoads(inputs, options);
  const connected = await connectTo(target, options, hooks);
  const parts: PreparedPart[] = [];
  try {
    const tables = await findTables(loads, { connected, options });
    refuseTwice(tables);
    const shapes = tables.map(({ shape }) => shape);
    if (tables.every(({ options: own }) => own.nest === null)) refuseUnknownHidden(shapes, options);
    const named = lateOf(tables, options);
    // A rehearsal is one transaction, and must come to what the run would.
    const inTurn = !commitsOnce(options.commit);
    const inParts = inTurn && options.commit !== "load";
    const { session } = connected;
    const keyed = orderByKeys(tables, { session, late: named, inTurn, inParts });
    const taken = new Map<string, number>();
    for (const [at, load] of tables.entries()) {
      hooks.signal?.throwIfAborted();
      const nth = taken.get(load.tableName) ?? 0;
      taken.set(load.tableName, nth + 1);
      const late = (key: readonly string[] | null): readonly string[] =>
        lateBesides(key, { table: load.tableName, late: keyed.late, named });
      parts.push(await preparePart(load, { at, nth, connected, hooks, late }));
    }
    refuseForeignToAll(parts, options, hooks);
    const planned = parts.flatMap(({ prepared }) => prepared.plan.tables);
    refuseUnknownHidden(
      planned.map(({ table }) => table),
      options,
    );
    hooks.onPlanned?.();
    const lookups = parts.flatMap(({ prepared: { plan } }) => lookupEdges(plan));
    const order = withLookups(keyed, lookups, { shapes, session, inTurn, inParts });
    const inOrder = order.places.flatMap((place) => parts[place] ?? []);
    const isRehearsal = options.dryRun || options.check;
    return { connected, parts: inOrder, order, inTurn: inTurn && !isRehearsal, leftOut };
  } catch (error) {
    for (const { prepared } of parts) await prepared.sources.close();
    await connected.session.close();
    throw error;
  }
}

/** What is said of the run must say something of one of its loads. Throws `OPTION_CONFLICT`. */
function refuseForeignToAll(
  parts: readonly PreparedPart[],
  options: Options,
  { forAll }: RunHooks,
): void {
  const sources = parts.flatMap(({ prepared }) => prepared.sources.formatted);
  refuseForeignOptions(options, sources, forAll);
}

/** The database, if the manifest does not refuse it. Throws `TARGET_*` errors and `RUN_HOST_REFUSED`. */
async function targetOf(inputs: RunInputs, options: Options, hooks: RunHooks): Promise<Target> {
  try {
    const target = await findTarget(options.to ?? "");
    if (isManifest(inputs))
      refuseHosts(inputs.refuseHosts, { owner: "manifest", target, options, ...hooks });
    return target;
  } catch (error) {
    const where = isManifest(inputs) ? inputs.toPlace : null;
    throw error instanceof UpsurgeError && where !== null ? located(error, where) : error;
  }
}

/** The order of loads that are not planned yet, with the columns that are set late. */
function orderByKeys(
  tables: readonly TableLoad[],
  context: Pick<OrderingContext, "late" | "inTurn" | "inParts"> & {
    readonly session: Connected["session"];
  },
): RunOrder {
  const mayBeLate = tables.every(
    ({ options: own }) => modeOfRun(own) !== "insert" && own.deleteWhen === null,
  );
  const canBeLate = (name: string, column: string): boolean =>
    tables.every((load) => load.tableName !== name || leavesLate(load, column, context.session));
  const lookups = tables.flatMap((load) => lookupsOf(load, tables));
  const shapes = tables.map(({ shape }) => shape);
  return orderLoads(shapes, { ...context, mayBeLate, canBeLate, lookups });
}

/** Whether a load leaves a column to be set late. */
function leavesLate(
  { shape, options }: TableLoad,
  column: string,
  session: Connected["session"],
): boolean {
  const naming = {
    columns: shape.columns.map(({ name }) => name),
    quoteIdentifier: (name: string) => session.quoteIdentifier(name),
  };
  return mayBeSetLate(column, options, naming);
}

interface PartContext {
  readonly at: number;
  /** The loads before it that are into the same table. */
  readonly nth: number;
  readonly connected: Connected;
  readonly hooks: RunHooks;
  /** The columns that are set after the last record, given the key that finds the rows; `null`: the primary key. */
  readonly late: (key: readonly string[] | null) => readonly string[];
}

/** Those of the run, as they hold for one of its loads. */
function ownOptions({ options, ...load }: TableLoad, nth: number): Options {
  const { job, commit } = options;
  const own: Options = {
    ...options,
    table: load.table,
    mode: modeOfRun(options),
    // It is known once the key is.
    late: null,
    commit: commit === "load" ? "end" : commit,
    job: job === null ? null : `${job}/${load.tableName}${nth === 0 ? "" : `#${nth + 1}`}`,
  };
  checkJobOptions(own);
  return own;
}

async function preparePart(load: TableLoad, context: PartContext): Promise<PreparedPart> {
  const { at, nth, connected, hooks, late } = context;
  const options = ownOptions(load, nth);
  // What is said of a folder is said of all of its files.
  const forAll = load.origin?.forAll ?? new Set(OPTION_NAMES);
  const ofPart: PartHooks = { ...hooks, ...hooks.onPart?.(load, options), forAll };
  const sources = await openSources(load.sources, options, ofPart);
  try {
    // All files of a run are looked at before the first is read.
    const planned = await planSources({
      ...connected,
      sources,
      patterns: load.sources,
      options,
      shape: load.shape,
      // As a load by itself calls them, and the others after it.
      stage: at === 0 ? FIRST_STAGE : `${FIRST_STAGE}_${at + 1}`,
      signal: hooks.signal,
      keyFor: (shape, columns) => {
        const { key, mode, constraint, anyConstraint } = options;
        if (mode === "insert" || anyConstraint) return options;
        if (key !== null || constraint !== null) return { ...options, late: late(key ?? []) };
        const { path: source, origin } = load;
        const found = keyOfSource({ shape, columns, source, origin });
        return { ...options, key: found, late: late(found) };
      },
    });
    await sources.rest();
    const plan: LoadPlan = { ...planned.plan, ofRun: true };
    const prepared = { ...connected, sources, ...planned, plan };
    ofPart.onPrepared?.(prepared);
    return { load, options, prepared };
  } catch (error) {
    await sources.close();
    if (!(error instanceof UpsurgeError)) throw error;
    throw relocated(error, placeIn(error.where, load));
  }
}
