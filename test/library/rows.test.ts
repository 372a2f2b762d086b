/** Rows as objects: values kept as they are, rejects by their index, on every target. */
import { Readable } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import { load } from "../../src/index.ts";
import type { LoadOptions, LoadSource } from "../../src/index.ts";
import { tableEngines, useDatabase } from "../helpers/engines.ts";

async function* manyRows() {
  for (let id = 0; id < 5000; id += 1) yield await Promise.resolve({ id, s: `row ${id}` });
}

describe.each(tableEngines())("rows into $title", (engine) => {
  const database = useDatabase(engine);
  const text = engine.name === "sqlserver" ? "nvarchar(200)" : "text";
  const id = engine.name === "sqlite" ? "integer" : "bigint";
  beforeEach(async () => {
    await database.reset();
    await database.exec(
      `create table t (id ${id} primary key, n numeric(30, 5), s ${text} default 'd')`,
    );
  });
  const into = (options: Partial<LoadOptions> = {}): LoadOptions => ({
    to: database.url,
    table: "t",
    ...options,
  });
  const rows = () => database.rows("select id, n, s from t order by id");

  test("keep their values, digit by digit", async () => {
    const many = [
      { id: 9007199254740993n, n: 12345.5, s: new Date(0) },
      { id: -1, n: null, s: { a: [1n, "x", undefined] } },
      { id: 2, n: undefined },
    ];
    const report = await load(many, into({ key: "id" }));

    expect(report).toMatchObject({ status: "ok", counts: { read: 3, inserted: 3 } });
    const found = await rows();
    expect(found.map(([id, , s]) => [id, s])).toEqual([
      ["-1", '{"a":[1,"x",null]}'],
      ["2", "d"],
      ["9007199254740993", "1970-01-01T00:00:00.000Z"],
    ]);
    expect(found.map(([, n]) => (n === null ? null : Number(n)))).toEqual([null, null, 12345.5]);
  });

  test.each([0, 3])("that stop to come after %i of them, end with an abort", async (count) => {
    const stop = new AbortController();
    async function* stuck() {
      for (let id = 0; id < count; id += 1) yield await Promise.resolve({ id });
      stop.abort();
      await new Promise(() => {});
    }
    const report = await load(stuck(), into({ signal: stop.signal }));

    expect(report).toMatchObject({ status: "interrupted", counts: { inserted: 0 } });
    expect(await rows()).toEqual([]);
  });

  test("are not asked for where the signal was aborted before", async () => {
    let asked = 0;
    async function* counted() {
      asked += 1;
      yield await Promise.resolve({ id: 1 });
    }
    const report = await load(counted(), into({ signal: AbortSignal.abort() }));

    expect([report.status, asked]).toEqual(["interrupted", 0]);
  });

  test("go by the primary key, as it is asked for or taken", async () => {
    const first = await load([{ id: 1, s: "a" }], into({ key: "primary" }));
    const second = await load([{ id: 1, s: "b" }], into({ key: ["primary"] }));
    const third = await load([{ id: 1, s: "c" }], into({ mode: "update" }));

    expect([first, second, third]).toMatchObject([
      { counts: { inserted: 1 }, key: { columns: ["id"], origin: "primary" } },
      { counts: { updated: 1 }, key: { columns: ["id"], origin: "primary" } },
      { counts: { updated: 1 }, key: { columns: ["id"], origin: "default" } },
    ]);
    expect((await rows()).map(([, , s]) => s)).toEqual(["c"]);
  });

  test("come from generators and streams of objects, a row at a time", async () => {
    const first = await load(manyRows(), into({ key: ["id"] }));
    const second = await load(Readable.from([{ id: 1, s: "changed" }]), into({ key: "id" }));

    expect([first.counts.inserted, second.counts.updated]).toEqual([5000, 1]);
    expect((await load([], into({ key: "id" }))).counts.read).toBe(0);
  });
});

describe.each(tableEngines())("rows that are refused by $title", (engine) => {
  const database = useDatabase(engine);
  const text = engine.name === "sqlserver" ? "nvarchar(200)" : "text";
  const id = engine.name === "sqlite" ? "integer" : "bigint";
  beforeEach(async () => {
    await database.reset();
    await database.exec(
      `create table t (id ${id} primary key, n numeric(30, 5), s ${text} default 'd')`,
    );
  });
  const into = (options: Partial<LoadOptions> = {}): LoadOptions => ({
    to: database.url,
    table: "t",
    ...options,
  });
  const rows = () => database.rows("select id, n, s from t order by id");

  test("are rejected by their index", async () => {
    const told: (readonly [number, string, string | null])[] = [];
    const report = await load([{ id: 1 }, { id: "x" }, { id: null }], {
      ...into({ key: "id", mode: "upsert", maxRejects: "50" }),
      onReject: ({ index, code, text: as }) => told.push([index, code, as]),
    });

    expect(report).toMatchObject({
      status: "rejects",
      exit: 3,
      counts: { inserted: 1, rejected: 2 },
    });
    expect(told).toEqual([
      [1, expect.stringMatching(/^ROW_/), '{"id":"x"}'],
      [2, "ROW_NULL_KEY", '{"id":null}'],
    ]);
  });

  test("that are none stop the load, and nothing is kept", async () => {
    const circle: { id: number; self?: unknown } = { id: 2 };
    circle.self = circle;
    for (const bad of [
      5,
      [1],
      () => 1,
      circle,
      { id: 3, s: Symbol("x") },
      { id: 4, s: new Date(NaN) },
    ]) {
      const report = await load([{ id: 1 }, bad] as LoadSource, into({ key: "id" }));
      expect(report.error).toMatchObject({ code: "SOURCE_UNREADABLE" });
      expect(report.error?.cause).toContain("row 1, counted from 0");
    }
    expect(await rows()).toEqual([]);
  });

  test("bytes are bytes where the target has a text for them", async () => {
    if (engine.name === "sqlite") {
      const report = await load([{ id: 1, s: Buffer.from("x") }], into({ key: "id" }));
      expect(report.error?.cause).toContain("holds bytes, which this target cannot take");
      return;
    }
    const type = engine.name === "postgres" ? "bytea" : "varbinary(20)";
    await database.exec(`create table b (id int primary key, v ${type})`);
    await load(
      [
        { id: 1, v: Buffer.from([0, 255, 39]) },
        { id: 2, v: new Uint8Array([1, 2]) },
      ],
      { to: database.url, table: "b", key: "id" },
    );
    const hex =
      engine.name === "postgres" ? "encode(v, 'hex')" : "lower(convert(varchar(40), v, 2))";

    expect(await database.rows(`select id, ${hex} from b order by id`)).toEqual([
      ["1", "00ff27"],
      ["2", "0102"],
    ]);
  });

  test("an abort undoes what is not committed", async () => {
    const stop = new AbortController();
    async function* endless() {
      for (let id = 0; ; id += 1) {
        if (id === 50_000) stop.abort();
        yield await Promise.resolve({ id });
      }
    }
    const report = await load(endless(), into({ key: "id", signal: stop.signal }));

    expect(report.status).toBe("interrupted");
    expect(await rows()).toEqual([]);
  });
});
