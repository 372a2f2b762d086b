/** SECURITY.md is right: it names its tests, and what no other test holds is tested here. */
import { readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { OPTION_NAMES, optionSpec } from "../../src/options/flag.ts";
import { sqlite } from "../helpers/page-shell.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { openSqlServer } from "../helpers/sqlserver-database.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const HOSTILE = `id"]'); drop table t; --`;
const LOAD = ["--to", "t.db", "--table", "t", "--key", "id"];

/** A folder with `files` and `t.db`. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempDir(files);
  sqlite(join(folder, "t.db"), "create table t (id text primary key, n integer)");
  return folder;
}

function rowsOf(folder: string): string {
  return sqlite(join(folder, "t.db"), "select * from t");
}

describe("SECURITY.md is right that", () => {
  test("a field name only selects a column", async () => {
    const quoted = HOSTILE.replaceAll('"', '""');
    const cwd = folderWith({ "names.csv": `id,"${quoted}"\na,1\n` });

    const refused = await runUpsurge(["names.csv", ...LOAD], { cwd });
    const dropped = await runUpsurge(["names.csv", ...LOAD, "--extra-fields", "ignore"], { cwd });

    expect(refused.stderr).toContain("PLAN_UNKNOWN_FIELD");
    expect(dropped.exitCode).toBe(0);
    expect(rowsOf(cwd)).toBe("a|\n");
  });

  test("values are no SQL, on any target", async () => {
    const cwd = folderWith({ "values.ndjson": `${JSON.stringify({ id: HOSTILE, n: 1 })}\n` });
    const postgres = await openPostgres();
    onTestFinished(() => postgres.close());
    await postgres.exec("create table t (id text primary key, n integer)");
    const sqlserver = await openSqlServer();
    onTestFinished(() => sqlserver.close());
    await sqlserver.exec("create table t (id nvarchar(50) primary key, n integer)");

    for (const to of ["t.db", postgres.url, sqlserver.url]) {
      const { exitCode } = await runUpsurge(["values.ndjson", ...LOAD, "--to", to], { cwd });
      expect(exitCode).toBe(0);
    }

    expect(rowsOf(cwd)).toBe(`${HOSTILE}|1\n`);
    for (const database of [postgres, sqlserver]) {
      expect(await database.rows("select * from t")).toEqual([[HOSTILE, "1"]]);
    }
  });

  test("the environment sets where a load goes and what it logs, takes SQL away, and no more", () => {
    const fromEnvironment = OPTION_NAMES.filter((name) => optionSpec(name).env !== undefined);

    expect(fromEnvironment).toEqual(["to", "rawSql", "logLevel", "logFormat"]);
  });

  test("a .env file is not read", async () => {
    const cwd = folderWith({ "a.csv": "id,n\na,1\n", ".env": "UPSURGE_TO=t.db\n" });

    const { stderr } = await runUpsurge(["a.csv", "--table", "t", "--key", "id"], { cwd });

    expect(stderr).toContain("--to is missing");
  });

  test("reject files are private, overwrite nothing and follow no link", async () => {
    const cwd = folderWith({ "bad.csv": "id,n\n,1\n", "mine.txt": "mine" });
    const load = ["bad.csv", ...LOAD, "--max-rejects", "1"];
    symlinkSync("mine.txt", join(cwd, "link.csv"));

    expect((await runUpsurge(load, { cwd })).exitCode).toBe(3);
    for (const taken of ["bad.csv.rejects.csv", "mine.txt", "link.csv"]) {
      expect((await runUpsurge([...load, "--reject-file", taken], { cwd })).exitCode).toBe(6);
    }

    for (const file of ["bad.csv.rejects.csv", "bad.csv.rejects.csv.jsonl"]) {
      expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(cwd, "mine.txt"), "utf8")).toBe("mine");
  });
});
