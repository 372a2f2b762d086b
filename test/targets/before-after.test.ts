/** `--before` and `--after`: SQL of the user's, in the first and the last transaction of a load. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, tableEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const SETUP = [
  "create table t (id int not null primary key, n int, check (n < 100))",
  "create table log (what varchar(20), n int)",
  "insert into t values (1, 1), (2, 2)",
];
const LOG = "select what, n from log order by what, n";

/** Notes how many rows the table has. */
function note(what: string): string {
  return `insert into log select '${what}', count(*) from t`;
}

async function load(
  database: TestDatabase,
  input: string,
  flags: readonly string[],
): Promise<Report> {
  const cwd = tempDir({ "in.csv": input });
  const into = ["in.csv", "--to", database.url, "--table", "t", "--json"];
  const { stdout } = await runUpsurge([...into, ...flags], { cwd });
  return JSON.parse(stdout) as Report;
}

function counted({ error, counts }: Report): unknown[] {
  return [error?.code, counts.read];
}

async function start(database: TestDatabase): Promise<void> {
  await database.reset();
  for (const sql of SETUP) await database.exec(sql);
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("each runs once, in its order, several statements at once", async () => {
    await start(database);
    const report = await load(database, "id,n\n5,5\n", [
      "--before",
      `${note("a")}; ${note("b")}`,
      "--before",
      "select id from t",
      "--truncate",
      "--after",
      note("c"),
      "--after",
      note("d"),
    ]);

    expect(report.error).toBeUndefined();
    expect(report.counts).toMatchObject({ read: 1, inserted: 1, removed: 2 });
    expect(report.steps?.map(({ step }) => step).filter((step) => step !== "--truncate")).toEqual([
      "--before",
      "--before",
      "--after",
      "--after",
    ]);
    // What comes before still sees the rows that are taken away.
    expect(await database.rows(LOG)).toEqual([
      ["a", "2"],
      ["b", "2"],
      ["c", "1"],
      ["d", "1"],
    ]);
  });

  test.each([["--dry-run"], ["--check"]])("%s runs and undoes them", async (flag) => {
    await start(database);
    const report = await load(database, "id,n\n", [flag, "--before", note("a")]);

    expect([report.exit, report.steps?.length]).toEqual([0, 1]);
    expect(await database.rows(LOG)).toEqual([]);
  });

  test("a load without a record runs them as well", async () => {
    await start(database);
    expect((await load(database, "id,n\n", ["--after", note("a")])).exit).toBe(0);
    expect(await database.rows(LOG)).toEqual([["a", "2"]]);
  });

  test("the plan shows them, and its grants tell that no catalog knows what they use", async () => {
    await start(database);
    const cwd = tempDir({ "in.csv": "id,n\n5,5\n" });
    const into = ["plan", "in.csv", "--to", database.url, "--table", "t"];
    const steps = ["--before", note("a"), "--after", note("b")];
    const shown = await runUpsurge([...into, ...steps], { cwd });
    expect(shown.stdout).toContain(`before the first batch:\n  --before  ${note("a")}\n`);
    expect(shown.stdout).toContain(`after the last batch:\n  --after  ${note("b")}\n`);

    const remark = "-- SQL of --before and --after: grant what it uses";
    expect((await runUpsurge([...into, ...steps, "--grants"], { cwd })).stdout).toContain(remark);
    expect((await runUpsurge([...into, "--grants"], { cwd })).stdout).not.toContain(remark);
  });

  failing(database);
  inParts(database);
});

// On SQL Server as well in `npm test`: no semicolon has to end a statement there, so it is found out only when it has run.
describe.each(ENGINES)("SQL that ends a transaction, $title", (engine) => {
  endingTransactions(useDatabase(engine), engine.name);
});

function failing(database: TestDatabase): void {
  test.each([["--before"], ["--after"]])("an error in %s keeps nothing", async (flag) => {
    await start(database);
    const bad = `${note("a")}; insert into t values (1, 1)`;
    const report = await load(database, "id,n\n5,5\n", [flag, bad]);

    expect([report.exit, report.error?.code, report.error?.where]).toEqual([
      4,
      "STEP_FAILED",
      flag,
    ]);
    expect(report.error?.fix).toContain(flag);
    expect(await database.rows(LOG)).toEqual([]);
    expect(await database.rows("select count(*) from t")).toEqual([["2"]]);
  });

  test("SQL that is none is refused before anything is opened", async () => {
    for (const sql of ["", " \n"]) {
      const { exitCode, stderr } = await runUpsurge(
        ["none.csv", "--to", "none.db", "--table", "t"].concat("--before", sql),
      );
      expect(exitCode).toBe(2);
      expect(stderr).toContain("OPTION_VALUE");
    }
  });
}

describe("postgres alone", () => {
  const postgres = ENGINES.filter(({ name }) => name === "postgres");

  describe.each(postgres)("$title", (engine) => {
    const database = useDatabase(engine);

    test.each([["--before"], ["--after"]])(
      "a COPY that waits for rows in %s fails at once, and is not tried again",
      async (flag) => {
        await start(database);
        const sql = "select 1; copy t from stdin; select 2";
        const report = await load(database, "id,n\n5,5\n", [flag, sql]);

        expect([report.exit, report.error?.code, report.error?.where]).toEqual([
          4,
          "STEP_FAILED",
          flag,
        ]);
        expect(report.error?.cause).toContain("COPY FROM STDIN");
        expect(await database.rows("select count(*) from t")).toEqual([["2"]]);
      },
    );
  });
});

function inParts(database: TestDatabase): void {
  test("a job runs what comes before once, and what comes after in its last transaction", async () => {
    await start(database);
    const folder = tempDir();
    const run = async (bad: string, after: string): Promise<Report> => {
      writeFileSync(join(folder, "in.csv"), `id,n\n5,5\n6,6\n7,7\n8,${bad}\n9,9\n`);
      const into = ["in.csv", "--to", database.url, "--table", "t", "--json", "--commit", "2"];
      const steps = ["--job", "j", "--before", note("before"), "--after", after];
      const { stdout } = await runUpsurge([...into, ...steps], { cwd: folder });
      return JSON.parse(stdout) as Report;
    };

    expect(counted(await run("800", note("after")))).toEqual(["REJECT_LIMIT", 2]);
    // The last part fails with it, and the SQL of the next run may be another.
    expect(counted(await run("8", "nonsense"))).toEqual(["STEP_FAILED", 4]);
    expect(counted(await run("8", note("after")))).toEqual([undefined, 5]);
    expect(await database.rows(LOG)).toEqual([
      ["after", "7"],
      ["before", "2"],
    ]);
  });
}

/** SQL that would keep or lose a part of the load behind its back. */
function endingTransactions(database: TestDatabase, engine: string): void {
  const begin = engine === "sqlserver" ? "begin transaction" : "begin";
  const others =
    engine === "sqlserver"
      ? ["rollback; begin transaction; begin transaction", "commit; commit"]
      : [`commit; ${begin}`];
  const whole = ["commit", "rollback", `rollback; ${begin}`, begin, ...others];

  test.each(whole.flatMap((sql) => [["--before", sql] as const, ["--after", sql] as const]))(
    "%s '%s' is found out, and nothing is lost",
    async (flag, sql) => {
      await start(database);
      const report = await load(database, "id,n\n5,5\n", ["--truncate", flag, sql]);

      const [exit, code] = engine === "sqlserver" ? [4, "STEP_TRANSACTION"] : [2, "PLAN_STEP"];
      expect([report.exit, report.error?.code, report.error?.where]).toEqual([exit, code, flag]);
      if (sql === "commit; commit") return;
      expect(await database.rows("select id from t order by id")).toEqual([["1"], ["2"]]);
    },
  );

  test.runIf(engine === "sqlserver")("a transaction within that of the load may be", async () => {
    await start(database);
    for (const sql of ["begin transaction; commit", "commit; begin transaction"]) {
      expect((await load(database, "id,n\n5,5\n", ["--truncate", "--after", sql])).exit).toBe(0);
    }
  });
}

test("a trigger is made, and a savepoint undone, where words only look like it", async () => {
  const [sqlite] = ENGINES;
  const database = await sqlite?.open();
  if (database === undefined) throw new Error("SQLite is missing");
  await start(database);
  const made = `create trigger r after insert on u begin ${note("row")}; end`;
  const trigger = `create table u (id int); ${made}; insert into u values (1)`;
  const undone = `savepoint a; ${note("lost")}; rollback to a`;
  const report = await load(database, "id,n\n5,5\n", ["--before", trigger, "--after", undone]);

  expect(report.error).toBeUndefined();
  expect(await database.rows(LOG)).toEqual([["row", "2"]]);
  await database.close();
});
