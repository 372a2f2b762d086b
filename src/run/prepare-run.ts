/**
 * Gets a run ready: connects once, finds the table of each file, plans each load, and puts the loads in order. Shared by runs
 * and their plans. Writes nothing.
 */
import { located, relocated, UpsurgeError } from "../errors/upsurge-error.ts";
import { connectTo, openSources, planSources } from "../load/prepare.ts";
import type { Connected, PreparedLoad, PrepareHooks } from "../load/prepare.ts";
import { namedMode } from "../options/mode-of.ts";
import type { Options } from "../options/options.ts";
import { FIRST_STAGE } from "../plan/make-plan.ts";
import { orderLoads } from "./order.ts";
import type { RunOrder } from "./order.ts";
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
  readonly leftOut: readonly LeftOut[];
}

/** What is told of a run that is being made ready. */
export interface RunHooks extends PrepareHooks {
  /** Told of a load before its sources are opened; its own hooks. */
  readonly onPart?: ((load: TableLoad, options: Options) => Partial<PrepareHooks>) | undefined;
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
    const tables = await findTables(loads, { connected, only: options.only });
    refuseTwice(tables);
    for (const [at, load] of tables.entries()) {
      hooks.signal?.throwIfAborted();
      parts.push(await preparePart(load, { at, connected, hooks }));
    }
    hooks.onPlanned?.();
    const shapes = tables.map(({ shape }) => shape);
    const order = orderLoads(shapes, connected.session);
    const inOrder = order.places.flatMap((place) => parts[place] ?? []);
    return { connected, parts: inOrder, order, leftOut };
  } catch (error) {
    for (const { prepared } of parts) await prepared.sources.close();
    await connected.session.close();
    throw error;
  }
}

/** The database, if the manifest does not refuse it. Throws `TARGET_*` errors and `RUN_HOST_REFUSED`. */
async function targetOf(inputs: RunInputs, options: Options, hooks: RunHooks): Promise<Target> {
  try {
    const target = await findTarget(options.to ?? "");
    if (isManifest(inputs)) refuseHosts(inputs.refuseHosts, { target, options, ...hooks });
    return target;
  } catch (error) {
    const where = isManifest(inputs) ? inputs.toPlace : null;
    throw error instanceof UpsurgeError && where !== null ? located(error, where) : error;
  }
}

interface PartContext {
  readonly at: number;
  readonly connected: Connected;
  readonly hooks: RunHooks;
}

async function preparePart(load: TableLoad, context: PartContext): Promise<PreparedPart> {
  const { at, connected, hooks } = context;
  const mode = namedMode(load.options) ?? "upsert";
  const options = { ...load.options, table: load.table, mode };
  const ofPart = { ...hooks, ...hooks.onPart?.(load, options) };
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
        const { key, constraint, anyConstraint } = options;
        if (mode === "insert" || key !== null || constraint !== null || anyConstraint)
          return options;
        const { path: source, origin } = load;
        return { ...options, key: keyOfSource({ shape, columns, source, origin }) };
      },
    });
    await sources.rest();
    return { load, options, prepared: { ...connected, sources, ...planned } };
  } catch (error) {
    await sources.close();
    if (!(error instanceof UpsurgeError)) throw error;
    throw relocated(error, placeIn(error.where, load));
  }
}
