/** `--create` of fields that share a column: names that records spell differently, and fields that `--map` puts together. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const shellOf = async (): Promise<JobShell> => {
    await database.reset();
    return new JobShell(engine, database);
  };

  test("records that spell a name in another case fill one column, of a type for all of them", async () => {
    const shell = await shellOf();
    shell.write("in.ndjson", '{"id":1,"n":5}\n{"ID":2,"N":"x"}\n{"id":3}\n');
    const first = await shell.bare(["in.ndjson", "--create", "--key", "id"]);

    expect([first.exit, first.report.counts.inserted], first.stderr).toEqual([0, 3]);
    expect(await database.rows("select id, n from t order by id")).toEqual([
      ["1", "5"],
      ["2", "x"],
      ["3", null],
    ]);
    const again = await shell.bare(["in.ndjson", "--create", "--key", "id"]);
    expect(again.report.counts, again.stderr).toMatchObject({ unchanged: 2, ignored: 1 });

    await database.reset();
    shell.write("a.csv", "id,n\n1,5\n");
    shell.write("b.csv", "ID,N\n2,x\n");
    const files = await shell.bare(["a.csv", "b.csv", "--create", "--key", "id"]);
    expect([files.exit, files.report.counts.inserted], files.stderr).toEqual([0, 2]);
  });

  test("a record with both spellings is a reject, where others have one of them", async () => {
    const shell = await shellOf();
    shell.write("in.ndjson", '{"id":1}\n{"ID":2}\n{"id":3,"ID":4}\n');
    const { exit, report, stderr } = await shell.bare([
      "in.ndjson",
      "--create",
      "--key",
      "id",
      "--max-rejects",
      "1",
    ]);

    expect([exit, report.counts.inserted, report.counts.rejected], stderr).toEqual([3, 2, 1]);
    expect(report.rejects).toMatchObject([{ code: "ROW_TWO_FIELDS", count: 1 }]);
  });

  test("the type of a column that several fields fill keeps the values of all", async () => {
    const shell = await shellOf();
    shell.write("a.csv", "id,n\n1,5\n");
    shell.write("b.csv", "id,m\n2,x\n");
    const { exit, stderr } = await shell.bare(["a.csv", "b.csv", "--create", "--map", "m:n"]);

    expect(exit, stderr).toBe(0);
    expect(await database.rows("select id, n from t order by id")).toEqual([
      ["1", "5"],
      ["2", "x"],
    ]);
  });
});
