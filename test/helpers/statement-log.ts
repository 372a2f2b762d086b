/**
 * The statements that a database is sent: what goes over the wire to PostgreSQL, what the tests' own server of SQL Server
 * receives, what is run of the statements that SQLite's driver has prepared.
 */
import Database from "better-sqlite3";
import { Connection } from "pg";
import { afterEach, beforeEach, vi } from "vitest";
import { LockWatch } from "../../src/load/lock-watch.ts";
import { REAL_SERVER, openTranslated } from "./sqlserver-database.ts";
import { useDatabase } from "./engines.ts";
import type { Engine, TestDatabase } from "./engines.ts";

/** A database, and what it is sent. */
export interface LoggedDatabase {
  readonly database: TestDatabase;
  /** Begins to keep statements; the function answers with them, and ends it. */
  readonly start: () => () => readonly string[];
}

/** Whether statements can be seen on this engine: a real server's log is its own. */
export function isLogged({ name }: Engine): boolean {
  return name !== "sqlserver" || REAL_SERVER === null;
}

/** Opens the engine's database for the tests of the surrounding suite; call it in `describe`. */
export function useLoggedDatabase(engine: Engine): LoggedDatabase {
  beforeEach(askNoLocks);
  afterEach(() => void vi.restoreAllMocks());
  let received: string[] = [];
  const open = (): Promise<TestDatabase> =>
    openTranslated(undefined, (sql) => void received.push(sql));
  const start: Record<Engine["name"], () => () => readonly string[]> = {
    postgres: watchWire,
    sqlite: watchPrepared,
    sqlserver: () => {
      received = [];
      return () => received;
    },
  };
  const database = useDatabase(engine.name === "sqlserver" ? { ...engine, open } : engine);
  return { database, start: start[engine.name] };
}

/** On a busy machine a load may ask meanwhile who holds it up, which is no statement of its own; until mocks are restored. */
export function askNoLocks(): void {
  vi.spyOn(LockWatch.prototype, "look").mockResolvedValue(false);
}

function watchWire(): () => readonly string[] {
  const simple = vi.spyOn(Connection.prototype, "query");
  const extended = vi.spyOn(Connection.prototype, "parse");
  return () => {
    const sent = [
      ...simple.mock.calls.map(([sql]) => sql),
      ...extended.mock.calls.map(([{ text }]) => text),
    ];
    for (const spy of [simple, extended]) spy.mockRestore();
    return sent;
  };
}

function watchPrepared(): () => readonly string[] {
  const memory = new Database(":memory:");
  const prototype = Object.getPrototypeOf(memory.prepare("select 1")) as Database.Statement;
  memory.close();
  const runs = (["run", "get", "all"] as const).map((name) => vi.spyOn(prototype, name));
  return () => {
    const run = runs.flatMap(({ mock }) =>
      mock.contexts.map((each) => (each as Database.Statement).source),
    );
    for (const spy of runs) spy.mockRestore();
    return run;
  };
}
