/** What a run finds of an earlier one: rejects, their files, and loads that were finished with others than today's. */
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { faultsOfJunit } from "../helpers/junit.ts";
import { RunShell } from "../helpers/run-shell.ts";

const NAMES = ["alpha", "beta", "gamma"];
const TABLES = NAMES.map(
  (name) => `create table ${name} (id int not null primary key, n int, check (n <> 77))`,
);
const ROWS = "id,n\n1,1\n2,1\n3,1\n";
const ONE_BAD = "id,n\n1,1\n2,77\n3,1\n";
/** Without rejects, what a run commits stays, and it stops. */
const STOPS = { "seeds/beta.csv": ONE_BAD, "seeds/gamma.csv": ROWS };

async function started(
  database: TestDatabase,
  files: Readonly<Record<string, string>>,
): Promise<RunShell> {
  const shell = new RunShell(database);
  await shell.start(...TABLES);
  shell.write(files);
  return shell;
}

/** The test results of a run, which their readers take. */
function results(shell: RunShell): string {
  const text = readFileSync(join(shell.folder, "r.xml"), "utf8");
  expect(faultsOfJunit(text)).toEqual([]);
  return text;
}

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("a run that was finished with rejects ends with 3 again, and its test results fail", async () => {
    const shell = await started(database, { "seeds/alpha.csv": ONE_BAD, "seeds/beta.csv": ROWS });
    const flags = ["seeds", "--commit", "2", "--max-rejects", "5", "--junit", "r.xml"];
    expect((await shell.run(...flags)).exit).toBe(3);

    const again = await shell.run(...flags);
    expect([again.exit, again.report.status, again.report.counts.read], again.output).toEqual([
      3,
      "rejects",
      0,
    ]);
    expect(results(shell)).toContain(
      '<failure message="1 record rejected by earlier runs of the job" type="rejects">',
    );

    const accepted = await shell.run(...flags, "--rejects-ok");
    expect(accepted.exit, accepted.output).toBe(0);
    expect(results(shell)).toContain('failures="0" errors="0" skipped="1"');
  });

  test("the rejects of a load that an earlier run has finished fail where this run ends with 3", async () => {
    const shell = await started(database, { "seeds/alpha.csv": ONE_BAD, ...STOPS });
    shell.write({
      "seed.yaml":
        "commit: 2\nloads:\n  - { from: seeds/alpha.csv, max-rejects: 5 }\n  - { from: seeds/beta.csv }\n",
    });
    const flags = ["seed.yaml", "--junit", "r.xml"];
    expect((await shell.run(...flags)).exit).toBe(4);
    shell.write({ "seeds/beta.csv": ROWS });

    const went = await shell.run(...flags);
    expect([went.exit, went.report.counts.rejected], went.output).toEqual([3, 1]);
    expect(results(shell)).toContain('<testcase name="rejects of earlier runs" classname="');
  });

  test("with --commit load the fix names the reject files that are in the way of the same command", async () => {
    const shell = await started(database, { "seeds/alpha.csv": ONE_BAD, ...STOPS });
    shell.write({
      "seed.yaml":
        "commit: load\nloads:\n  - { from: seeds/alpha.csv, max-rejects: 5 }\n  - { from: seeds/beta.csv }\n",
    });
    const failed = await shell.run("seed.yaml");
    expect([failed.exit, failed.error], failed.output).toEqual([4, "REJECT_LIMIT"]);
    expect(failed.report.error?.fix).toMatch(
      /the same command loads them again, once seeds.alpha\.csv\.rejects\.csv and its \.jsonl are moved away$/,
    );
    expect((await shell.run("seed.yaml")).error).toBe("REJECT_FILE");

    for (const end of ["csv", "csv.jsonl"]) {
      renameSync(
        join(shell.folder, `seeds/alpha.csv.rejects.${end}`),
        join(shell.folder, `alpha.${end}`),
      );
    }
    shell.write({ "seeds/beta.csv": ROWS });
    const again = await shell.run("seed.yaml");
    expect([again.exit, again.report.counts.inserted], again.output).toEqual([3, 3]);
  });

  test("a load that was finished in a run of others is loaded again, once those are forgotten", async () => {
    const shell = await started(database, { "seeds/alpha.csv": ROWS, ...STOPS });
    const flags = ["seeds", "--commit", "2"];
    expect((await shell.run(...flags)).exit).toBe(4);
    rmSync(join(shell.folder, "seeds/alpha.csv"));
    shell.write({ "seeds/beta.csv": ROWS });
    expect((await shell.run(...flags)).exit).toBe(0);
    await database.exec("update alpha set n = 5 where id = 2");

    shell.write({ "seeds/alpha.csv": ROWS });
    const { exit, tables, output } = await shell.run(...flags);
    expect([exit, tables], output).toEqual([
      0,
      [
        ["alpha", { updated: 1, unchanged: 2 }],
        ["beta", { unchanged: 3 }],
        ["gamma", { unchanged: 3 }],
      ],
    ]);
    expect(await shell.rows("select count(*) from upsurge_checkpoint")).toEqual([["0"]]);
  });

  test("a load that was finished stays so while one of the others is not, whatever comes besides", async () => {
    const shell = await started(database, { "seeds/alpha.csv": ROWS, "seeds/beta.csv": ONE_BAD });
    const flags = ["seeds", "--commit", "1"];
    expect((await shell.run(...flags)).exit).toBe(4);
    shell.write(STOPS);
    shell.write({ "seeds/beta.csv": ROWS });
    await database.exec("update alpha set n = 5 where id = 2");

    const { exit, report, output } = await shell.run(...flags);
    expect([exit, report.tables.map(({ job }) => job?.resumedAt)], output).toEqual([0, [3, 1, 0]]);
    expect(await shell.rows("select n from alpha order by id")).toEqual([["1"], ["5"], ["1"]]);
  });
});
