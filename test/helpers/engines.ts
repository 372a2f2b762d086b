/** The databases that tests run on, behind one small interface, so that a suite can say `describe.each(ENGINES)`. */
import { afterAll, beforeAll } from "vitest";
import { openPostgres } from "./postgres-database.ts";
import { openSqlite } from "./sqlite-database.ts";
import { openSqlServer, REAL_SERVER } from "./sqlserver-database.ts";
import { runsOn, shareOf } from "../tiers/tiers.ts";
import type { Suite, SuiteKind } from "../tiers/tiers.ts";

/** A database of its own for one test file. */
export interface TestDatabase {
  /** What `--to` takes. */
  readonly url: string;
  /** Runs statements. */
  exec(sql: string): Promise<void>;
  /** Runs a query; every value as the text the database gives, NULL as null. */
  rows(sql: string): Promise<(string | null)[][]>;
  /** Leaves an empty database behind. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** What a suite knows of an engine before it is open. */
export interface Engine {
  readonly name: "sqlite" | "postgres" | "sqlserver";
  /** The name in the titles of tests. */
  readonly title: string;
  readonly rowSources: readonly string[];
  open(): Promise<TestDatabase>;
}

export const ENGINES: readonly Engine[] = [
  { name: "sqlite", title: "sqlite", rowSources: ["values"], open: openSqlite },
  {
    name: "postgres",
    title: "postgres",
    rowSources: ["staged", "arrays", "values"],
    open: openPostgres,
  },
  {
    name: "sqlserver",
    title: REAL_SERVER === null ? "sqlserver(translated)" : "sqlserver",
    rowSources: ["staged", "arrays", "values"],
    open: openSqlServer,
  },
];

/** The engines of suites whose subject all targets share: sources, headers, options of jobs. */
export const sharedEngines = (): readonly Engine[] => enginesOf("shared");

/** The engines of the suites of jobs, of which each target has its own checkpoint. */
export const jobEngines = (): readonly Engine[] => enginesOf("jobs");

/** The engines of the suites of what a load does besides writing its records: creating and emptying tables, steps, runs. */
export const tableEngines = (): readonly Engine[] => enginesOf("tables");

/** The engines of the suites of single rules of nested loads. */
export const nestEngines = (): readonly Engine[] => enginesOf("nested");

function enginesOf(kind: SuiteKind): readonly Engine[] {
  return REAL_SERVER === null ? ENGINES.filter(({ name }) => runsOn(kind, name)) : ENGINES;
}

const STRATEGIES = ["native", "select-then-write"] as const;

/** One way to do the same load: none of it may change what comes out. */
export interface Way {
  readonly strategy: string;
  readonly rowSource: string;
  readonly batchRows: number;
  /** What else is said on the command line. */
  readonly flags?: readonly string[];
}

/** Every way that an engine has, with the given batch sizes. */
export function waysOf(engine: Engine, batchRows: readonly number[]): Way[] {
  return STRATEGIES.flatMap((strategy) =>
    engine.rowSources.flatMap((rowSource) =>
      batchRows.map((rows) => ({ strategy, rowSource, batchRows: rows })),
    ),
  );
}

/**
 * Of these batch sizes those that a large suite tries on an engine: over the translated server, which is slow, one that cuts
 * batches and the largest. A real one gets all of them.
 */
export function sizesFor({ name }: Engine, sizes: readonly number[]): readonly number[] {
  if (name !== "sqlserver" || REAL_SERVER !== null) return sizes;
  return sizes.filter((rows) => rows === 2 || rows === Math.max(...sizes));
}

/**
 * The ways in which a large suite tries its `at`-th case: all of them, or the share that `npm test` takes, which differs from
 * case to case, so that all cases together come to all ways.
 */
export function waysFor(suite: Suite, engine: Engine, sizes: readonly number[], at: number): Way[] {
  const share = REAL_SERVER !== null ? null : shareOf(suite, engine.name);
  const all = waysOf(engine, sizesFor(engine, sizes));
  if (share === null) return all;
  const { rowSources } = engine;
  const pairs = STRATEGIES.flatMap((strategy) =>
    rowSources.map((rowSource) => ({ strategy, rowSource })),
  );
  const chosen = {
    "each pair": pairs,
    "each row source": rowSources.flatMap(
      (rowSource, next) =>
        pairs.filter((pair) => pair.rowSource === rowSource)[(at + next) % STRATEGIES.length] ?? [],
    ),
    one: pairs.slice(at % pairs.length).slice(0, 1),
    "one of two": at % 2 === 0 ? pairs.slice((at / 2) % pairs.length).slice(0, 1) : [],
  }[share];
  // The size goes by case and pair, so that what `npm test` takes of a pair is what `test:all` does.
  const round = Math.floor(at / pairs.length);
  return chosen.flatMap((pair) => {
    const ways = all.filter(
      ({ strategy, rowSource }) => strategy === pair.strategy && rowSource === pair.rowSource,
    );
    return ways[(round + pairs.indexOf(pair)) % ways.length] ?? [];
  });
}

/** A way as the end of a test's title. */
export function wayTitle({ strategy, rowSource, batchRows, flags = [] }: Way): string {
  return [strategy, rowSource, batchRows, ...(flags.length === 0 ? [] : [flags.join(" ")])].join(
    " / ",
  );
}

/** Opens the engine's database for the tests of the surrounding suite; call it in `describe`. */
export function useDatabase(engine: Engine): TestDatabase {
  let opened: TestDatabase | null = null;
  const database = (): TestDatabase => {
    if (opened === null) throw new Error("the database is open only while tests run");
    return opened;
  };
  beforeAll(async () => {
    opened = await engine.open();
  });
  afterAll(async () => {
    await opened?.close();
  });
  return {
    get url() {
      return database().url;
    },
    exec: (sql) => database().exec(sql),
    rows: (sql) => database().rows(sql),
    reset: () => database().reset(),
    close: () => database().close(),
  };
}
