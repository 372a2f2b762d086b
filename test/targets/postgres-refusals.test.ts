/** What PostgreSQL refuses for a reason that its code does not tell: the fix is that of the reason. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(postgres);

async function load(
  sql: string,
  flags: readonly string[],
  { env = {}, csv = "id,s\n1,a\n" }: Readonly<{ env?: Record<string, string>; csv?: string }> = {},
): Promise<RunResult> {
  await database.reset();
  await database.exec(sql);
  const cwd = tempDir({ "in.csv": csv });
  return await runUpsurge(["in.csv", "--to", database.url, ...flags], { cwd, env });
}

test("a row that no partition takes breaks no check constraint", async () => {
  const { exitCode, stderr } = await load(
    "create table t (id int, s text) partition by list (s); create table t_b partition of t for values in ('b')",
    ["--table", "t"],
  );

  expect(exitCode).toBe(4);
  expect(stderr).toContain("ROW_CHECK");
  expect(stderr).toContain("fix:   create the partition that the record belongs to");
});

test("the key that decides is not offered to decide, where the load itself makes it another row's", async () => {
  const { exitCode, stderr } = await load(
    "create table t (id int primary key, s text); insert into t values (1, 'b'), (2, 'c')",
    ["--table", "t", "--key", "id", "--set", "id = 2"],
  );

  expect([exitCode, stderr]).toEqual([4, expect.stringContaining("ROW_UNIQUE")]);
  expect(stderr).toContain("a trigger makes of its key is the key of another row");
  expect(stderr).not.toContain("--constraint");
});

describe("row-level security", () => {
  const ROLE = "upsurge_policy";
  const env = { PGOPTIONS: `-c role=${ROLE}` };

  beforeEach(async () => {
    await database.exec(`drop role if exists ${ROLE}; create role ${ROLE}`);
  });
  afterEach(async () => {
    await database.exec(`drop owned by ${ROLE}; drop role ${ROLE}`);
  });

  const guarded = (more: string): string =>
    `create table t (id int primary key, s text); alter table t enable row level security; grant all on t to ${ROLE}; grant usage on schema public to ${ROLE}; ${more}`;
  const POLICY = "create policy p on t using (s <> 'old') with check (s <> 'no');";
  const CSV = "id,s\n1,a\n2,no\n3,c\n";

  test("a table without a policy takes no row, which is no matter of grants", async () => {
    const { exitCode, stderr } = await load(guarded(""), ["--table", "t", "--key", "id"], { env });

    expect(exitCode).toBe(4);
    expect(stderr).toContain("fix:   correct the record; or create a policy under which this user");
    expect(stderr).toContain("where: in.csv, record 1, line 2\n");
  });

  test("a row that is hidden is not found by its key, and no flag lets that key decide", async () => {
    const hidden = `${guarded(POLICY)} insert into t values (2, 'old')`;
    const words = ["--table", "t", "--key", "id", "--strategy", "select-then-write"];
    const { stderr, exitCode } = await load(hidden, words, { env, csv: "id,s\n1,a\n2,b\n" });

    expect([exitCode, stderr]).toEqual([4, expect.stringContaining("ROW_UNIQUE")]);
    expect(stderr).toContain("where row security hides the row that has its key");
    expect(stderr).not.toContain("--constraint");
  });

  test.each([
    ["--mode", "insert"],
    ["--key", "id"],
    ["--key", "id", "--row-source", "arrays"],
    ["--key", "id", "--row-source", "values"],
    ["--key", "id", "--batch-rows", "1"],
    ["--key", "id", "--strategy", "select-then-write"],
    ["--key", "id", "--ignore"],
    ["--key", "id", "--set", "s = excluded.s || (select '' from t limit 0)"],
  ])("a row that a policy refuses is a reject: %s %s %s %s", async (...flags) => {
    const words = ["--table", "t", ...flags, "--max-rejects", "1", "--json"];
    const { exitCode, stdout, stderr } = await load(guarded(POLICY), words, { env, csv: CSV });
    const { counts, rejects } = JSON.parse(stdout) as Report;

    expect([exitCode, counts.inserted, counts.rejected], stderr).toEqual([3, 2, 1]);
    expect(rejects).toMatchObject([{ code: "ROW_CHECK", count: 1 }]);
    expect(await database.rows("select id, s from t order by id")).toEqual([
      ["1", "a"],
      ["3", "c"],
    ]);
  });

  test("so is one whose row in the table the user may not see", async () => {
    const words = ["--table", "t", "--key", "id", "--max-rejects", "1"];
    const sql = guarded(`${POLICY} insert into t values (1, 'old')`);
    const { exitCode, stderr } = await load(sql, words, { env, csv: "id,s\n1,a\n3,c\n" });

    expect(exitCode, stderr).toBe(3);
    expect(await database.rows("select id, s from t order by id")).toEqual([
      ["1", "old"],
      ["3", "c"],
    ]);
  });

  test("a privilege that a trigger lacks is no row's fault, whatever is allowed", async () => {
    const trigger = `create table audit (id int); create function note() returns trigger language plpgsql as 'begin insert into audit values (new.id); return new; end'; create trigger n before insert on t for each row execute function note()`;
    const words = ["--table", "t", "--key", "id", "--max-rejects", "100%"];
    const { exitCode, stderr } = await load(guarded(`${POLICY} ${trigger}`), words, { env });

    expect(exitCode).toBe(2);
    expect(stderr).toContain("permission denied for table audit");
  });
});

test.each([
  ["materialized view t as select 1 as id", "it is a materialized view"],
  ["sequence t", "it is a sequence"],
  ["table u (id int); create index t on u (id)", "it is an index"],
  ["type t as (id int)", "it is a type"],
])("for a %s no table is said to be missing and to be created", async (what, said) => {
  const { exitCode, stderr } = await load(`create ${what}`, ["--table", "t"]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain("PLAN_NO_TABLE");
  expect(stderr).toContain(`cause: ${said}`);
  expect(stderr).not.toContain("--create");
});

const TWICE = ["--key", "id", "--key", "ID"];

test("a key column that is named in two spellings is one", async () => {
  const { exitCode, stderr } = await load("create table t (id int primary key, s text)", [
    "--table",
    "t",
    ...TWICE,
  ]);

  expect(exitCode, stderr).toBe(0);
});

test("an address of IPv6 is shown as a URL has it", async () => {
  const cwd = tempDir({ "in.csv": "id\n1\n" });
  const to = "postgres://app@[::1]:1/shop";

  const { stderr } = await runUpsurge(["in.csv", "--to", to, "--table", "t", "--wait", "0"], {
    cwd,
  });

  expect(stderr).toContain(`cannot reach ${to}`);
});
