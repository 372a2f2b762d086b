/** The key that the table names: `--key primary`, and modes that take the primary key where no key is named. */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import { firstOf } from "../tiers/tiers.ts";
import type { Engine } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import { runLoad } from "../helpers/load.ts";
import { loadShell } from "../helpers/load-shell.ts";
import type { ReportedJob } from "../../src/report/report.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const LINES = "a,b,v\n1,1,11\n1,2,12\n1,2,13\n";
const COMPOSITE = "create table t (a int, b int, v int, constraint t_pk primary key (b, a));";

/** Each mode with its outcome: what is counted, and the rows. */
const MODES: readonly (readonly [
  flags: readonly string[],
  counts: Readonly<Record<string, number>>,
  rows: readonly (readonly string[])[],
])[] = [
  [
    ["--mode", "upsert"],
    { inserted: 1, updated: 2 },
    [
      ["1", "1", "11"],
      ["1", "2", "13"],
    ],
  ],
  [
    ["--ignore"],
    { inserted: 1, ignored: 2 },
    [
      ["1", "1", "10"],
      ["1", "2", "12"],
    ],
  ],
  [["--mode", "update"], { updated: 1, skipped: 2 }, [["1", "1", "11"]]],
  [
    ["-u", "none"],
    { inserted: 1, ignored: 2 },
    [
      ["1", "1", "10"],
      ["1", "2", "12"],
    ],
  ],
];

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const folder = useTempDir();
  const { run, report } = loadShell(database);
  const quoted = (name: string): string =>
    engine.name === "sqlserver" ? `[${name}]` : `"${name}"`;
  beforeEach(() => database.reset());

  const ways = firstOf("ways by the primary key", waysOf(engine, [2]));
  test.each(ways.map((way) => [wayTitle(way), way] as const))(
    "each mode goes by the primary key, by its columns, as primary or unsaid: %s",
    async (_, way) => {
      for (const [flags, counts, rows] of MODES) {
        for (const key of [["--key", "b,a"], ["--key", "primary"], []]) {
          await database.reset();
          await database.exec(`${COMPOSITE} insert into t values (1, 1, 10);`);
          const load = { folder: folder.path, table: "t", extension: "csv", input: LINES } as const;
          const found = await runLoad(database, { ...load, flags: [...flags, ...key] }, way);

          expect([found.exit, found.counts], found.output).toEqual([0, counts]);
          expect(await database.rows("select a, b, v from t order by a, b")).toEqual(rows);
        }
      }
    },
  );

  test("summary, report and plan say that it was taken, and a load without a mode inserts", async () => {
    await database.exec(COMPOSITE);

    const asked = await run(LINES, ["--key", "primary", "--dry-run"]);
    const taken = await run(LINES, ["--mode", "upsert", "--check"]);
    const named = await run(LINES, ["--key", "a,b"]);
    expect(asked.stderr + asked.stdout).toContain("\nkey: b, a (the primary key)\n");
    expect(taken.stderr + taken.stdout).toContain("\nkey: b, a (the primary key)\n");
    expect(named.stderr + named.stdout).not.toContain("key: ");
    expect((await report(LINES, ["--key", "primary"])).key).toEqual({
      columns: ["b", "a"],
      origin: "primary",
    });
    expect((await report(LINES, ["--ignore"])).key?.origin).toBe("default");
    expect((await report("a,b,v\n7,7,7\n", [])).key).toBeNull();

    const plan = await run(LINES, ["--key", "primary"], "plan");
    expect(plan.stdout).toContain("\n  --key primary: the primary key (b, a)\n");
    const json = await run(LINES, ["--mode", "update", "--json"], "plan");
    expect(JSON.parse(json.stdout).plan).toMatchObject({
      keyOrigin: "default",
      why: expect.arrayContaining(["no key is named: the primary key (b, a) finds the rows"]),
    });
  });

  test("a job is the same however its key is said, and goes on", async () => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", "id,n\n1,1\n2,2\n3,77\n4,4\n");
    const load = async (...key: readonly string[]): Promise<ReportedJob | null> => {
      const { report: found } = await shell.bare(["in.csv", "--commit", "1", ...key]);
      return found.job;
    };

    const first = await load("--key", "id");
    const second = await load("--key", "primary");
    shell.write("in.csv", "id,n\n1,1\n2,2\n3,3\n4,4\n");
    const third = await load("--mode", "upsert");

    expect([first?.resumedAt, second?.resumedAt, third?.resumedAt]).toEqual([0, 2, 2]);
    expect([second?.name, third?.name]).toEqual([first?.name, first?.name]);
    expect(await database.rows("select id, n from t order by id")).toHaveLength(4);
  });

  test("a column called primary is meant before the primary key, and that is said", async () => {
    const column = quoted("primary");
    await database.exec(
      `create table t (id int not null primary key, ${column} int not null unique);`,
    );

    const first = await run("id,primary\n1,7\n", ["--key", "primary"]);
    const second = await report("id,primary\n2,7\n", ["--key", "primary"]);
    const plan = await run("id,primary\n2,7\n", ["--key", "primary"], "plan");

    expect(first.stderr + first.stdout).toContain("\nkey: primary (the column of that name)\n");
    expect([second.counts, second.key?.origin]).toEqual([{ updated: 1 }, "column"]);
    expect(plan.stdout).toContain(
      "--key primary: the column of that name, not the primary key (id)",
    );
    expect(await database.rows(`select id, ${column} from t`)).toEqual([["2", "7"]]);
  });
});

const makers = tableEngines().filter(({ name }) => name !== "sqlite");

describe.each(makers)("$title", (engine) => {
  const database = useDatabase(engine);
  const { report } = loadShell(database);
  beforeEach(() => database.reset());

  test("a key that the database makes is kept by the fix, and given up only for another one", async () => {
    const made = engine.name === "postgres" ? "generated always as identity" : "identity(1,1)";
    await database.exec(
      `create table t (id int ${made} primary key, n int not null unique, v int);`,
    );
    const refused = await report("id,n,v\n7,1,5\n", ["--key", "id"]);
    const kept = await report("id,n,v\n7,1,5\n", ["--key", "id", "--keep-identity"]);
    const other = await report("id,n,v\n8,1,5\n", ["--key", "n", "--map", "id:"]);

    expect([refused.code, refused.fix]).toEqual([
      "PLAN_READ_ONLY_COLUMN",
      "pass --keep-identity to write the source's values, or name another key with --key, of columns that the source fills and the table has a unique index on, and drop the field with --map 'id:'",
    ]);
    const more = await report("id,n,v,x\n7,1,5,2\n", ["--key", "id", "--alter"]);
    expect([more.code, more.fix]).toEqual([refused.code, refused.fix]);
    expect([kept.counts, other.counts]).toEqual([{ inserted: 1 }, { unchanged: 1 }]);
    expect(await database.rows("select id, n from t")).toEqual([["7", "1"]]);
  });
});

function one(name: Engine["name"]): Engine {
  const [engine] = ENGINES.filter((each) => each.name === name);
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  return engine;
}

describe("PostgreSQL", () => {
  const database = useDatabase(one("postgres"));
  const { run, report } = loadShell(database);
  beforeEach(() => database.reset());

  test("a partitioned table goes by the primary key of all of its partitions", async () => {
    await database.exec(`
      create table t (a int, b int, v int, primary key (a, b)) partition by list (a);
      create table t_1 partition of t for values in (1)`);

    const first = await report(LINES, ["--key", "primary"]);
    const second = await report(LINES, ["--mode", "update"]);

    expect(first.counts).toEqual({ inserted: 2, updated: 1 });
    expect(second.counts).toEqual({ updated: 2, unchanged: 1 });
  });

  test("a deferrable primary key is refused with the other keys, which load", async () => {
    await database.exec(
      "create table t (a int primary key deferrable, b int unique, v int, unique (b, v))",
    );

    for (const flags of [["--key", "primary"], ["--mode", "upsert"], ["--ignore"]]) {
      const refused = await report(LINES, flags);
      expect([refused.exit, refused.code]).toEqual([2, "PLAN_UNUSABLE_KEY"]);
      const [, ...keys] = refused.fix.split("\n");
      expect(keys).toEqual(["--key b", "--key b,v"]);
    }
    const looked = ["--key", "primary", "--strategy", "select-then-write"];
    expect((await report("a,b,v\n1,1,1\n1,2,1\n", looked)).counts).toEqual({
      inserted: 1,
      updated: 1,
    });
    expect((await report("a,b,v\n1,2,3\n", ["--key", "b"])).counts).toEqual({ updated: 1 });
    const into = ["--to", database.url, "--table", "t"];
    const { stdout } = await runUpsurge(["inspect", ...into]);
    expect(stdout).toMatch(
      /^ {2}--key a --strategy select-then-write +t_pkey \("a"\) +deferrable: rows are looked up/m,
    );
  });

  test("an index on the columns of a deferrable primary key does not decide for it", async () => {
    await database.exec(
      "create table t (a int primary key deferrable, v int); create unique index t_a on t (a)",
    );

    for (const key of [
      ["--key", "primary"],
      ["--key", "a"],
      ["--constraint", "t_a"],
    ]) {
      const refused = await report("a,v\n1,1\n1,2\n", key);
      expect([refused.exit, refused.code]).toEqual([2, "PLAN_UNUSABLE_KEY"]);
      const looked = await report("a,v\n1,1\n", [...key, "--strategy", "select-then-write"]);
      expect(looked.exit).toBe(0);
    }
    const missing = await report("a,v\n1,1\n", ["--constraint", "zzzzzz"]);
    expect(missing.fix).toBe("pass --key a --strategy select-then-write");
  });

  test("a primary key over periods can be ignored by, and tells no row to update", async () => {
    await database.exec(`create extension if not exists btree_gist;
      create table t (a int, valid daterange, v int, primary key (a, valid without overlaps))`);
    const input = 'a,valid,v\n1,"[2026-01-01,2026-02-01)",1\n1,"[2026-01-15,2026-03-01)",2\n';

    const refused = await report(input, ["--key", "primary"]);
    const ignored = await report(input, ["--key", "primary", "--mode", "ignore"]);

    expect([refused.code, refused.fix]).toEqual([
      "PLAN_UNUSABLE_KEY",
      expect.stringContaining("pass --mode ignore"),
    ]);
    expect(ignored.counts).toEqual({ inserted: 1, ignored: 1 });
  });

  test("several writers share rows out by it", async () => {
    await database.exec(COMPOSITE);
    const rows = Array.from({ length: 400 }, (_, n) => `${n % 97},${n % 3},${n}\n`).join("");
    const flags = ["--commit", "20", "--writers", "2"];

    const named = await report(`a,b,v\n${rows}`, ["--key", "b,a", ...flags]);
    const before = await database.rows("select * from t order by a, b");
    await database.exec("truncate t");
    const primary = await report(`a,b,v\n${rows}`, ["--key", "primary", ...flags]);

    expect(primary.counts).toEqual(named.counts);
    expect(await database.rows("select * from t order by a, b")).toEqual(before);
    const plan = await run(`a,b,v\n${rows}`, ["--key", "primary", ...flags], "plan");
    expect(plan.stdout).toContain("\nwriters     2 connections at once\n");
  });
});

describe("SQLite", () => {
  const database = useDatabase(one("sqlite"));
  const { report } = loadShell(database);
  beforeEach(() => database.reset());

  test.each([
    ["the rowid", "a integer primary key, v int", ["a"]],
    ["a rowid that is never used again", "a integer primary key autoincrement, v int", ["a"]],
    ["an index", "a int primary key, v int", ["a"]],
    ["a descending index", "a integer primary key desc, v int", ["a"]],
    ["two columns", "a int, v int, primary key (a, v)", ["a", "v"]],
  ])("the primary key is %s, with and without a rowid", async (_, columns, key) => {
    for (const kind of columns.includes("autoincrement") ? [""] : ["", " without rowid"]) {
      await database.reset();
      await database.exec(`create table t (${columns})${kind}`);
      const first = await report("a,v\n1,1\n2,2\n", ["--key", "primary"]);
      const second = await report("a,v\n1,1\n2,2\n", ["--ignore"]);

      expect([first.key?.columns, first.counts]).toEqual([key, { inserted: 2 }]);
      expect(second.counts).toEqual({ ignored: 2 });
    }
  });

  test("the primary key compares as it was declared to", async () => {
    await database.exec("create table t (a text collate nocase primary key, v int) without rowid");

    expect((await report("a,v\nx,1\nX,2\n", ["--key", "primary"])).counts).toEqual({
      inserted: 1,
      updated: 1,
    });
  });

  test("a NULL in a primary key that takes it is rejected, as in any key", async () => {
    await database.exec("create table t (a text primary key, v int)");
    const { code, counts } = await report("a,v\n,1\n", ["--mode", "upsert"]);

    expect([code, counts]).toEqual(["REJECT_LIMIT", { rejected: 1 }]);
  });
});
