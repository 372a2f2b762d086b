/** `--create` and `--alter`: the table or its columns are made by the load, in its transaction, with types that keep every value. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";

const PEOPLE = [
  "id,name,born,seen,price,code,big,ok,note",
  "1,Ada,1815-12-10,2026-05-31 13:57:47,1.50,007,9223372036854775807,true,",
  '2,"Grace, ""G""",1906-12-09,2026-05-31 13:57:47.25,2.25,012,-9223372036854775808,false,',
  "",
].join("\n");

/** The types of the columns, by engine. */
const TYPES: Readonly<Record<Engine["name"], string>> = {
  sqlite:
    "id INTEGER,name TEXT,born TEXT,seen TEXT,price REAL,code TEXT,big INTEGER,ok TEXT,note TEXT",
  postgres:
    "id bigint,name text,born date,seen timestamp without time zone,price numeric,code text,big bigint,ok boolean,note text",
  sqlserver:
    "id bigint,name nvarchar(max),born date,seen datetime2(7),price decimal(38,2),code nvarchar(max),big bigint,ok bit,note nvarchar(max)",
};

async function shellOf(engine: Engine, database: TestDatabase): Promise<JobShell> {
  await database.reset();
  return new JobShell(engine, database);
}

async function typesOf(shell: JobShell, database: TestDatabase): Promise<string> {
  const { stdout } = await shell.run(["inspect", "--to", database.url, "--table", "t", "--json"]);
  const { table } = JSON.parse(stdout) as {
    table: { columns: readonly { name: string; type: string }[] };
  };
  return table.columns.map(({ name, type }) => `${name} ${type}`).join(",");
}

async function tableIsThere(shell: JobShell, database: TestDatabase): Promise<boolean> {
  const { exit } = await shell.run(["inspect", "--to", database.url, "--table", "t"]);
  return exit === 0;
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("a table is made, and a second load finds every row unchanged", async () => {
    const shell = await shellOf(engine, database);
    shell.write("people.csv", PEOPLE);
    const create = ["people.csv", "--create", "--key", "id"];

    const first = await shell.bare(create);
    const second = await shell.bare(create);

    expect([first.exit, first.report.counts.inserted], first.stderr).toEqual([0, 2]);
    expect([second.exit, second.report.counts.unchanged], second.stderr).toEqual([0, 2]);
    expect([first.report.ddl.length, second.report.ddl]).toEqual([1, []]);
    expect(await typesOf(shell, database)).toBe(TYPES[engine.name]);
    expect(await database.rows("select id, code, big from t order by id")).toEqual([
      ["1", "007", "9223372036854775807"],
      ["2", "012", "-9223372036854775808"],
    ]);
  });

  test.each([["native"], ["select-then-write"]])(
    "by the strategy %s, row by row as well",
    async (strategy) => {
      const shell = await shellOf(engine, database);
      shell.write("people.csv", PEOPLE);
      const create = ["people.csv", "--create", "--key", "id", "--strategy", strategy];

      for (const rowSource of engine.rowSources) {
        await database.reset();
        const flags = ["--row-source", rowSource, "--batch-rows", "1"];
        const { exit, report, stderr } = await shell.bare([...create, ...flags]);
        expect([exit, report.counts.inserted], stderr).toEqual([0, 2]);
      }
    },
  );

  test("a load that fails leaves no table behind, nor does a dry run, a check or a plan", async () => {
    const shell = await shellOf(engine, database);
    shell.write("twice.csv", "id,n\n1,1\n1,2\n");
    shell.write("once.csv", "id,n\n1,1\n");

    const failed = await shell.bare(["twice.csv", "--create", "--mode", "insert", "--key", "id"]);
    expect([failed.exit, failed.code, failed.report.ddl], failed.stderr).toEqual([
      4,
      "REJECT_LIMIT",
      [],
    ]);
    expect(await tableIsThere(shell, database)).toBe(false);

    const create = ["once.csv", "--create", "--key", "id"];
    const dry = await shell.bare([...create, "--dry-run"]);
    expect([dry.exit, dry.report.counts.inserted, dry.report.ddl.length]).toEqual([0, 1, 1]);
    expect((await shell.bare([...create, "--check"])).exit).toBe(3);
    const plan = ["plan", ...create, "--to", database.url, "--table", "t"];
    expect((await shell.run(plan)).stdout).toContain("created first:\n  create table");
    expect((await shell.run([...plan, "--ddl"])).stdout).toMatch(/^create table [^;]+;\n$/);
    expect(await tableIsThere(shell, database)).toBe(false);
  });

  test("the statement that is shown is the one that a load runs", async () => {
    const shell = await shellOf(engine, database);
    shell.write("t.csv", PEOPLE);
    const shown = await shell.run(["inspect", "t.csv", "--ddl", engine.name, "--key", "id"]);
    await database.exec(shown.stdout.replace(/^--.*\n/gm, "").replace(/;\n$/, ""));
    const made = await typesOf(shell, database);

    await database.reset();
    await shell.bare(["t.csv", "--create", "--key", "id"]);

    expect(made).toBe(await typesOf(shell, database));
  });

  test("--type says otherwise, and makes columns that no field fills", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,n\n1,5\n");
    const text = engine.name === "sqlite" ? "TEXT" : "varchar(20)";
    const types = ["--type", `n:${text}`, "--type", `note:${text} default 'none'`];

    const { exit, stderr } = await shell.bare(["in.csv", "--create", "--key", "id", ...types]);

    expect(exit, stderr).toBe(0);
    expect(await database.rows("select id, n, note from t")).toEqual([["1", "5", "none"]]);
  });

  test("a type that there is not is refused, with the flag", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,n\n1,5\n");

    const refused = await shell.bare(["in.csv", "--create", "--type", "n:nothing_like_this"]);

    expect([refused.exit, refused.code], refused.stderr).toEqual([2, "PLAN_DDL"]);
    expect(refused.fix).toContain("--type");
    expect(await tableIsThere(shell, database)).toBe(false);
  });
});

describe.each(tableEngines())("$title: fields, files and loads", (engine) => {
  const database = useDatabase(engine);

  test("--map and --const decide the names, and a dropped field makes no column", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "Order No,when,rest\n7,2026-05-31,x\n");
    const maps = ["--map", "Order No:order_no", "--map", "rest:", "--const", "source=file"];

    const { exit, stderr } = await shell.bare(["in.csv", "--create", "--key", "order_no", ...maps]);

    expect(exit, stderr).toBe(0);
    expect(await database.rows("select order_no, source from t")).toEqual([["7", "file"]]);
  });

  test("--alter adds a column for each new field, and nothing else", async () => {
    const shell = await shellOf(engine, database);
    shell.write("a.csv", "id,n\n1,5\n");
    shell.write("b.csv", "id,n,more,when\n1,5,text,2026-05-31\n2,6,,\n");
    await shell.bare(["a.csv", "--create", "--key", "id"]);

    const refused = await shell.bare(["b.csv", "--key", "id"]);
    const altered = await shell.bare(["b.csv", "--key", "id", "--alter"]);
    const again = await shell.bare(["b.csv", "--key", "id", "--alter"]);

    expect([refused.code, refused.fix]).toEqual([
      "PLAN_UNKNOWN_FIELD",
      expect.stringContaining("--alter"),
    ]);
    expect(
      [altered.exit, altered.report.counts.updated, altered.report.ddl.length],
      altered.stderr,
    ).toEqual([0, 1, 2]);
    expect([again.exit, again.report.counts.unchanged, again.report.ddl]).toEqual([0, 2, []]);
  });

  test("JSON of any shape: objects keep their members, and records lack what they lack", async () => {
    const shell = await shellOf(engine, database);
    shell.write(
      "in.ndjson",
      '{"id":1,"tags":["a","b"],"n":1e3}\n{"id":2,"late":"x","n":2}\n{"id":3,"tags":{"a":1.10}}\n',
    );
    const create = ["in.ndjson", "--create", "--key", "id"];

    const first = await shell.bare(create);
    const second = await shell.bare(create);

    expect([first.exit, first.report.counts.inserted], first.stderr).toEqual([0, 3]);
    expect([second.exit, second.report.counts.unchanged], second.stderr).toEqual([0, 3]);
    expect(await database.rows("select id, late from t order by id")).toEqual([
      ["1", null],
      ["2", "x"],
      ["3", null],
    ]);
  });

  test("a stream makes its table from its beginning, and keeps every record", async () => {
    const shell = await shellOf(engine, database);
    const lines = Array.from({ length: 3000 }, (_, at) => `${at},v${at}`);

    const { exit, report, stderr } = await shell.bare(
      ["-", "--format", "csv", "--create", "--key", "id"],
      `id,v\n${lines.join("\n")}\n`,
    );

    expect([exit, report.counts.inserted], stderr).toEqual([0, 3000]);
    expect(await database.rows("select count(*) from t")).toEqual([["3000"]]);
  });

  test("several files: the types are those of all of them", async () => {
    const shell = await shellOf(engine, database);
    shell.write("a.csv", "id,v\n1,5\n");
    shell.write("b.csv", "id,v,w\n2,x,9\n");

    const { exit, report, stderr } = await shell.bare([
      "a.csv",
      "b.csv",
      "--create",
      "--key",
      "id",
    ]);

    expect([exit, report.counts.inserted], stderr).toEqual([0, 2]);
    expect(await database.rows("select id, v, w from t order by id")).toEqual([
      ["1", "5", null],
      ["2", "x", "9"],
    ]);
  });
});

describe.each(tableEngines())("$title: commits, writers and loads at once", (engine) => {
  const database = useDatabase(engine);

  test("with --commit N the table is committed with the first records, and the same command goes on", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,n\n1,1\n2,2\n3,3\n3,4\n5,5\n");
    const create = [
      "in.csv",
      "--create",
      "--key",
      "id",
      "--mode",
      "insert",
      "--commit",
      "2",
      "--job",
      "j",
    ];

    const stopped = await shell.bare(create);
    expect(
      [stopped.exit, stopped.report.counts.inserted, stopped.report.ddl.length],
      stopped.stderr,
    ).toEqual([4, 2, 1]);
    shell.write("in.csv", "id,n\n1,1\n2,2\n3,3\n4,4\n5,5\n");
    const resumed = await shell.bare(create);

    expect([resumed.exit, resumed.report.ddl], resumed.stderr).toEqual([0, []]);
    expect(await database.rows("select count(*), sum(n) from t")).toEqual([["5", "15"]]);
  });

  test("writers: the load that makes the table has one", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,n\n1,1\n2,2\n3,3\n");
    const flags = ["--create", "--key", "id", "--writers", "3", "--commit", "1"];

    const { exit, report, stderr } = await shell.bare(["in.csv", ...flags]);

    expect([exit, report.counts.inserted], stderr).toEqual([0, 3]);

    await database.reset();
    const plan = ["plan", "in.csv", ...flags, "--to", database.url, "--table", "t"];
    expect((await shell.run(plan)).stdout).toContain("  one writer: ");
  });

  test("two loads at once make one table, and both end well", async () => {
    const shell = await shellOf(engine, database);
    const numbers = Array.from({ length: 500 }, (_, at) => at);
    shell.write("a.csv", `id,n\n${numbers.map((at) => `${at},1`).join("\n")}\n`);
    shell.write("b.csv", `id,n\n${numbers.map((at) => `${at + 250},1`).join("\n")}\n`);

    const into = ["--to", database.url, "--table", "t", "--create", "--key", "id"];
    const runs = await Promise.all(
      ["a.csv", "b.csv"].map((name) => spawnUpsurge([name, ...into], shell.folder).ended),
    );

    for (const { exitCode, stderr } of runs) expect(exitCode, stderr).toBe(0);
    expect(await database.rows("select count(*) from t")).toEqual([["750"]]);
  });
});

describe.each(tableEngines())("$title: what is refused", (engine) => {
  const database = useDatabase(engine);

  test("names that are too long for the database are refused with the flags that shorten them", async () => {
    const shell = await shellOf(engine, database);
    const long = "n".repeat(200);
    shell.write("in.csv", `id,${long}\n1,2\n`);

    const refused = await shell.bare(["in.csv", "--create"]);
    const renamed = await shell.bare(["in.csv", "--create", "--map", `${long}:n`]);

    const expected = engine.name === "sqlite" ? [0, null] : [2, "PLAN_DDL"];
    expect([refused.exit, refused.code], refused.stderr).toEqual(expected);
    if (refused.exit !== 0) expect(refused.fix).toContain(`--map '${long}:SHORTER'`);
    // The table that SQLite made has no column n.
    if (refused.exit !== 0) expect(renamed.exit, renamed.stderr).toBe(0);
  });

  test("a table is not made under a name that is too long", async () => {
    const shell = await shellOf(engine, database);
    const long = "n".repeat(150);
    shell.write("in.csv", "id\n1\n");

    const args = ["in.csv", "--to", database.url, "--table", long, "--create"];
    const { exit, stderr } = await shell.run(args);

    expect(exit, stderr).toBe(engine.name === "sqlite" ? 0 : 2);
    if (exit !== 0) expect(stderr).toContain("choose a shorter name with --table");
  });

  test("a table is not made of a file without fields, and what is there is loaded into", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,v\n1,2\n");
    shell.write("empty.csv", "");

    // What a flag fills in every row is no table by itself.
    for (const flags of [[], ["--const", "src=x"], ["--const", "src=x", "--key", "id"]]) {
      const { exit, code, cause } = await shell.bare(["empty.csv", "--create", ...flags]);
      expect([exit, code, cause]).toEqual([
        2,
        "PLAN_DDL",
        expect.stringMatching(/no source has a/),
      ]);
    }
    const refused = await shell.bare(["empty.csv", "--create"]);
    const made = await shell.bare(["in.csv", "--create"]);
    const empty = await shell.bare(["empty.csv", "--create"]);

    expect([refused.exit, refused.code], refused.stderr).toEqual([2, "PLAN_DDL"]);
    expect([made.exit, empty.exit], empty.stderr).toEqual([0, 0]);
  });

  test("a mode that finds rows needs the key of a table that is to be made", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,v\n1,2\n");

    const refused = await shell.bare(["in.csv", "--create", "--mode", "upsert"]);

    expect([refused.exit, refused.code], refused.stderr).toEqual([2, "PLAN_NO_KEY"]);
    expect(refused.fix).toContain("pass --key with the columns");
    expect(refused.fix).not.toContain("--strategy");
  });
});

describe.each(tableEngines())("$title: headers and keys that are refused", (engine) => {
  const database = useDatabase(engine);

  test("names that differ only in case are two where the database says so", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id,Name,name\n1,a,b\n");

    const { exit, code, fix, stderr } = await shell.bare(["in.csv", "--create"]);

    const expected = engine.name === "postgres" ? [0, null] : [2, "PLAN_DDL"];
    expect([exit, code], stderr).toEqual(expected);
    if (exit !== 0) expect(fix).toContain("--map 'name:'");
  });

  test("records that spell a name in another case fill one column, of a type for all of them", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.ndjson", '{"id":1,"n":5}\n{"ID":2,"N":"x"}\n{"id":3}\n');
    const first = await shell.bare(["in.ndjson", "--create", "--key", "id"]);

    expect([first.exit, first.report.counts.inserted], first.stderr).toEqual([0, 3]);
    expect(await database.rows("select id, n from t order by id")).toEqual([
      ["1", "5"],
      ["2", "x"],
      ["3", null],
    ]);
    const again = await shell.bare(["in.ndjson", "--create", "--key", "id"]);
    expect(again.report.counts, again.stderr).toMatchObject({ unchanged: 2, ignored: 1 });

    await database.reset();
    shell.write("a.csv", "id,n\n1,5\n");
    shell.write("b.csv", "ID,N\n2,x\n");
    const files = await shell.bare(["a.csv", "b.csv", "--create", "--key", "id"]);
    expect([files.exit, files.report.counts.inserted], files.stderr).toEqual([0, 2]);
  });

  test("a record with both spellings is a reject, where others have one of them", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.ndjson", '{"id":1}\n{"ID":2}\n{"id":3,"ID":4}\n');
    const { exit, report, stderr } = await shell.bare([
      ...["in.ndjson", "--create", "--key", "id", "--max-rejects", "1"],
    ]);

    expect([exit, report.counts.inserted, report.counts.rejected], stderr).toEqual([3, 2, 1]);
    expect(report.rejects).toMatchObject([{ code: "ROW_TWO_FIELDS", count: 1 }]);
  });

  test("the type of a column that several fields fill keeps the values of all", async () => {
    const shell = await shellOf(engine, database);
    shell.write("a.csv", "id,n\n1,5\n");
    shell.write("b.csv", "id,m\n2,x\n");
    const { exit, stderr } = await shell.bare(["a.csv", "b.csv", "--create", "--map", "m:n"]);

    expect(exit, stderr).toBe(0);
    expect(await database.rows("select id, n from t order by id")).toEqual([
      ["1", "5"],
      ["2", "x"],
    ]);
  });

  test("a header that another delimiter splits is no table of one column", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", "id;n\n1;2\n");

    const refused = await shell.bare(["in.csv", "--create"]);
    const split = await shell.bare(["in.csv", "--create", "--delimiter", ";"]);

    expect([refused.exit, refused.code], refused.stderr).toEqual([2, "SOURCE_HEADER"]);
    expect(refused.fix).toContain("pass --delimiter ';'");
    expect([split.exit, split.report.counts.inserted]).toEqual([0, 1]);
  });

  test("a key that the table would not get, and one that no type can hold, are refused", async () => {
    const shell = await shellOf(engine, database);
    shell.write("in.csv", `id,v\n1,${"x".repeat(1000)}\n`);

    const missing = await shell.bare(["in.csv", "--create", "--key", "nr"]);
    const long = await shell.bare(["in.csv", "--create", "--key", "v"]);

    expect([missing.exit, missing.code]).toEqual([2, "PLAN_UNKNOWN_COLUMN"]);
    const expected = engine.name === "sqlserver" ? [2, "PLAN_DDL"] : [0, null];
    expect([long.exit, long.code], long.stderr).toEqual(expected);
  });
});
