/** `upsurge run --commit load` and `--commit N`: what is committed of a run that fails stays, and how it goes on. */
import { afterEach, describe, expect, test } from "vitest";
import { upsurgeError } from "../../src/errors/upsurge-error.ts";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";

const TABLES = [
  "create table countries (code varchar(2) primary key, name varchar(50) not null)",
  "create table cities (id int primary key, name varchar(50), country varchar(2) not null references countries (code))",
  "create table people (id int primary key, name varchar(50), city int references cities (id))",
];
const GOOD = {
  "seeds/countries.csv": "code,name\nch,Switzerland\nnl,Netherlands\n",
  "seeds/cities.csv": "id,name,country\n1,Bern,ch\n2,Delft,nl\n3,Basel,ch\n4,Zug,ch\n5,Goes,nl\n",
  "seeds/people.csv": "id,name,city\n1,Ada,1\n2,Bob,5\n",
};
/** The fourth city is refused. */
const BAD = {
  ...GOOD,
  "seeds/cities.csv": GOOD["seeds/cities.csv"].replace("4,Zug,ch", "4,Zug,xx"),
};
const COUNTS = [
  ["countries", { inserted: 2 }],
  ["cities", { inserted: 5 }],
  ["people", { inserted: 2 }],
];

afterEach(() => onFailPoint(null));

async function started(database: TestDatabase, files: Record<string, string>): Promise<RunShell> {
  const shell = new RunShell(database);
  await shell.start(...TABLES);
  shell.write(files);
  return shell;
}

function manifest(commit: string): string {
  const loads = ["people", "cities", "countries"].map((name) => `  - from: seeds/${name}.csv\n`);
  return `commit: ${commit}\nloads:\n${loads.join("")}`;
}

async function sizes(shell: RunShell): Promise<unknown> {
  return await shell.rows(
    "select (select count(*) from countries), (select count(*) from cities), (select count(*) from people)",
  );
}

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  undoneAtCommit(engine, database);

  test("each load is committed by itself, and one that fails keeps nothing of its own", async () => {
    const shell = await started(database, BAD);
    const failed = await shell.run("seeds", "--commit", "load");

    expect([failed.exit, failed.error], failed.output).toEqual([4, "REJECT_LIMIT"]);
    expect(failed.report).toMatchObject({
      failedLoad: expect.stringMatching(/cities\.csv$/) as string,
      guarantee: "load-by-load",
    });
    expect(failed.report.tables.map(({ kept }) => kept)).toEqual([true, false, false]);
    expect(failed.report.error?.fix).toMatch(/1 load before it is committed and stays/);
    expect(await sizes(shell)).toEqual([["2", "0", "0"]]);

    shell.write(GOOD);
    const { exit, tables, output } = await shell.run("seeds", "--commit", "load");
    expect([exit, tables], output).toEqual([
      0,
      [["countries", { unchanged: 2 }], ...COUNTS.slice(1)],
    ]);
  });

  test.each(["end", "load", "1"])(
    "rows of nothing but a key count alike with --commit %s",
    async (commit) => {
      const shell = new RunShell(database);
      await shell.start("create table tags (name varchar(20) primary key)");
      shell.write({ "seeds/tags.csv": "name\na\nb\n" });
      await shell.run("seeds", "--commit", commit);
      const { exit, tables, output } = await shell.run("seeds", "--commit", commit);
      expect([exit, tables], output).toEqual([0, [["tags", { unchanged: 2 }]]]);
    },
  );

  test("a run that commits in parts goes on at the record after the last commit", async () => {
    const shell = await started(database, BAD);
    const failed = await shell.run("seeds", "--commit", "2");

    expect([failed.exit, failed.error], failed.output).toEqual([4, "REJECT_LIMIT"]);
    expect(failed.tables).toEqual([
      ["countries", { inserted: 2 }],
      ["cities", { inserted: 2 }],
      ["people", {}],
    ]);
    expect(failed.report.error?.fix).toMatch(/the same command goes on from there/);
    expect(await sizes(shell)).toEqual([["2", "2", "0"]]);

    shell.write(GOOD);
    const { exit, report, tables, output } = await shell.run("seeds", "--commit", "2");
    expect([exit, tables, report.guarantee], output).toEqual([0, COUNTS, "exactly-once"]);
    expect(report.tables.map(({ job }) => job?.resumedAt)).toEqual([2, 2, 0]);
    // Its pace is that of the five records which it has read, as far as both numbers are rounded.
    const { rowsPerSecond, seconds } = report;
    expect(Math.abs(rowsPerSecond * seconds - 5)).toBeLessThanOrEqual(seconds / 2 + 0.1);
    expect(await sizes(shell)).toEqual([["2", "5", "2"]]);
  });

  test("a run that has finished is forgotten where to load it again comes to the same", async () => {
    const shell = await started(database, GOOD);
    expect((await shell.run("seeds", "--commit", "2")).exit).toBe(0);
    await database.exec("delete from people where id = 2");
    const { tables, output } = await shell.run("seeds", "--commit", "2");
    expect(tables, output).toEqual([
      ["countries", { unchanged: 2 }],
      ["cities", { unchanged: 5 }],
      ["people", { inserted: 1, unchanged: 1 }],
    ]);
    expect(await shell.rows("select count(*) from upsurge_checkpoint")).toEqual([["0"]]);
  });

  test("a run with a name is known once it has finished, and each of its loads is a job", async () => {
    const shell = await started(database, GOOD);
    const flags = ["seeds", "--commit", "2", "--job", "seeds"];
    expect((await shell.run(...flags)).exit).toBe(0);
    const again = await shell.run(...flags);
    expect([again.exit, again.report.counts.read], again.output).toEqual([0, 0]);
    expect(again.report.tables.every(({ job }) => job?.alreadyLoadedAt !== null)).toBe(true);
    const names = again.report.tables.map(({ job }) => job?.name.replace(/(?:public|dbo)\./, ""));
    expect(names).toEqual(["seeds/countries", "seeds/cities", "seeds/people"]);

    const reset = await shell.run(...flags, "--reset-job");
    expect(reset.report.counts, reset.output).toMatchObject({ read: 9, unchanged: 9 });
  });

  layers(database);
  sayings(database);
  longFiles(database);
});

/** Folders that have a file for the same table. */
function layers(database: TestDatabase): void {
  test("loads into one table are jobs of their own", async () => {
    const shell = await started(database, {
      "seeds/countries.csv": GOOD["seeds/countries.csv"],
      "more/countries.csv": "code,name\nbe,Belgium\nch,Suisse\n",
    });
    const flags = ["seeds", "more", "--commit", "1", "--job", "two"];
    const { exit, tables, output } = await shell.run(...flags);
    expect([exit, tables], output).toEqual([
      0,
      [
        ["countries", { inserted: 2 }],
        ["countries", { inserted: 1, updated: 1 }],
      ],
    ]);
    const again = await shell.run(...flags);
    expect([again.exit, again.report.counts.read], again.output).toEqual([0, 0]);
    const names = again.report.tables.map(({ job }) => job?.name.replace(/(?:public|dbo)\./, ""));
    expect(names).toEqual(["two/countries", "two/countries#2"]);
  });
}

/** Files are looked at before the first is read, and those of a run are closed in between. */
function longFiles(database: TestDatabase): void {
  test.each(["csv", "ndjson"])(
    "files of many blocks are read to their ends, also by a run that goes on: %s",
    async (ending) => {
      const shell = new RunShell(database);
      await shell.start(
        ...["a", "b"].map(
          (name) => `create table ${name} (id int primary key, n int check (n < 9))`,
        ),
      );
      const pad = " ".repeat(100);
      const line = (id: number, n = 1): string =>
        ending === "csv" ? `${pad}${id}${pad},${n}\n` : `{"id":${id}${pad}${pad},"n":${n}}\n`;
      const lines = Array.from({ length: 3000 }, (_, at) => line(at + 1));
      const head = ending === "csv" ? "id,n\n" : "";
      const bad = [...lines.slice(0, 2500), line(2501, 10)];
      const all = (more: readonly string[] = []): string => [head, ...lines, ...more].join("");
      shell.write({
        [`seeds/a.${ending}`]: all(),
        [`seeds/b.${ending}`]: `${head}${bad.join("")}${lines.slice(2501).join("")}`,
      });
      const flags = ["seeds", "--commit", "1000", "--trim"];
      const failed = await shell.run(...flags);
      expect([failed.exit, failed.error], failed.output).toEqual([4, "REJECT_LIMIT"]);
      shell.write({ [`seeds/b.${ending}`]: all() });
      const { exit, tables, output } = await shell.run(...flags);

      const whole = { inserted: 3000 };
      expect([exit, tables], output).toEqual([
        0,
        [
          ["a", whole],
          ["b", whole],
        ],
      ]);
      expect(await shell.rows("select count(*), max(id) from b")).toEqual([["3000", "3000"]]);
      const again = await shell.run(...flags, "--job", "again");
      expect(again.report.counts, again.output).toMatchObject({ read: 6000, unchanged: 6000 });
      shell.write({ [`seeds/a.${ending}`]: all([line(3001)]) });
      const grown = await shell.run(...flags, "--job", "again");
      expect([grown.exit, grown.error], grown.output).toEqual([4, "SOURCE_CHANGED"]);
    },
  );
}

function sayings(database: TestDatabase): void {
  test("a manifest says at its top what is committed when", async () => {
    const shell = await started(database, BAD);
    shell.write({
      "all.yaml": manifest("all"),
      "load.yaml": manifest("load"),
      "two.yaml": manifest("2"),
    });
    expect((await shell.run("all.yaml")).report.guarantee).toBe("all-or-nothing");
    expect(await sizes(shell)).toEqual([["0", "0", "0"]]);
    expect((await shell.run("load.yaml")).report.guarantee).toBe("load-by-load");
    expect(await sizes(shell)).toEqual([["2", "0", "0"]]);
    expect((await shell.run("two.yaml")).report.guarantee).toBe("exactly-once");
    expect(await sizes(shell)).toEqual([["2", "2", "0"]]);
    // The command line comes first.
    shell.write(GOOD);
    const { report, output } = await shell.run("two.yaml", "--commit", "end");
    expect([report.guarantee, report.exit], output).toEqual(["all-or-nothing", 0]);
  });

  test("a dry run is one transaction", async () => {
    const shell = await started(database, GOOD);
    const { exit, tables, output } = await shell.run("seeds", "--commit", "2", "--dry-run");
    expect([exit, tables], output).toEqual([0, COUNTS]);
    expect(await sizes(shell)).toEqual([["0", "0", "0"]]);
  });

  test("the plan says what is committed when", async () => {
    const shell = await started(database, GOOD);
    expect(await shell.plan("seeds")).toMatch(/^commit +once, at the end/m);
    expect(await shell.plan("seeds", "--commit", "load")).toMatch(/^commit +after each load/m);
    expect(await shell.plan("seeds", "--commit", "5000")).toMatch(/^commit +every 5,000 records/m);
  });

  test.each([
    [["--commit", "load", "--delete-missing"]],
    [["--commit", "2", "--delete-missing"]],
    [["--job", "j"]],
    [["--commit", "load", "--job", "j"]],
    [["--commit", "load", "--reset-job"]],
  ])("%j do not go together", async (flags) => {
    const shell = await started(database, GOOD);
    const { exit, error, output } = await shell.run("seeds", ...flags);
    expect([exit, error], output).toEqual([2, "OPTION_CONFLICT"]);
  });
}

describe.each(jobEngines().filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);

  test("a circle whose key would wait for the commit is refused where there are several", async () => {
    const shell = new RunShell(database);
    const deferrable = engine.name === "postgres" ? "deferrable" : "";
    await shell.start(
      "create table teams (id int primary key, lead int)",
      `create table people (id int primary key, team int references teams (id) ${deferrable})`,
    );
    if (engine.name === "postgres") {
      await database.exec("alter table teams add foreign key (lead) references people (id)");
    } else {
      await database.exec("drop table teams");
      await database.exec(
        "create table teams (id int primary key, lead int references people (id))",
      );
    }
    shell.write({ "seeds/people.csv": "id,team\n7,1\n", "seeds/teams.csv": "id,lead\n1,7\n" });
    const { exit, error, report, output } = await shell.run("seeds", "--commit", "load");

    expect([exit, error], output).toEqual([2, "RUN_CYCLE"]);
    expect(report.error?.fix).toMatch(/^leave --commit out/);
    expect((await shell.run("seeds")).report.counts.inserted).toBe(2);
  });
});

/** What becomes of a run whose only commit fails. */
function undoneAtCommit(engine: Engine, database: TestDatabase): void {
  test("a run in one transaction begins again where the server undid it at its commit", async () => {
    const cities = `${GOOD["seeds/cities.csv"]}9,Nowhere,xx\n`;
    for (const code of [null, ...(engine.name === "postgres" ? ["40001", "40P01"] : [])]) {
      const shell = await started(database, { ...GOOD, "seeds/cities.csv": cities });
      let commits = 0;
      onFailPoint((point) => {
        if (point !== "commit" || (commits += 1) > 2) return;
        if (code === null) throw upsurgeError("TARGET_BUSY", { target: "it", reason: "met" });
        // As the driver tells an error of the server.
        throw Object.assign(new Error("the server said so"), { severity: "ERROR", code });
      });

      const ran = await shell.run("seeds", "--max-rejects", "1");

      expect([ran.exit, commits], ran.output).toEqual([3, 3]);
      expect(ran.tables).toMatchObject(COUNTS);
      expect(await sizes(shell)).toEqual([["2", "5", "2"]]);
    }
  });

  test("one that fails at its commit in another way does not, as it may be committed", async () => {
    const shell = await started(database, GOOD);
    let commits = 0;
    onFailPoint((point) => {
      if (point !== "commit") return;
      commits += 1;
      throw upsurgeError("TARGET_LOST", { target: "it", reason: "gone" });
    });

    const ran = await shell.run("seeds");

    expect([ran.exit, ran.error, commits], ran.output).toEqual([75, "TARGET_LOST", 1]);
  });
}
