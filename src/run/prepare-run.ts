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
import { lateBesides, namedLate } from "./late-keys.ts";
import { orderLoads } from "./order.ts";
import type { RunOrder } from "./order.ts";
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
    const named = namedLate(tables, options.late);
    const mayBeLate = namedMode(options) !== "insert";
    const shapes = tables.map(({ shape }) => shape);
    const order = orderLoads(shapes, { session: connected.session, late: named, mayBeLate });
    for (const [at, load] of tables.entries()) {
      hooks.signal?.throwIfAborted();
      const late = (key: readonly string[] | null): readonly string[] =>
        lateBesides(key, { table: load.tableName, late: order.late, named });
      parts.push(await preparePart(load, { at, connected, options, hooks, late }));
    }
    hooks.onPlanned?.();
    const inOrder = order.places.flatMap((place) => parts[place] ?? []);
    return { connected, parts: inOrder, order, leftOut };
  } catch (error) {
    for (const { prepared } of parts) await prepared.sources.close();
    await connected.session.close();
    throw error;
  }
}

interface PartContext {
  readonly at: number;
  readonly connected: Connected;
  readonly options: Options;
  readonly hooks: RunHooks;
  /** The columns that are set after the last record, given the key that finds the rows; `null`: the primary key. */
  readonly late: (key: readonly string[] | null) => readonly string[];
}

async function preparePart(load: TableLoad, context: PartContext): Promise<PreparedPart> {
  const { at, connected, hooks, late } = context;
  const mode = namedMode(context.options) ?? "upsert";
  const options = { ...context.options, table: load.table, mode, late: null };
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
        const key = keyOfSource({ shape, columns, source: load.path });
        return { ...options, key, late: late(key) };
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
