/** The connection breaks at every message of a load in turn: the load is run until it says 0, and is applied once. */
import { expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { FaultKind } from "../support/proxy/proxy.ts";
import { useProxy } from "./network-support.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);
const behind = useProxy(database);

test.each<[string, FaultKind]>([
  ["before it arrives", "reset-before"],
  ["after it has arrived", "reset-after"],
])("%s", async (_, kind) => {
  await behind.forgetAudit();
  await behind.loadOverAndOver((nth) => ({ kind, on: "request", nth }));
});

test.each<[string, FaultKind]>([
  ["before it arrives", "wait"],
  ["right behind its answer", "answer-waits"],
])("because the server ends the session %s", async (_, kind) => {
  await behind.forgetAudit();
  const ended: number[] = [];
  const meanwhile = async (): Promise<void> => {
    const sessions = await database.rows(
      "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = current_database() and application_name = 'upsurge'",
    );
    ended.push(sessions.length);
  };
  await behind.loadOverAndOver((nth) => ({ kind, on: "request", nth, meanwhile }));
  // All but those in which it had not come so far as to have a session.
  expect(ended.filter((count) => count !== 1).length).toBeLessThan(4);
});
