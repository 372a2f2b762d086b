/** Rows with options that ask for more than writing them: a table that is made or emptied, rejects in a file. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { load } from "../../src/index.ts";
import type { LoadOptions } from "../../src/index.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upsurge-library-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(ENGINES)("rows into $title", (engine) => {
  const database = useDatabase(engine);
  const id = engine.name === "sqlite" ? "integer" : "bigint";
  beforeEach(async () => {
    await database.reset();
    await database.exec(`create table t (id ${id} primary key, n numeric(30, 5))`);
  });
  const into = (options: Partial<LoadOptions> = {}): LoadOptions => ({
    to: database.url,
    table: "t",
    ...options,
  });

  test("make their table with create, and its columns with alter", async () => {
    const to = { table: "made" };
    const made = await load([{ id: 1n, name: "Ada" }], into({ ...to, create: true, key: ["id"] }));
    const more = await load(
      [{ id: 2, name: "Alan", note: "x" }],
      into({ ...to, alter: true, key: "id" }),
    );

    expect([made.ddl, more.ddl]).toEqual([
      [expect.stringMatching(/^create table /)],
      [expect.stringMatching(/^alter table .* add .*note/)],
    ]);
    expect(await database.rows("select id, name, note from made order by id")).toEqual([
      ["1", "Ada", null],
      ["2", "Alan", "x"],
    ]);
  });

  test("with bytes need the type of a column that may be created", async () => {
    if (engine.name === "sqlite") return;
    const type = engine.name === "postgres" ? "v:bytea" : "v:varbinary(max)";
    const rows = [{ id: 1, v: Buffer.from([0, 255]) }];
    const options = into({ table: "made", create: true, key: "id" });
    const refused = await load(rows, options);
    expect([refused.error?.code, refused.error?.cause]).toEqual([
      "SOURCE_UNREADABLE",
      expect.stringContaining('v holds bytes, and the load may create its column; say type: ["v:'),
    ]);

    const made = await load(rows, { ...options, type: [type] });
    const again = await load(rows, { ...options, type: [type] });
    expect([made.counts.inserted, again.counts.unchanged]).toEqual([1, 1]);
  });

  test("take the place of those that are there, between SQL of the caller's", async () => {
    await load([{ id: 1 }, { id: 2 }], into({ key: "id" }));
    const report = await load([{ id: 3 }, { id: 4 }], {
      ...into({ mode: "insert", truncate: true }),
      before: ["update t set n = 1"],
      after: ["delete from t where id = 4"],
    });

    const steps = new Set(report.steps?.map(({ step }) => step));
    expect([report.status, [...steps]]).toEqual(["ok", ["--before", "--truncate", "--after"]]);
    expect(await database.rows("select id from t")).toEqual([["3"]]);
  });

  test("are written to a file only where one is named", async () => {
    const bad = [{ id: 1 }, { id: "x" }];
    const rejectFile = join(folder, `${engine.name}.rejects`);
    const none = await load(bad, into({ key: "id", maxRejects: 5 }));
    const named = await load(bad, into({ key: "id", maxRejects: 5, rejectFile }));

    expect([none.counts.rejected, none.rejectFile]).toEqual([1, null]);
    expect(existsSync("stdin.rejects.ndjson")).toBe(false);
    expect([named.counts.rejected, named.rejectFile]).toEqual([1, rejectFile]);
    expect(readFileSync(rejectFile, "utf8")).toBe('{"id":"x"}\n');
  });
});
