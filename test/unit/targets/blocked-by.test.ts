/** How the holder of a lock is called, and what is said where it may not be seen. */
import { describe, expect, test } from "vitest";
import { holderText } from "../../../src/targets/lock-holder.ts";
import { holderOf } from "../../../src/targets/sqlserver/connect/blocked-by.ts";
import { findTarget } from "../../../src/targets/registry.ts";
import { ENGINES, useDatabase } from "../../helpers/engines.ts";
import { openPostgres } from "../../helpers/postgres-database.ts";
import { until } from "../../helpers/until.ts";
import { startProxy } from "../../support/proxy/proxy.ts";

const HIDDEN = { user: null, program: null, state: null, seconds: null };

test.each([
  [{ ...HIDDEN, pid: 0 }, "a prepared transaction"],
  [{ ...HIDDEN, pid: 42 }, "session 42"],
  [{ ...HIDDEN, pid: 42, user: "bob", program: "" }, "session 42 of bob"],
  [
    { pid: 42, user: "bob", program: "psql", state: "active", seconds: 0 },
    "session 42 of bob (psql), active",
  ],
  [
    { pid: 42, user: "bob", program: "psql", state: "idle in transaction", seconds: 14 },
    "session 42 of bob (psql), idle in transaction for 14 s",
  ],
])("PostgreSQL: %j", (holder, text) => {
  expect(holderText(holder)).toBe(text);
});

test.each([
  [{ pid: 52, login: null, program: null, status: null }, "session 52"],
  [
    { pid: 52, login: "bob", program: "SQLCMD  ", status: "sleeping" },
    "session 52 of bob (SQLCMD), sleeping",
  ],
])("SQL Server: %j", (row, text) => {
  expect(holderText(holderOf(row))).toBe(text);
});

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test("a session that waits for nothing is held up by nobody", async () => {
    const target = await findTarget(database.url);
    const session = await target.connect({
      url: database.url,
      lockTimeoutMs: 1000,
      statementTimeoutMs: 0,
      environment: {},
    });
    try {
      expect(await session.blockedBy()).toBeNull();
      await session.listTables();
      expect(await session.blockedBy()).toBeNull();
    } finally {
      await session.close();
    }
  });
});

test("PostgreSQL is asked over one more connection, however often, which ends with the session", async () => {
  const database = await openPostgres();
  const { hostname, port } = new URL(database.url);
  const proxy = await startProxy(hostname, Number(port));
  try {
    const url = proxy.url(database.url);
    const target = await findTarget(url);
    const times = { lockTimeoutMs: 1000, statementTimeoutMs: 0 };
    const session = await target.connect({ url, ...times, environment: {} });
    await session.listTables();
    expect(await Promise.all([session.blockedBy(), session.blockedBy()])).toEqual([null, null]);
    for (let at = 0; at < 3; at += 1) expect(await session.blockedBy()).toBeNull();
    expect(proxy.connections).toBe(2);
    await session.close();
    await until("both connections to end", () => proxy.clients === 0);
  } finally {
    await proxy.close();
    await database.close();
  }
});
