/** What PostgreSQL alone does with keys that repeat: one version of the row a batch, beside other sessions, with stamps. */
import { join } from "node:path";
import { Client } from "pg";
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;
const COUNT = ["--key", "k", "--set", "n = target.n + excluded.n"];

/** `rows` clicks on `keys` pages, in turn. */
function clicks(rows: number, keys: number): string {
  const lines = Array.from({ length: rows }, (_, at) => `${at % keys},1\n`);
  return `k,n\n${lines.join("")}`;
}

const database = useDatabase(postgres);
beforeEach(async () => {
  await database.reset();
  await database.exec("create table t (k int primary key, n int, s text default 'made')");
});

async function load(content: string, flags: readonly string[]): Promise<unknown> {
  const file = join(tempDir({ "in.csv": content }), "in.csv");
  const args = ["load", file, "--to", database.url, "--table", "t", "--json", "-q", ...flags];
  const { stdout } = await runUpsurge(args);
  const { status, counts } = JSON.parse(stdout) as { status: string; counts: object };
  const seen = Object.entries(counts).filter(([, count]) => count !== 0);
  return { status, ...Object.fromEntries(seen) };
}

/** Updates by the sessions that have ended, once the server has counted them. */
async function updates(): Promise<number> {
  const sql = "select n_tup_upd from pg_stat_user_tables where relname = 't' and n_tup_ins > 0";
  const rows = await until(
    "the server's count of updates",
    () => database.rows(sql),
    ({ length }) => length > 0,
  );
  return Number(rows[0]?.[0]);
}

describe("postgres", () => {
  test.each([
    ["one key", 1],
    ["three keys", 3],
  ])("%s: an update a batch, however often it repeats", async (_, keys) => {
    const flags = [...COUNT, "--batch-rows", "1000"];
    expect(await load(clicks(3000, keys), flags)).toEqual({
      status: "ok",
      read: 3000,
      inserted: keys,
      updated: 3000 - keys,
    });
    const rows = await database.rows("select k, n, s from t order by k");
    expect(rows).toEqual(
      Array.from({ length: keys }, (_none, k) => [String(k), String(3000 / keys), "made"]),
    );
    expect(await updates()).toBe(3 * keys);
  });

  test("a condition that is NULL leaves a row of the batch alone", async () => {
    const flags = ["--key", "k", "--update-where", "excluded.n > target.n"];
    expect(await load("k,n\n1,5\n1,\n1,7\n1,6\n2,1\n2,\n", flags)).toEqual({
      status: "ok",
      read: 6,
      inserted: 2,
      updated: 1,
      skipped: 3,
    });
    expect(await database.rows("select k, n from t order by k")).toEqual([
      ["1", "7"],
      ["2", "1"],
    ]);
  });

  test("few repeats among many keys", async () => {
    const content = `${clicks(500, 500)}${clicks(9, 3).slice("k,n\n".length)}`;
    expect(await load(content, COUNT)).toEqual({
      status: "ok",
      read: 509,
      inserted: 500,
      updated: 9,
    });
    expect(await database.rows("select k, n from t where n > 1 order by k")).toEqual([
      ["0", "4"],
      ["1", "4"],
      ["2", "4"],
    ]);
  });

  test("rows without a key, after a batch of nothing but repeats, repeat nothing", async () => {
    await database.exec("drop table t; create table t (k int unique, n int)");
    const keyless = Array.from({ length: 50 }, () => "0,1\n,1\n").join("");
    const flags = [...COUNT, "--null-key", "insert", "--batch-rows", "100"];
    expect(await load(`${clicks(200, 2)}${keyless}`, flags)).toEqual({
      status: "ok",
      read: 300,
      inserted: 52,
      updated: 248,
    });
    expect(await database.rows("select k, n, count(*) from t group by k, n order by k")).toEqual([
      ["0", "150", "1"],
      ["1", "100", "1"],
      [null, "1", "50"],
    ]);
  });

  test("a row that may not be written is told, and those around it are counted", async () => {
    await database.exec("alter table t add check (n <= 100)");
    const file = tempDir({ "in.csv": clicks(150, 1) });
    const flags = [...COUNT, "--max-rejects", "50", "--reject-file", join(file, "out.csv")];
    expect(await load(clicks(150, 1), flags)).toEqual({
      status: "rejects",
      read: 150,
      inserted: 1,
      updated: 99,
      rejected: 50,
    });
  });
});

describe("postgres, beside others", () => {
  test("another session inserts the key meanwhile, and then a progress line each second says that the load waits", async () => {
    const other = new Client({ connectionString: database.url });
    await other.connect();
    try {
      await other.query("begin; insert into t values (0, 1000)");
      const cwd = tempDir({ "in.csv": clicks(300, 1) });
      const words = [
        "in.csv",
        "--to",
        database.url,
        "--table",
        "t",
        "--progress",
        "json",
        "--json",
      ];
      const { child, ended } = spawnUpsurge([...words, ...COUNT], cwd);
      await new Promise<void>((resolve, reject) => {
        let lines = 0;
        child.stderr.on("data", (chunk: Buffer) => {
          lines += String(chunk).split('"event":"progress"').length - 1;
          if (lines >= 2) resolve();
        });
        child.once("close", () => reject(new Error("the load ended before it told of itself")));
      });
      await other.query("commit");
      const { exitCode, stdout } = await ended;
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ counts: { updated: 300, inserted: 0 } });
    } finally {
      await other.end();
    }
    expect(await database.rows("select n from t")).toEqual([["1300"]]);
  });

  test.each([
    ["short records make large batches", clicks(50_000, 10), [], [50_000]],
    ["long ones do not", `k,n\n${`0,${"0".repeat(60)}1\n`.repeat(30_000)}`, [], [20_000, 10_000]],
    [
      "--batch-rows is what it says",
      clicks(50_000, 10),
      ["--batch-rows", "40000"],
      [40_000, 10_000],
    ],
    ["and --commit", clicks(50_000, 10), ["--commit", "30000"], [30_000, 20_000]],
  ])("%s", async (_, content, flags, expected) => {
    const file = join(tempDir({ "in.csv": content }), "in.csv");
    const log = ["--log-level", "debug", "--log-format", "json"];
    const { stderr } = await runUpsurge([
      file,
      "--to",
      database.url,
      "--table",
      "t",
      ...COUNT,
      ...flags,
      ...log,
    ]);
    const sizes = stderr.split("\n").flatMap((line) => {
      const [, rows] = /"batch":\d+,"rows":(\d+)/.exec(line) ?? [];
      return rows === undefined ? [] : [Number(rows)];
    });
    expect(sizes, stderr).toEqual(expected);
    const sum = expected.reduce((total, rows) => total + rows, 0);
    expect(await database.rows("select sum(n) from t")).toEqual([[String(sum)]]);
  });

  test.each([
    [
      "one that only looks at its row",
      "if new.n > 2 then new.s := upper(new.s); end if; return new;",
      1,
    ],
    ["one that may use a sequence up", "perform nextval('used'); return new;", 3],
    ["one that calls who knows what", "new.n := touch(new.n); return new;", 3],
  ])(
    "sound rows spend a subtransaction each only where a trigger asks for it: %s",
    async (_, body, ids) => {
      await database.exec(
        `create sequence used; create function touch(int) returns int language sql as 'select $1';
       create function f() returns trigger language plpgsql as $f$ begin ${body} end $f$;
       create trigger f before insert or update on t for each row execute function f()`,
      );
      const content = "k,n,s\n1,1,a\n2,3,b\n3,1,c\n";
      expect(await load(content, ["--key", "k"])).toEqual({ status: "ok", read: 3, inserted: 3 });
      const rows = await database.rows("select count(distinct xmin::text) from t");
      expect(rows).toEqual([[String(ids)]]);
    },
  );
});

describe("postgres, with stamps", () => {
  test("stamps go with every change", async () => {
    await database.exec("alter table t add seen text not null, add check (seen <> '')");
    const content = "k,n\n1,5\n1,5\n1,6\n1,6\n1,7\n";
    const flags = ["--key", "k", "--stamp", "seen = 'at ' || excluded.n"];
    const again = `k,n\n${"2,1\n".repeat(9)}`;
    expect(await load(`${content}${again.slice(4)}`, flags)).toEqual({
      status: "ok",
      read: 14,
      inserted: 2,
      updated: 2,
      unchanged: 10,
    });
    expect(await database.rows("select k, n, seen from t order by k")).toEqual([
      ["1", "7", "at 7"],
      ["2", "1", "at 1"],
    ]);
  });
});
