/**
 * Gets a run ready: connects once, finds the table of each file, plans each load, and puts the loads in order. Shared by runs
 * and their plans. Writes nothing.
 */
import { located, UpsurgeError } from "../errors/upsurge-error.ts";
import { connectTo, openSources, planSources } from "../load/prepare.ts";
import type { Connected, PreparedLoad, PrepareHooks } from "../load/prepare.ts";
import { namedMode } from "../options/mode-of.ts";
import type { Options } from "../options/options.ts";
import { FIRST_STAGE } from "../plan/make-plan.ts";
import { orderLoads } from "./order.ts";
import type { LookupEdge, RunOrder } from "./order.ts";
import { keyOfSource } from "./source-key.ts";
import { readLoadFolders } from "../sources/load-folder.ts";
import type { LeftOut } from "../sources/load-folder.ts";
import { findTarget } from "../targets/registry.ts";
import { findTables } from "./find-tables.ts";
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
  folders: readonly string[],
  options: Options,
  hooks: RunHooks,
): Promise<PreparedRun> {
  const target = await findTarget(options.to ?? "");
  const { loads, leftOut } = await readLoadFolders(folders);
  const connected = await connectTo(target, options, hooks);
  const parts: PreparedPart[] = [];
  try {
    const tables = await findTables(loads, { connected, only: options.only });
    for (const [at, load] of tables.entries()) {
      hooks.signal?.throwIfAborted();
      parts.push(await preparePart(load, { at, connected, options, hooks }));
    }
    hooks.onPlanned?.();
    const shapes = tables.map(({ shape }) => shape);
    const order = orderLoads(shapes, connected.session, parts.flatMap(lookupEdges));
    const inOrder = order.places.flatMap((place) => parts[place] ?? []);
    return { connected, parts: inOrder, order, leftOut };
  } catch (error) {
    for (const { prepared } of parts) await prepared.sources.close();
    await connected.session.close();
    throw error;
  }
}

/** The tables that the look-ups of a load read. */
function lookupEdges({ prepared: { plan } }: PreparedPart): LookupEdge[] {
  return plan.tables.flatMap(({ table, lookups = [] }) =>
    lookups.map(({ parent, column }) => ({
      child: table.name,
      parent: parent.name,
      column: column.name,
    })),
  );
}

interface PartContext {
  readonly at: number;
  readonly connected: Connected;
  readonly options: Options;
  readonly hooks: RunHooks;
}

async function preparePart(load: TableLoad, context: PartContext): Promise<PreparedPart> {
  const { at, connected, hooks } = context;
  const mode = namedMode(context.options) ?? "upsert";
  const options = { ...context.options, table: load.table, mode };
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
        if (mode === "insert") return options;
        return { ...options, key: keyOfSource({ shape, columns, source: load.path }) };
      },
    });
    await sources.rest();
    return { load, options, prepared: { ...connected, sources, ...planned } };
  } catch (error) {
    await sources.close();
    if (!(error instanceof UpsurgeError)) throw error;
    throw located(error, load.path);
  }
}
