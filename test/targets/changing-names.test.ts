/**
 * NDJSON whose records have changing sets of names: a name that a record lacks leaves its column alone, or takes its default,
 * however many records share a batch and however they are brought to the database.
 */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import { ValuesShell } from "../helpers/values-shell.ts";

const TABLE = `create table t (id int not null primary key, a varchar(20) default 'none', b int, c varchar(20),
  check (b < 1000))`;
const ALL = "select id, a, b, c from t order by id";

type Fields = Readonly<Record<string, string | number>>;

/** Whether a record has a name changes with its number, and so does their order. */
function recordAt(at: number, id: number): Fields {
  const a = at % 2 === 0 ? { a: `a${at}` } : {};
  const b = at % 3 === 0 ? { b: at } : {};
  const c = at % 5 < 2 ? { c: `c \u00e9 "${at}"` } : {};
  return at % 7 === 0 ? { ...c, id, ...b, ...a } : { id, ...a, ...b, ...c };
}

/** The rows that records make one after the other. */
function rowsOf(records: readonly Fields[]): string[] {
  const rows = new Map<unknown, Fields>();
  for (const record of records)
    rows.set(record["id"], { a: "none", ...rows.get(record["id"]), ...record });
  return [...rows.values()]
    .toSorted((x, y) => Number(x["id"]) - Number(y["id"]))
    .map((row) => ["id", "a", "b", "c"].map((name) => row[name] ?? "null").join("|"));
}

const inCapitals = (record: Fields): Fields =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toUpperCase(), value]));

const textOf = (records: readonly Fields[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("names of one length with one ending are told apart", async () => {
    const shell = new ValuesShell(database);
    await shell.start(
      "create table t (id int not null primary key, first_name varchar(9), other_name varchar(9))",
    );
    const records = Array.from({ length: 60 }, (_, id) => ({
      id,
      ...(id % 2 === 0 ? { first_name: `f${id}` } : {}),
      ...(id % 3 > 0 ? { other_name: `o${id}` } : {}),
    }));
    const { exit, stderr } = await shell.load(textOf(records), ["--key", "id"], "in.ndjson");
    expect(exit, stderr).toBe(0);
    expect(await shell.rows("select id, first_name, other_name from t order by id")).toEqual(
      records.map(({ id, first_name = "null", other_name = "null" }) =>
        [id, first_name, other_name].join("|"),
      ),
    );
  });

  for (const way of waysOf(engine, [7, 1000])) {
    const { strategy, rowSource, batchRows } = way;
    const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];

    test(`keys that come once: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      await shell.start(TABLE);
      const records = Array.from({ length: 120 }, (_, at) => recordAt(at, at));
      const { exit, report, stderr } = await shell.load(
        textOf(records),
        ["--key", "id", ...how],
        "in.ndjson",
      );
      expect(exit, stderr).toBe(0);
      expect(report.counts).toMatchObject({ read: 120, inserted: 120 });
      expect(await shell.rows(ALL)).toEqual(rowsOf(records));
    });

    test(`keys that come again, and a record that is refused: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      await shell.start(TABLE);
      const records = Array.from({ length: 120 }, (_, at) => recordAt(at, (at * 7) % 50));
      const bad = [...records.slice(0, 60), { id: 3, b: 5000 }, ...records.slice(60)];
      const { exit, report, stderr } = await shell.load(
        textOf(bad),
        ["--key", "id", "--max-rejects", "5", ...how],
        "in.ndjson",
      );
      expect(exit, stderr).toBe(3);
      expect(report.counts).toMatchObject({ read: 121, inserted: 50, rejected: 1 });
      expect(await shell.rows(ALL)).toEqual(rowsOf(records));
    });

    test(`names in another case, and a record with both: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      await shell.start(TABLE);
      const records = Array.from({ length: 120 }, (_, at) => recordAt(at, (at * 7) % 50));
      const spelled = records.map((record, at) => (at % 4 === 1 ? inCapitals(record) : record));
      const bad = [...spelled.slice(0, 60), { id: 3, ID: 4, b: 1 }, ...spelled.slice(60)];
      const { exit, report, stderr } = await shell.load(
        textOf(bad),
        ["--key", "id", "--max-rejects", "5", ...how],
        "in.ndjson",
      );
      expect(exit, stderr).toBe(3);
      expect(report.counts).toMatchObject({ read: 121, inserted: 50, rejected: 1 });
      expect(report.rejects).toMatchObject([{ code: "ROW_TWO_FIELDS", count: 1 }]);
      expect(await shell.rows(ALL)).toEqual(rowsOf(records));
    });
  }

  test("names that always come together are refused, and sources may differ in case", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const twice = await shell.load(`{"id":1,"ID":2}\n{"a":"x"}\n`, ["--key", "id"], "in.ndjson");
    expect([twice.exit, twice.report.error?.code]).toEqual([2, "PLAN_DUPLICATE_COLUMN"]);
    const array = await shell.load(
      `[{"id":1,"a":"x"},{"Id":2,"A":"y"}]`,
      ["--key", "id"],
      "in.json",
    );
    expect(array.exit, array.stderr).toBe(0);
    expect(await shell.rows("select id, a from t order by id")).toEqual(["1|x", "2|y"]);
  });
});
