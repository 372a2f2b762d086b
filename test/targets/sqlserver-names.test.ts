/** SQL Server: what a name of a table with a dot or brackets in it means. */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";

describe.each(ENGINES.filter(({ name }) => name === "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);

  beforeEach(async () => {
    await database.reset();
    await database.exec("create schema a");
    await database.exec(
      "create table a.t (in_schema int); create table [a.t] (whole int); create table a.u (only_in_schema int)",
    );
  });

  test.each([
    ["a.t", "whole"],
    ["a.u", "only_in_schema"],
    ["[a].[t]", "in_schema"],
    ["[a.t]", "whole"],
    ["dbo.a.t", "whole"],
  ])("%s is the table with the column %s", async (table, column) => {
    const { stdout, stderr } = await runUpsurge([
      "inspect",
      "--to",
      database.url,
      "--table",
      table,
    ]);

    expect(stdout, stderr).toMatch(new RegExp(`^ *${column} `, "m"));
  });

  test("a name that means none of them is no table", async () => {
    const words = ["inspect", "--to", database.url, "--table", "a.none"];

    expect((await runUpsurge(words)).exitCode).toBe(2);
  });
});
