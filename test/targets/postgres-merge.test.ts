/** What a merge of a batch comes to is counted as one row at a time would be, by each way of merging that a version has. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;

/** The ways of merging, and the version whose they are. */
describe.each([
  ["merge", "150000"],
  ["update-then-insert", "140000"],
])("postgres, %s", (method, version) => {
  const database = useDatabase(postgres);
  beforeEach(async () => {
    vi.stubEnv("UPSURGE_TEST_POSTGRES_METHODS", version);
    await database.reset();
  });
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ["rows of several shapes", []],
    ["keys far apart", []],
    ["a value that keeps what is there", ["--null-keeps"]],
  ])("with %s", async (what, flags) => {
    const far = what === "keys far apart" ? 1_000_003 : 1;
    await database.exec(
      `create table t (id int primary key, v text, w int); insert into t select n * ${far}, 'old', 1 from generate_series(0, 99, 2) n`,
    );
    const lines = Array.from({ length: 100 }, (_, n) => {
      const v = n % 4 === 0 ? "old" : "new";
      return JSON.stringify(n % 3 === 0 ? { id: n * far, v, w: 1 } : { id: n * far, v });
    });
    const file = join(tempDir({ "in.ndjson": lines.join("\n") }), "in.ndjson");
    const args = [file, "--to", database.url, "--table", "t", "--key", "id", "--json", ...flags];
    const planned = await runUpsurge(["plan", ...args]);
    const { stdout } = await runUpsurge(["load", ...args, "-q"]);
    const { plan } = JSON.parse(planned.stdout) as { plan: { method: { merges: string } } };
    const { counts } = JSON.parse(stdout) as { counts: Record<string, number> };

    const [[server = ""] = []] = await database.rows("show server_version_num");
    // A server older than the methods has its own.
    const known = Number(server) < 150_000 ? "update-then-insert" : method;
    expect(plan.method.merges).toBe(known);
    expect(counts).toMatchObject({ read: 100, inserted: 50, updated: 25, unchanged: 25 });
    expect(await database.rows("select v, count(*) from t group by v order by v")).toEqual([
      ["new", "75"],
      ["old", "25"],
    ]);
  });

  test("a condition, an expression, and rows written again are counted alike", async () => {
    const reload = async (...flags: string[]): Promise<unknown> => {
      await database.exec(
        "drop table if exists t; create table t (id int primary key, v text, n int default 0); insert into t select i, case when i < 100 then 'new' else 'old' end from generate_series(0, 199) i",
      );
      const lines = Array.from({ length: 300 }, (_, id) => `${id},new\n`).join("");
      const file = join(tempDir({ "in.csv": `id,v\n${lines}` }), "in.csv");
      const args = [file, "--to", database.url, "--table", "t", "--key", "id", "--json", ...flags];
      const { counts } = JSON.parse((await runUpsurge(args)).stdout) as { counts: object };
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
    };
    const all = { read: 300, inserted: 100 };

    expect(await reload("--update-where", "target.id >= 50")).toEqual({
      ...all,
      updated: 100,
      unchanged: 50,
      skipped: 50,
    });
    expect(await reload("--set", "n = target.n + 1")).toEqual({ ...all, updated: 200 });
    expect(await database.rows("select sum(n) from t")).toEqual([["200"]]);
    expect(await reload("--rewrite-unchanged")).toEqual({ ...all, updated: 200 });
  });
});
