/** What comes around a nested load into PostgreSQL: sequences that are moved, and privileges that are granted, for all levels. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const TABLES = `create table areas (code text primary key);
  insert into areas values ('a');
  create table customers (id serial primary key, email text not null unique, area text references areas);
  create table orders (k serial primary key, customer_id int references customers);
  create table lines (id serial primary key, order_k int not null references orders, n int not null, unique (order_k, n))`;
const NEST = `
customer: { table: customers, key: email, nest: { area: { table: areas, key: code, mode: find } } }
lines: { table: lines, key: [order_k, n] }`;

/** With ids of their own, and without. */
const RECORDS = [
  { k: 7, customer: { id: 20, email: "ann", area: { code: "a" } }, lines: [{ id: 31, n: 1 }] },
  { k: 8, customer: { email: "bob" }, lines: [{ n: 1 }] },
];

async function run(
  cwd: string,
  words: readonly string[],
  flags: readonly string[],
): Promise<RunResult> {
  const load = ["in.ndjson", "--table", "orders", "--key", "k", "--nest", NEST];
  return await runUpsurge([...words, ...load, ...flags], { cwd });
}

/** The sequences that a load has moved, or would move. */
function moved({ stdout }: RunResult): readonly (string | undefined)[] {
  const { steps = [] } = JSON.parse(stdout) as Report;
  return steps.map(({ sql }) => /'[^']*?\b(\w+_seq)/.exec(sql)?.[1]);
}

describe("postgres", () => {
  const database = useDatabase(postgres);
  const role = `loader_${randomBytes(4).toString("hex")}`;
  const start = async (): Promise<string> => {
    await database.reset();
    await database.exec(TABLES);
    const folder = tempDir();
    const lines = RECORDS.map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(join(folder, "in.ndjson"), lines.join(""));
    return folder;
  };
  beforeAll(async () => {
    await database.exec(`create role ${role} login password 'hunter2-hunter2'`);
  });
  afterAll(async () => {
    await database.exec(`drop owned by ${role}; drop role ${role}`);
  });

  test("--sync-sequences moves the sequences of every level that has ids of records", async () => {
    const cwd = await start();
    const into = ["--to", database.url, "--json", "--sync-sequences"];
    const rehearsed = await run(cwd, ["load"], [...into, "--dry-run"]);
    const loaded = await run(cwd, ["load"], into);

    expect(moved(loaded), loaded.stderr).toEqual([
      "orders_k_seq",
      "customers_id_seq",
      "lines_id_seq",
    ]);
    expect(moved(rehearsed)).toEqual(moved(loaded));
    await database.exec(
      "insert into orders default values; insert into customers (email) values ('c')",
    );
    expect(await database.rows("select max(k) from orders")).toEqual([["9"]]);
    expect(await database.rows("select id from customers where email = 'c'")).toEqual([["21"]]);
    expect(await database.rows("select nextval('lines_id_seq')")).toEqual([["32"]]);
  });

  test("ids that sequences will make again are told of, whatever the level", async () => {
    const cwd = await start();
    const { stdout } = await run(cwd, ["load"], ["--to", database.url, "--json"]);
    const { warnings } = JSON.parse(stdout) as Report;
    for (const name of ["orders_k_seq", "customers_id_seq", "lines_id_seq"])
      expect(warnings.join("\n")).toContain(name);
  });

  test("plan --grants prints what a user needs for all levels", async () => {
    const cwd = await start();
    const as = new URL(database.url);
    as.username = role;
    as.password = "hunter2-hunter2";
    const flags = ["--to", as.href, "--sync-sequences", "--job", "j", "--commit", "1"];
    expect((await run(cwd, ["load"], flags)).stderr).toContain("PLAN_PRIVILEGE");

    const { stdout, stderr } = await run(cwd, ["plan"], [...flags, "--grants"]);

    expect(stdout, stderr).toContain('on table "public"."lines" to ');
    expect(stdout).toContain('select, update on sequence "public"."customers_id_seq"');
    expect(stdout.match(/grant temporary/g)).toHaveLength(1);
    const ddl = await runUpsurge(["jobs", "--to", database.url, "--print-ddl"]);
    await database.exec(ddl.stdout);
    await database.exec(stdout);
    const loaded = await run(cwd, ["load"], flags);
    expect([loaded.exitCode, loaded.stderr]).toEqual([0, ""]);
    expect(await database.rows("select count(*) from lines")).toEqual([["2"]]);
  });
});
