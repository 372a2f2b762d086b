/** What PostgreSQL refuses for a reason that its code does not tell: the fix is that of the reason. */
import { expect, test } from "vitest";
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
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  await database.reset();
  await database.exec(sql);
  const cwd = tempDir({ "in.csv": "id,s\n1,a\n" });
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

test("a row that a policy keeps out is no matter of grants", async () => {
  await database.exec("drop role if exists upsurge_policy; create role upsurge_policy");
  const { exitCode, stderr } = await load(
    "create table t (id int primary key, s text); alter table t enable row level security; grant all on t to upsurge_policy; grant usage on schema public to upsurge_policy",
    ["--table", "t", "--key", "id"],
    { PGOPTIONS: "-c role=upsurge_policy" },
  );
  await database.exec("drop owned by upsurge_policy; drop role upsurge_policy");

  expect(exitCode).toBe(2);
  expect(stderr).toContain("PLAN_PRIVILEGE");
  expect(stderr).toContain("fix:   create a policy under which this user may write the rows");
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
