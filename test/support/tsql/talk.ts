/** What the tests of the T-SQL interpreter share: a database, and sessions that answer with few words. */
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import type { TdsParameter, TdsSession } from "../tds/backend.ts";
import { createTsqlDatabase, type TsqlDatabase, tsqlBackend } from "./backend.ts";

/** What a batch gave: the values of its rows, and `error 2627` for an error. */
export type Told = readonly (readonly (string | null)[] | string)[];

/** A session for tests. */
export interface Talker {
  readonly session: TdsSession;
  /** Runs a batch; rows and errors in their order. */
  tell(sql: string, parameters?: readonly TdsParameter[]): Promise<Told>;
  /** Runs batches that must not fail. */
  set(...batches: readonly string[]): Promise<void>;
}

/** An empty database for every test of the surrounding suite, with a way to open sessions. */
export function useTsql(): { readonly one: Talker; open(): Promise<Talker> } {
  let database: TsqlDatabase | null = null;
  let one: Talker | null = null;
  let opened: TdsSession[] = [];
  const open = async (): Promise<Talker> => {
    const backend = tsqlBackend({ server: inject("postgresUrl") });
    const session = await backend.login({
      user: "sa",
      password: "secret",
      database: database?.name ?? "",
    });
    opened.push(session);
    return talker(session);
  };
  beforeAll(async () => {
    database = await createTsqlDatabase(inject("postgresUrl"));
  });
  beforeEach(async () => {
    for (const session of opened) await session.close();
    opened = [];
    await database?.reset();
    one = await open();
  });
  afterAll(async () => {
    for (const session of opened) await session.close();
    await database?.drop();
  });
  return {
    get one() {
      if (one === null) throw new Error("the session is open only while tests run");
      return one;
    },
    open,
  };
}

function talker(session: TdsSession): Talker {
  const tell: Talker["tell"] = async (sql, parameters = []) => {
    const told: (readonly (string | null)[] | string)[] = [];
    for await (const event of session.execute(sql, parameters)) {
      if (event.kind === "row") told.push(event.values);
      if (event.kind === "error") told.push(`error ${event.number}`);
    }
    return told;
  };
  const set = async (...batches: readonly string[]): Promise<void> => {
    for (const batch of batches) {
      for await (const event of session.execute(batch, [])) {
        if (event.kind === "error") throw new Error(`${event.number} ${event.message} in ${batch}`);
      }
    }
  };
  return { session, tell, set };
}
