/** `deleteMissing` in the library: rows of the caller's are whole when they end, bytes of a stream are not. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, expect, test } from "vitest";
import { load } from "../../src/index.ts";
import type { LoadOptions } from "../../src/index.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { openSource } from "../../src/sources/open-source.ts";
import { readOptions } from "../../src/sources/read-options.ts";
import { optionsOf } from "../helpers/options.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const sqlite = ENGINES.find(({ name }) => name === "sqlite") as Engine;
const database = useDatabase(sqlite);
const into = (more: Partial<LoadOptions> = {}): LoadOptions => ({
  to: database.url,
  table: "t",
  key: "id",
  deleteMissing: true,
  ...more,
});
const ids = (): Promise<(string | null)[][]> => database.rows("select id from t order by id");

async function* failing() {
  yield await Promise.resolve({ id: 1 });
  throw new Error("the other side is gone");
}

function bytes(): Readable {
  return Readable.from([Buffer.from("id,n\n1,1\n2,2\n")], { objectMode: false });
}

beforeEach(async () => {
  await database.reset();
  await database.exec("create table t (id int primary key, n int)");
  await database.exec("insert into t values (1, 1), (2, 2), (3, 3), (4, 4)");
});

test("rows that have ended are whole", async () => {
  const report = await load([{ id: 1 }, { id: 4, n: 5 }, { id: 6 }], into());
  expect(report).toMatchObject({ status: "ok", counts: { removed: 2, inserted: 1, updated: 1 } });
  expect(report.deletes).toMatchObject({ scope: 4, missing: 2 });
  expect(await ids()).toEqual([["1"], ["4"], ["6"]]);
});

test("rows that fail on the way take nothing away", async () => {
  const report = await load(failing(), into()).catch(() => null);
  expect(report?.status ?? "failed").toBe("failed");
  expect(await ids()).toEqual([["1"], ["2"], ["3"], ["4"]]);
});

test("a stream of bytes must be vouched for", async () => {
  const refused = await load(bytes(), into({ format: "csv" }));
  expect(refused.error?.code).toBe("OPTION_MISSING");
  expect(await ids()).toHaveLength(4);
  const report = await load(bytes(), into({ format: "csv", expectRows: 2 }));
  expect(report.counts.removed).toBe(2);
});

test("a file that grows while it is read is refused", async () => {
  const path = join(tempDir({ "in.csv": "id,n\n1,1\n2,2\n" }), "in.csv");
  const source = await openSource(path, readOptions(optionsOf({ deleteMissing: true })));
  appendFileSync(path, "3,3\n");
  const read = async (): Promise<void> => {
    for await (const chunk of source.chunks()) expect(chunk.records.length).toBeGreaterThan(0);
  };
  const found = await read().catch((error: unknown) => error);
  expect(found).toMatchObject({ code: "SOURCE_INCOMPLETE", where: "--delete-missing" });
});
