/** What only PostgreSQL does: locks and deadlocks, lost connections, privileges, session settings, its own types. */
import { join } from "node:path";
import { Client } from "pg";
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;

interface Loaded {
  readonly exitCode: number;
  readonly report: {
    counts: Record<string, number>;
    error?: { code: string; cause: string; fix: string };
  };
  readonly stderr: string;
}

/** Runs a load of `content` and reads its report. */
async function load(
  url: string,
  content: string,
  flags: readonly string[],
  env = {},
): Promise<Loaded> {
  const name = content.startsWith("{") ? "in.ndjson" : "in.csv";
  const file = join(tempDir({ [name]: content }), name);
  const run = await runUpsurge(
    ["load", file, "--to", url, "--json", "--progress", "none", ...flags],
    { env },
  );
  return { exitCode: run.exitCode, report: JSON.parse(run.stdout), stderr: run.stderr };
}

function csv(ids: readonly number[], value: string): string {
  return `id,v\n${ids.map((id) => `${id},${value}`).join("\n")}\n`;
}

const IDS = Array.from({ length: 2000 }, (_, id) => id);

const database = useDatabase(postgres);
beforeEach(() => database.reset());

/** A second connection, as another application has one. */
async function otherClient(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** The database's URL for a fresh role that has `grants`. */
async function as(role: string, grants: string): Promise<string> {
  await database.exec(
    `drop role if exists ${role}; create role ${role} login password 'pw'; grant usage on schema public to ${role}; ${grants}`,
  );
  const url = new URL(database.url);
  url.username = role;
  url.password = "pw";
  return url.href;
}

/** Cuts every session that waits for a lock. */
async function terminateWaiting(): Promise<void> {
  await database.exec(
    `select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and wait_event_type = 'Lock'`,
  );
}

describe.each(["native", "select-then-write"])(
  "two loads of the same keys in opposite order, %s",
  (strategy) => {
    test("both finish, one after the other", async () => {
      await database.exec("create table t (id int primary key, v text, n int not null default 0)");
      const flags = [
        "--table",
        "t",
        "--key",
        "id",
        "--set",
        "n = target.n + 1",
        "--batch-rows",
        "100",
        "--strategy",
        strategy,
      ];

      const both = await Promise.all([
        load(database.url, csv(IDS, "a"), flags),
        load(database.url, csv(IDS.toReversed(), "b"), flags),
      ]);

      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(
        both.map(({ report }) => report.counts["inserted"]).toSorted((a = 0, b = 0) => a - b),
      ).toEqual([0, 2000]);
      expect(
        await database.rows("select count(*), count(distinct v), min(n), max(n) from t"),
      ).toEqual([["2000", "1", "1", "1"]]);
    });
  },
);

describe("a load among other sessions", () => {
  test("a deadlock with an application makes the load start again and count each record once", async () => {
    await database.exec(
      "create table t (id int primary key, v text); insert into t select i, 'old' from generate_series(0, 1999) i",
    );
    const app = await otherClient();
    await app.query("set deadlock_timeout = '1min'; begin; update t set v = 'app' where id = 1999");

    const loading = load(database.url, csv(IDS, "new"), [
      "--table",
      "t",
      "--key",
      "id",
      "--batch-rows",
      "500",
    ]);
    await untilLockWaits(database);
    const blocked = app.query("update t set v = 'app' where id = 0");
    await blocked;
    await app.query("commit");
    await app.end();

    const { exitCode, report } = await loading;
    expect([exitCode, report.counts]).toMatchObject([
      0,
      { read: 2000, updated: 2000, rejected: 0 },
    ]);
    expect(await database.rows("select distinct v from t")).toEqual([["new"]]);
  });

  test("a connection that is cut makes the load start again, and standard input cannot", async () => {
    await database.exec(
      "create table t (id int primary key, v text); insert into t values (1999, 'old')",
    );
    const app = await otherClient();
    await app.query("begin; update t set v = 'app' where id = 1999");
    const flags = ["--table", "t", "--key", "id", "--batch-rows", "500"];

    const loading = load(database.url, csv(IDS, "new"), flags);
    await untilLockWaits(database);
    await terminateWaiting();
    await untilLockWaits(database);
    const piped = runUpsurge(
      ["load", "-", "-f", "csv", "--to", database.url, ...flags, "--progress", "none"],
      {
        stdin: csv(IDS, "piped"),
      },
    );
    await untilLockWaits(database, 2);
    await terminateWaiting();
    await app.query("commit");
    await app.end();

    expect((await loading).exitCode).toBe(0);
    expect(await piped).toMatchObject({
      exitCode: 75,
      stderr: expect.stringContaining("TARGET_LOST"),
    });
    expect(await database.rows("select count(*), count(distinct v) from t")).toEqual([
      ["2000", "1"],
    ]);
  });

  test("a lock that is not let go is waited for, then told", async () => {
    await database.exec("create table t (id int primary key, v text)");
    const app = await otherClient();
    await app.query("begin; lock table t");

    const { exitCode, report } = await load(database.url, csv([1], "x"), [
      "--table",
      "t",
      "--key",
      "id",
      "--lock-timeout",
      "200ms",
      "--retry-timeout",
      "0",
    ]);
    await app.end();

    expect([exitCode, report.error?.code]).toEqual([75, "TARGET_BUSY"]);
  });
});

describe("a user with few rights", () => {
  test("who may insert can insert, and is told what an upsert needs", async () => {
    await database.exec("create table t (id int primary key, v text)");
    const url = await as("upsurge_inserter", "grant insert on t to upsurge_inserter");
    const inserted = await load(url, csv([1, 2], "x"), ["--table", "t"]);
    const refused = await load(url, csv([1], "y"), ["--table", "t", "--key", "id"]);
    const ignored = await load(url, csv([1], "y"), [
      "--table",
      "t",
      "--ignore",
      "--any-constraint",
    ]);
    await database.exec("drop owned by upsurge_inserter; drop role upsurge_inserter");

    expect([inserted.exitCode, inserted.report.counts["inserted"]]).toEqual([0, 2]);
    expect([refused.exitCode, refused.report.error]).toMatchObject([
      2,
      { code: "PLAN_PRIVILEGE", fix: expect.stringContaining("grant") },
    ]);
    expect(ignored.report.counts["ignored"]).toBe(1);
  });
});

describe("values", () => {
  test("dates mean what DateStyle says, as for psql", async () => {
    await database.exec("create table t (id int primary key, d date)");
    const { exitCode } = await load(database.url, "id,d\n1,03/04/2020\n", ["--table", "t"], {
      PGDATESTYLE: "ISO, DMY",
    });
    expect([exitCode, await database.rows("select d from t")]).toEqual([0, [["2020-04-03"]]]);
  });

  test("a deferrable key that is not deferred refuses records one by one, as any other", async () => {
    await database.exec(
      "create table t (id int primary key, u int, unique (u) deferrable); insert into t values (1, 10), (2, 20)",
    );
    // As one statement it would hold at its end; no record does by itself.
    const flags = ["--table", "t", "--key", "id", "--max-rejects", "5"];
    const { exitCode, report } = await load(database.url, "id,u\n1,20\n2,10\n3,30\n", flags);
    expect([exitCode, report.counts]).toEqual([
      3,
      expect.objectContaining({ inserted: 1, updated: 0, rejected: 2 }),
    ]);
    expect(await database.rows("select id, u from t order by id")).toEqual([
      ["1", "10"],
      ["2", "20"],
      ["3", "30"],
    ]);
  });

  test("JSON values become arrays, json and numbers without loss", async () => {
    await database.exec(
      "create table t (id int primary key, tags text[], grid int[], doc jsonb, raw json, big numeric, note text)",
    );
    const record = `{"id":1,"tags":["a,b","c\\"d",null],"grid":[[1,2],[3,4]],"doc":{"n":1.10,"x":12345678901234567890},"raw":"text","big":12345678901234567890.123,"note":1.50}`;
    const { exitCode } = await load(database.url, `${record}\n`, ["--table", "t", "--key", "id"]);
    expect(exitCode).toBe(0);
    expect(
      await database.rows("select tags::text, grid::text, doc::text, raw::text, big, note from t"),
    ).toEqual([
      [
        '{"a,b","c\\"d",NULL}',
        "{{1,2},{3,4}}",
        '{"n": 1.10, "x": 12345678901234567890}',
        '"text"',
        "12345678901234567890.123",
        "1.50",
      ],
    ]);
  });
});

describe("keys", () => {
  test("a key without an index is refused, or looked up on request while it is unique", async () => {
    await database.exec("create table t (id int, v text); insert into t values (1, 'a'), (2, 'b')");
    const asked = ["--table", "t", "--key", "id", "--strategy", "select-then-write"];
    const refused = await load(database.url, csv([1], "x"), ["--table", "t", "--key", "id"]);
    const loaded = await load(database.url, csv([1, 3, 3], "x"), asked);
    await database.exec("insert into t values (1, 'twice')");
    const twice = await load(database.url, csv([1], "x"), asked);
    expect([
      refused.report.error?.code,
      loaded.report.counts,
      twice.report.error?.code,
    ]).toMatchObject([
      "PLAN_NO_CONFLICT_TARGET",
      { updated: 1, inserted: 1, unchanged: 1 },
      "PLAN_KEY_NOT_UNIQUE",
    ]);
  });

  test("select-then-write burns no sequence values for rows that exist", async () => {
    await database.exec("create table t (id serial primary key, k text unique, v text)");
    const content = "k,v\na,1\nb,1\na,2\na,3\nc,1\n";
    const flags = ["--table", "t", "--key", "k", "--strategy", "select-then-write"];
    await load(database.url, content, flags);
    await load(database.url, content, flags);
    expect(await database.rows("select id, k, v from t order by id")).toEqual([
      ["1", "a", "3"],
      ["2", "b", "1"],
      ["3", "c", "1"],
    ]);
  });
});

describe("the transaction of a load", () => {
  test("a deferred constraint that fails at the commit undoes everything", async () => {
    await database.exec(
      "create table p (id int primary key); create table t (id int primary key, p int references p deferrable initially deferred)",
    );
    const flags = ["--table", "t", "--key", "id"];
    const dry = await load(database.url, "id,p\n1,7\n", [...flags, "--dry-run"]);
    const real = await load(database.url, "id,p\n1,7\n", flags);
    expect([dry.report.error?.code, real.exitCode, real.report.error?.code]).toEqual([
      "TARGET_COMMIT_REFUSED",
      4,
      "TARGET_COMMIT_REFUSED",
    ]);
    expect(await database.rows("select * from t")).toEqual([]);
  });

  test("nothing of a load outlives its transaction", async () => {
    await database.exec("create table t (id int primary key, v text)");
    await load(database.url, csv([1, 2], "x"), ["--table", "t", "--key", "id"]);
    expect(
      await database.rows(
        "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
      ),
    ).toEqual([["0"]]);
    expect(
      await database.rows("select count(*) from pg_class where relname like 'upsurge%'"),
    ).toEqual([["0"]]);
  });
});
