/** `--create` where a server has schemas, users and other objects of the same name. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("on $title", (postgres) => {
  const database = useDatabase(postgres);

  async function open(): Promise<JobShell> {
    await database.reset();
    const shell = new JobShell(postgres, database);
    shell.write("in.csv", "id,n\n1,2\n");
    return shell;
  }

  test("a schema that is not there is named, with the statement that makes it", async () => {
    const shell = await open();
    const create = [
      "in.csv",
      "--to",
      database.url,
      "--table",
      "sales.orders",
      "--create",
      "--json",
    ];

    const refused = await shell.run(create);
    const statement = /create schema "sales"/.exec(refused.fix)?.[0] ?? "";
    await database.exec(statement);
    const loaded = await shell.run(create);

    expect([refused.exit, refused.code]).toEqual([2, "PLAN_NO_SCHEMA"]);
    expect([loaded.exit, loaded.report.table], loaded.stderr).toEqual([0, "sales.orders"]);
    await database.exec("drop schema sales cascade");
  });

  test("a name in quotes may hold a dot", async () => {
    const shell = await open();
    const create = [
      "in.csv",
      "--to",
      database.url,
      "--table",
      '"a.b"',
      "--create",
      "--key",
      "id",
      "--json",
    ];

    await shell.run(create);
    const { exit, report } = await shell.run(create);

    expect([exit, report.table, report.counts.unchanged]).toEqual([0, "public.a.b", 1]);
    await database.exec('drop table "a.b"');
  });

  test("something else of that name is said, and not tried for ever", async () => {
    const shell = await open();
    await database.exec("create sequence t");

    const { exit, code, cause } = await shell.bare(["in.csv", "--create"]);

    expect([exit, code, cause]).toEqual([2, "PLAN_DDL", 'relation "t" already exists']);
    await database.exec("drop sequence t");
  });

  test("a user who may not make tables is told what to grant", async () => {
    const shell = await open();
    await database.exec("drop role if exists maker; create role maker login password 'pw'");
    const url = new URL(database.url);
    url.username = "maker";
    url.password = "pw";
    const create = ["in.csv", "--to", url.href, "--table", "t", "--create", "--json"];

    const refused = await shell.run(create);
    const grant = /grant [^;]+;/.exec(refused.fix)?.[0] ?? "";
    await database.exec(grant);
    const loaded = await shell.run(create);

    expect([refused.exit, refused.code], refused.stderr).toEqual([2, "PLAN_PRIVILEGE"]);
    expect([loaded.exit, loaded.report.counts.inserted], loaded.stderr).toEqual([0, 1]);
    await database.exec("drop owned by maker cascade; drop role maker");
  });

  test("a new table is loaded by COPY, and jsonb keeps long numbers", async () => {
    const shell = await open();
    shell.write("in.ndjson", '{"id":1,"doc":{"n":12345678901234567890.123}}\n{"id":2,"doc":"x"}\n');

    const { exit, stderr } = await shell.bare(["in.ndjson", "--create", "--key", "id"]);

    expect(exit, stderr).toBe(0);
    expect(await database.rows("select doc::text from t order by id")).toEqual([
      ['{"n": 12345678901234567890.123}'],
      ['"x"'],
    ]);
  });
});
