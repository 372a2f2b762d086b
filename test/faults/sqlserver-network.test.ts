/** The network falls silent between a load and SQL Server: every wait has an end, and nothing is kept by halves. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startProxy } from "../support/proxy/proxy.ts";
import type { Fault, Proxy } from "../support/proxy/proxy.ts";
import { runFaulty, tell, useFaultyServer } from "./sqlserver-support.ts";
import type { FaultyLoad, FaultyResult, Rows } from "./sqlserver-support.ts";

const db = useFaultyServer();
const INPUT = "id,n\n1,10\n2,20\n";
const LOADED = [
  ["1", "10"],
  ["2", "20"],
];
/** How long a silent server is listened to; one that is not answers much sooner. */
const LIMITS = ["--statement-timeout", "3s", "--retry-timeout", "0"];
const EVERY = { times: Infinity } as const;

let proxy: Proxy;
beforeEach(async () => {
  proxy = await startProxy("127.0.0.1", db.server.port, { protocol: "unknown" });
  await tell(await db.session(), "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)");
});
// Before the server is asked whether everybody has left.
afterEach(() => proxy.close());

async function load(more: Partial<FaultyLoad> = {}, settings = ""): Promise<FaultyResult> {
  const to = proxy.url(db.url({ more: `encrypt=false${settings}` }));
  return runFaulty(db, { input: INPUT, to, flags: LIMITS, ...more });
}

async function table(): Promise<Rows> {
  return tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
}

describe("a server that falls silent", () => {
  test.each<[string, Fault]>([
    ["from the first byte on", { kind: "black-hole" }],
    ["when it is told who calls", { kind: "black-hole", on: "message" }],
    ["at the login", { kind: "black-hole", on: "message", nth: 2 }],
    ["at the login of the connection that stays", { kind: "black-hole", on: "message", nth: 4 }],
    ["while it says who it is", { kind: "black-hole", on: /ProductVersion/ }],
    ["so slowly that it might as well", { kind: "trickle" }],
  ])("%s cannot be reached", async (_, fault) => {
    proxy.arm({ ...fault, ...EVERY });
    const result = await load({}, "&connectTimeout=3");
    expect(result).toMatchObject({ exit: 75, code: "TARGET_UNREACHABLE" });
    expect(proxy.hits).toBeGreaterThan(0);
    expect(await table()).toEqual([]);
  });

  test.each<[string, Fault]>([
    ["while the table is looked up", { kind: "black-hole", on: /OBJECT_ID\(/ }],
    ["while statements are tried out", { kind: "black-hole", on: /CREATE TABLE #upsurge/ }],
    ["at the beginning of the load", { kind: "black-hole", on: /sp_getapplock/ }],
    ["while rows are sent", { kind: "black-hole", on: /insert bulk/ }],
    ["after it has got them", { kind: "silence", on: /insert bulk/ }],
    ["while rows are merged", { kind: "silence", on: /merge [^]*SAVE|XACT_ABORT OFF[^]*merge/ }],
  ])("%s is given up, and nothing is kept", async (_, fault) => {
    proxy.arm({ ...fault, ...EVERY });
    const result = await load();
    expect(result).toMatchObject({ exit: 75, code: "TARGET_LOST", cause: "no answer in 3 s" });
    expect(proxy.hits).toBe(1);
    await proxy.close();
    expect(await table()).toEqual([]);
  });

  test("once is tried again, and with success", async () => {
    proxy.arm({ kind: "black-hole", on: /insert bulk/ });
    const flags = ["--statement-timeout", "3s", "--retry-timeout", "10m"];
    expect(await load({ flags })).toMatchObject({ exit: 0, counts: { read: 2, inserted: 2 } });
    expect(proxy.hits).toBe(1);
    expect(await table()).toEqual(LOADED);
  });

  test.each<[string, Fault, Rows]>([
    ["before it has the commit", { kind: "black-hole", on: "commit" }, []],
    ["after it has the commit", { kind: "silence", on: "commit" }, LOADED],
  ])("%s leaves the outcome unknown", async (_, fault, rows) => {
    proxy.arm(fault);
    expect(await load()).toMatchObject({ exit: 75, code: "TARGET_OUTCOME_UNKNOWN" });
    expect(proxy.hits).toBe(1);
    await proxy.close();
    expect(await table()).toEqual(rows);
  });

  test("while a load is undone is not waited for", async () => {
    proxy.arm({ kind: "black-hole", on: /^[^]{0,30}IF @@TRANCOUNT > 0 ROLLBACK/, nth: 2 });
    const flags = ["--dry-run", "--statement-timeout", "10m"];
    expect(await load({ flags })).toMatchObject({ exit: 0 });
    expect(proxy.hits).toBe(1);
  });
});

test("bytes that come in pieces are put together", async () => {
  proxy.arm({ kind: "slice", ...EVERY });
  expect(await load({ flags: [] })).toMatchObject({ exit: 0, counts: { read: 2, inserted: 2 } });
  expect(await table()).toEqual(LOADED);
});
