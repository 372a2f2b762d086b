/** Command lines that cannot be understood: exit code 2, four lines, and what was probably meant. */
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

test.each([
  [["a.csv", "--tabel", "x"], "unknown option --tabel", "did you mean --table?"],
  [["a.csv", "--batch", "5"], "unknown option --batch", "did you mean --batch-rows?"],
  [["a.csv", "--no-hedaer"], "unknown option --no-hedaer", "did you mean --no-header?"],
  [["a.csv", "--keyy", "id"], "unknown option --keyy", "did you mean --key?"],
  [["a.csv", "--hlep"], "unknown option --hlep", "did you mean --help?"],
  [["--versoin"], "unknown option --versoin", "`upsurge --version`, by itself, prints the version"],
  [
    ["run", "a", "--version"],
    "unknown option --version",
    "`upsurge --version`, by itself, prints the version",
  ],
  [
    ["jobs", "may", "--to", "a.db"],
    "a source does not go with jobs",
    "leave it out; a job is named with --job NAME",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--allow-at-least-once"],
    "--allow-at-least-once does not go with --commit end",
    "add --commit N, or leave --allow-at-least-once out",
  ],
  [
    [
      "plan",
      "a.csv",
      "--to",
      "x.db",
      "--max-rejects",
      "5",
      "--reject-file=b.csv",
      "-n",
      "-k",
      "id",
    ],
    "unknown option --max-rejects",
    "leave --max-rejects, --reject-file, -n out, or pass them to `upsurge load`",
  ],
  [
    ["run", "seeds", "--to", "x.db", "--table", "a", "--grants"],
    "unknown option --table",
    "leave --table, --grants out, or pass them to `upsurge plan`",
  ],
  [
    ["inspect", "a.csv", "--key", "id", "--forget", "a", "--grants"],
    "unknown option --forget",
    "leave --forget, --grants out",
  ],
  [
    ["finish", "--to", "x.db"],
    "--job is missing",
    "add --job NAME; `upsurge help finish` shows every option",
  ],
  [
    ["a.csv", "--expect-sha256"],
    "the value of --expect-sha256 is missing",
    'for example --expect-sha256 "$(cut -c-64 parts.csv.sha256)"',
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--commit", "0"],
    "--commit cannot be '0'",
    "for example --commit 100000",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--commit", "often"],
    "--commit cannot be 'often'",
    "for example --commit 100000",
  ],
  [
    ["a.csv", "--writers", "17"],
    "--writers cannot be '17'",
    "for example --writers 4 --commit 100000",
  ],
  [
    ["a.csv", "--writers", "0"],
    "--writers cannot be '0'",
    "for example --writers 4 --commit 100000",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--writers", "2"],
    "--writers 2 does not go with --commit end",
    "add --commit N, for example --commit 100000",
  ],
  [["plan", "a.csv", "--zzz"], "unknown option --zzz", "`upsurge help plan` shows every option"],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--report", "load.txt"],
    "--report cannot be 'load.txt'",
    "for example --report load.json",
  ],
  [["a.csv", "--zzz"], "unknown option --zzz", "`upsurge help load` shows every option"],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--no-header"],
    "--columns is missing",
    "name the fields in their order: --no-header --columns id,name,city",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--key", "id", "--pk", "id,n"],
    "--key cannot be 'id,id,n'",
    "pass --key id,n",
  ],
  [["a.csv", "--sep", ";"], "unknown option --sep", "did you mean --delimiter?"],
  [
    ["a.csv", "--password=hunter2"],
    "unknown option --password",
    "put it into PGPASSWORD or ~/.pgpass, MSSQL_PASSWORD, or the URL of --to",
  ],
  [
    ["jobs", "--host", "h"],
    "unknown option --host",
    "say it in --to: --to postgres://USER@HOST:5432/DATABASE, sqlserver://… or a file",
  ],
  [
    ["report", "a.json", "--host", "h"],
    "unknown option --host",
    "`upsurge help report` shows every option",
  ],
  [
    ["a.csv", "shop.db", "--table", "t"],
    "--to is missing",
    "name the database with --to: upsurge a.csv --to shop.db --table t",
  ],
  [
    ["shop.db", "a.csv", "b c.csv"],
    "--to and --table are missing",
    "name the database with --to: upsurge a.csv 'b c.csv' --to shop.db --table orders",
  ],
  [
    ["plan", "a.csv", "postgres://app@db/shop", "--table", "t"],
    "--to is missing",
    "name the database with --to: upsurge plan a.csv --to postgres://app@db/shop --table t",
  ],
  [
    ["plan", "a.csv", "--reject-file", "x"],
    "unknown option --reject-file",
    "leave --reject-file out, or pass it to `upsurge load`",
  ],
  [["a.csv", "--key"], "the value of --key is missing", "for example --key order_no,line_no"],
  [
    ["a.csv", "--key", "--mode", "upsert"],
    "the value of --key is missing",
    "for example --key order_no,line_no",
  ],
  [
    ["a.csv", "--batch-rows", "many"],
    "--batch-rows cannot be 'many'",
    "for example --batch-rows 5000",
  ],
  [["a.csv", "--mode", "merge"], "--mode cannot be 'merge'", "pass --mode upsert"],
  [["a.csv", "--mode", "wombat"], "--mode cannot be 'wombat'", "pass one of those"],
  [["a.csv", "--mode", "upsrt"], "--mode cannot be 'upsrt'", "did you mean --mode upsert?"],
  [["a.csv", "--mode", "up"], "--mode cannot be 'up'", "did you mean --mode upsert?"],
  [["a.csv", "--dry-run=true"], "--dry-run cannot be 'true'", "pass --dry-run by itself"],
  [["a.csv", "--json=false"], "--json cannot be 'false'", "leave --json out"],
  [
    ["a.csv", "--header", "--no-header"],
    "--header does not go with --no-header",
    "leave one of them out",
  ],
  [
    ["a b.csv"],
    "--to and --table are missing",
    "give them all, for example: upsurge 'a b.csv' --to shop.db --table 'a b'; `upsurge help load` shows every option",
  ],
  [
    ["plan"],
    "a source, --to and --table are missing",
    "give them all, for example: upsurge plan orders.csv --to shop.db --table orders; `upsurge help plan` shows every option",
  ],
  [
    ["seeds/people.csv.gz", "--to", "x.db"],
    "--table is missing",
    "add it, for example --table people",
  ],
  [["-", "--to", "x.db"], "--table is missing", "add it, for example --table sales.orders"],
  [
    ["a.csv", "--table", "t"],
    "--to is missing",
    "add it, for example --to postgres://app@db.example.com/shop",
  ],
  [
    ["--to", "x.db", "--table", "t"],
    "a source is missing",
    "name a file, a pattern, or - for standard input; `upsurge help` shows examples",
  ],
  [
    ["inspect", "a", "b"],
    "a second source does not go with inspect",
    "name one file; quote a name that holds spaces",
  ],
  [
    ["plan", "a.csv", "--to", "x.db", "--ddl=sqlite"],
    "--ddl cannot be 'sqlite'",
    "pass --ddl by itself",
  ],
  [
    ["a.csv", "--to", "x.db", "--ddl"],
    "unknown option --ddl",
    "leave --ddl out, or pass it to `upsurge inspect` or `upsurge plan`",
  ],
  [
    ["inspect"],
    "a source or --to is missing",
    "name a file, or a database with --to; `upsurge help inspect` shows examples",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--set", "n = 1"],
    "--set does not go with a load without --key",
    "add --key, or leave --set out",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--any-constraint"],
    "--any-constraint does not go with a load without --key",
    "add --ignore, or leave --any-constraint out",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--key", "a", "--constraint", "b"],
    "--key does not go with --constraint",
    "leave one of them out",
  ],
  [
    ["a.csv", "--to", "x.db", "--table", "t", "--max-rejects", "few"],
    "--max-rejects cannot be 'few'",
    "for example --max-rejects 1%",
  ],
])("refuses %j", async (args, error, fix) => {
  const { exitCode, stdout, stderr } = await runUpsurge(args);
  const lines = stderr.split("\n");

  expect(lines[0]).toMatch(/ {2}OPTION_[A-Z]+$/);
  expect(lines[0]).toContain(`error: ${error}  `);
  expect(lines[1]).toMatch(/^cause: ./);
  expect(lines[2]).toBe(`fix:   ${fix}`);
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
});

test("answers --json with the shape of a report", async () => {
  const { exitCode, stdout } = await runUpsurge(["a.csv", "--bogus", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    status: "failed",
    exit: 2,
    counts: { read: 0, inserted: 0 },
    error: { code: "OPTION_UNKNOWN", message: "unknown option --bogus", where: null },
  });
  expect(exitCode).toBe(2);
});

test("does not print the value of an unknown option", async () => {
  const { stderr } = await runUpsurge(["a.csv", "--pasword=hunter2"]);

  expect(stderr).not.toContain("hunter2");
});

test("of two words as near, the one whose letters were swapped is suggested", async () => {
  const { stderr } = await runUpsurge(["a.csv", "--to", "t.db", "--table", "t", "--quite"]);

  expect(stderr).toContain("did you mean --quiet?");
});

test("masks the password of a target that cannot be used", async () => {
  const { stderr, stdout } = await runUpsurge([
    "a.csv",
    "--to",
    "mongo://app:hunter2@db/shop",
    "--table",
    "t",
    "--json",
  ]);

  expect(stderr).toContain("TARGET_URL");
  expect(stderr + stdout).not.toContain("hunter2");
});

test("masks the password of a target whose scheme was forgotten", async () => {
  for (const to of [["--to", "u:s3cret@host/adv.db"], ["--to=u:s3cret@host/adv.db"]]) {
    for (const more of [[], ["--bogus"]]) {
      const args = ["a.csv", ...to, "--table", "t", "--json", ...more];
      const { stderr, stdout } = await runUpsurge(args);

      expect(stdout).toContain('"status":"failed"');
      expect(stderr + stdout).not.toContain("s3cret");
    }
  }
});

test("a password that is a word of our own texts leaves them readable", async () => {
  const { stderr } = await runUpsurge(["a.csv", "--to", "mongo://db/shop", "--table", "t"], {
    env: { PGPASSWORD: "postgres" },
  });

  expect(stderr).toContain("pass --to postgres://user@host/database");
});

test("prints its usage by itself, which is no success", async () => {
  const { exitCode, stdout, stderr } = await runUpsurge([]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Usage:   upsurge [load] SOURCE... --to URL --table NAME");
});

test.each([
  [["lod", "a.csv", "--to", "x.db"], "did you mean upsurge load?"],
  [["inspct", "a.csv"], "did you mean upsurge inspect?"],
  [["help", "lod"], "did you mean load?"],
  [["help", "PLAN_NO_TABEL"], "did you mean PLAN_NO_TABLE?"],
  [["help", "quux"], "`upsurge --help` shows them"],
  [["help", "--key"], "--key is an option: `upsurge help load` explains it"],
  [["help", "forget"], "--forget is an option: `upsurge help jobs` explains it"],
  [["version"], "did you mean upsurge --version?"],
  [["import", "a.csv", "--to", "x.db"], "did you mean upsurge load?"],
  [["insert", "x.db", "t", "a.csv"], "did you mean upsurge load?"],
  [["copy", "a.csv"], "did you mean upsurge load?"],
  [["help", "upsert"], "did you mean load?"],
  [["help", "IMPORT"], "did you mean load?"],
])("says of %j which command may be meant", async (args, hint) => {
  const { exitCode, stdout, stderr } = await runUpsurge(args);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("COMMAND_UNKNOWN");
  expect(stderr).toContain(hint);
});

test("a file may be called as a command nearly is", async () => {
  const cwd = tempDir({ plann: "id\n1\n" });
  const { stderr } = await runUpsurge(["plann"], { cwd });
  expect(stderr).toContain("--to and --table are missing");
});

test.each([
  ["TARGET_BUSY", /cause: \(depends on the case.*\nfix: .*--lock-timeout.*\nexit: {2}75/],
  ["row_type", /^ROW_TYPE: a record that is rejected\ncause: .*\nfix: .*--null TOKEN/],
])("explains the code %s", async (code, text) => {
  const { exitCode, stdout } = await runUpsurge(["help", code]);
  expect(stdout).toMatch(text);
  expect(exitCode).toBe(0);
});

test("says which file and which folder's file may be meant", async () => {
  const cwd = tempDir({ "orders.csv": "id\n1\n", "a b.csv": "id\n1\n" });
  const into = ["--to", "x.db", "--table", "t"];
  expect((await runUpsurge(["ordres.csv", ...into], { cwd })).stderr).toContain(
    "fix:   did you mean orders.csv?",
  );
  expect((await runUpsurge(["./a-b.csv", ...into], { cwd })).stderr).toContain(
    "did you mean './a b.csv'?",
  );
});

test("options behind -- are led to their place", async () => {
  const cwd = shop({ "-orders.csv": "id,item,amount\n2,pot,1\n" });
  const behind = await runUpsurge(["--", "-orders.csv", ...INTO_ORDERS], { cwd });
  expect(behind.exitCode).toBe(2);
  const [, command = ""] = /write the options before it: upsurge (.*)$/m.exec(behind.stderr) ?? [];
  const { exitCode, stderr } = await runUpsurge(command.split(" "), { cwd });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(orders(cwd)).toHaveLength(2);
});
