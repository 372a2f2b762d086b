/** JSON as services give it: records inside of a document, values inside of objects, names written in other ways. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { ValuesShell } from "../helpers/values-shell.ts";

const TABLE =
  "create table t (id int not null primary key, name varchar(20), city varchar(20) default 'none', order_no varchar(20), check (id < 100))";
const ALL = "select id, name, city from t order by id";
const FLAGS = ["--key", "id", "--records", "/data/items", "--map", "address.city:city"];

const DOCUMENT = JSON.stringify(
  {
    total: 4,
    data: {
      cursor: [1, 2],
      items: [
        { id: 1, name: "a", address: { city: "Rome", zip: "1" } },
        { id: 2, name: "b", address: null },
        { id: 3, name: "c" },
        { id: 1, name: "d", address: { zip: "2" } },
        { id: 2, name: "e", address: { city: "Bonn" }, "address.city": "Oslo" },
      ],
    },
    done: true,
  },
  null,
  1,
);

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [2, 100])) {
    test(`records and values inside of others: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      const { strategy, rowSource, batchRows } = way;
      const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];
      await shell.start(TABLE, "insert into t (id, name, city) values (2, 'x', 'y')");

      const { exit, report, stderr } = await shell.load(DOCUMENT, [...FLAGS, ...how], "in.json");

      expect(exit, stderr).toBe(0);
      expect(report.counts).toMatchObject({ read: 5, inserted: 2, updated: 3 });
      expect(await shell.rows(ALL)).toEqual(["1|d|Rome", "2|e|Oslo", "3|c|none"]);
    });
  }

  // The translated server stores what PostgreSQL does.
  const storing = engine.name === "sqlserver" ? [] : waysOf(engine, [2]);
  test.each(storing.map((way) => [wayTitle(way), way] as const))(
    "U+0000 is stored where the database can, in JSON as in CSV: %s",
    async (_, { strategy, rowSource, batchRows }) => {
      const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];
      const flags = ["--key", "id", "--max-rejects", "9", ...how];
      const stores = engine.name === "sqlite";
      const ndjson = String.raw`{"id":1,"name":"a\u0000b"}{"id":2,"name":"c","city":"d\u0000"}{"id":3,"name":{"x":"\u0000"}}`;
      const sources = {
        "in.csv": 'id,name,city\n1,a\0b,none\n2,c,d\0\n3,"{""x"":""\\u0000""}",none\n',
        "in.ndjson": ndjson.replaceAll("}{", "}\n{"),
        "in.json": `[${ndjson.replaceAll("}{", "},{")}]`,
      };
      for (const [file, text] of Object.entries(sources)) {
        const shell = new ValuesShell(database);
        await shell.start(TABLE);

        const { exit, report, stderr } = await shell.load(text, flags, file);

        expect([exit, report.rejects[0]?.code], stderr).toEqual(
          stores ? [0, undefined] : [3, "ROW_NUL"],
        );
        const inner = String.raw`3|{"x":"\u0000"}|none`;
        expect(await shell.rows(ALL)).toEqual(stores ? ["1|a\0b|none", "2|c|d\0", inner] : [inner]);
      }
    },
  );

  paths(database);
  names(database);

  test("a job goes on inside of the document", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const items = Array.from({ length: 30 }, (_, at) => ({ id: at === 20 ? 999 : at, name: "n" }));
    const text = JSON.stringify({ data: { items, next: null } });
    const job = [
      "--key",
      "id",
      "--records",
      "/data/items",
      "--commit",
      "4",
      "--job",
      "j",
      "-b",
      "4",
    ];

    const begun = await shell.load(text, job, "in.json");
    const ended = await shell.load(text, [...job, "--max-rejects", "1"], "in.json");

    expect([begun.exit, ended.exit], ended.stderr).toEqual([4, 3]);
    expect(ended.report.counts).toMatchObject({ read: 30, inserted: 29, rejected: 1 });
    expect(shell.file("in.json.rejects.json")).toBe('[{"id":999,"name":"n"}]');
    const other = await shell.load(
      text,
      [...job.slice(0, 2), "--records", "/data", ...job.slice(4)],
      "in.json",
    );
    expect(other.exit).not.toBe(0);
  });

  test("the error names the flag with the pointer, also for a stream", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const refused = await shell.load(DOCUMENT, ["--key", "id"], "in.json");
    const piped = await shell.run(["-", "--key", "id"], '{"data":{"items":[{"id":1}]}}');
    const loaded = await shell.run(["-", ...FLAGS], DOCUMENT);

    expect(refused.report.error).toMatchObject({
      code: "PLAN_NO_KNOWN_FIELD",
      fix: expect.stringContaining("pass --records /data/items, whose elements") as string,
    });
    expect(piped.report.error?.fix).toContain("pass --format json --records /data/items, whose");
    expect(loaded.exit, loaded.stderr).toBe(0);
  });
});

function paths(database: TestDatabase): void {
  test("a value on the way that is no object is rejected, and nothing of it is lost", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const lines =
      '{"id":1,"address":"Rome"}\n{"id":2,"address":["Rome"]}\n{"id":3,"address":{"city":"Bonn"}}\n';
    const flags = ["--key", "id", "--map", "address.city:city", "--max-rejects", "2"];

    const { exit, report, stderr } = await shell.load(lines, flags, "in.ndjson");

    expect([exit, report.counts.inserted], stderr).toEqual([3, 1]);
    expect(report.rejects).toEqual([
      expect.objectContaining({
        code: "ROW_PATH",
        count: 2,
        fix: "write it as an object or as null",
      }),
    ]);
    expect(shell.file("in.ndjson.rejects.ndjson")).toBe(
      lines.split("\n").slice(0, 2).join("\n") + "\n",
    );
  });

  test("a parent that has a column fills it as well, and a path that no record has is told", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const line = '{"id":1,"name":{"a":{"b":"x"}}}\n';

    const ran = await shell.load(
      line,
      ["--key", "id", "--map", "name.a.b:city", "--map", "name.c:order_no"],
      "in.ndjson",
    );

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select name, city, order_no from t")).toEqual([
      '{"a":{"b":"x"}}|x|null',
    ]);
    expect(ran.report.warnings.join("\n")).toContain(
      "no record had the field 'name.c', which --map",
    );
  });

  test("a parent gives way where its column is filled by what is taken out of it", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const lines = '{"id":1,"name":{"first":"x"}}\n{"id":2,"name":null}\n';

    const ran = await shell.load(lines, ["--key", "id", "--map", "name.first:name"], "in.ndjson");

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select id, name from t order by id")).toEqual(["1|x", "2|null"]);
  });

  test("in a CSV a name with a dot is a name", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const ran = await shell.load("id,address.city\n1,Rome\n", [
      "--key",
      "id",
      "--map",
      "address.city:city",
    ]);

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select city from t")).toEqual(["Rome"]);
  });
}

function names(database: TestDatabase): void {
  test("names match loosely on request, where one column is meant", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const text = "ID,Order No.\n1,A-1\n";
    const key = ["--key", "id"];

    const exact = await shell.load(text, key);
    const said = await shell.load(text, [...key, "--match-names", "exact"]);
    const loose = await shell.load(text, [...key, "--match-names", "loose"]);
    const json = await shell.load(
      '{"Id":2,"order-no":"A-2"}\n',
      [...key, "--match-names", "loose"],
      "in.ndjson",
    );

    expect([exact.exit, exact.report.error?.code]).toEqual([2, "PLAN_UNKNOWN_FIELD"]);
    expect(said.report.error).toEqual(exact.report.error);
    expect([loose.exit, json.exit], loose.stderr + json.stderr).toEqual([0, 0]);
    expect(await shell.rows("select id, order_no from t order by id")).toEqual(["1|A-1", "2|A-2"]);
  });

  test("where several columns are alike the very name wins, and any other is an error that lists them", async () => {
    const shell = new ValuesShell(database);
    await shell.start("create table t (id int not null primary key, a_b int, ab int)");
    const flags = ["--key", "id", "--match-names", "loose"];

    const exact = await shell.load("id,a_b,ab\n1,2,3\n", flags);
    const unclear = await shell.load("id,a b\n1,2\n", flags);

    expect(exact.exit, exact.stderr).toBe(0);
    expect(unclear.report.error).toMatchObject({
      code: "PLAN_AMBIGUOUS_FIELD",
      fix: "say which: --map 'a b:COLUMN'",
    });
  });

  test("two fields that are alike do not fill one column in silence", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const ran = await shell.load("id,order_no,Order No\n1,a,b\n", [
      "--key",
      "id",
      "--match-names",
      "loose",
    ]);

    expect(ran.report.error?.code).toBe("PLAN_DUPLICATE_COLUMN");
  });

  test("--alter adds no column for a field that has one loosely", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const flags = ["--key", "id", "--alter", "--match-names", "loose"];

    const ran = await shell.load("id,Order No,more\n1,a,b\n", flags);

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select order_no, more from t")).toEqual(["a|b"]);
  });

  test("--create makes no column of what a dotted name is taken out of", async () => {
    const shell = new ValuesShell(database);
    await shell.start();
    const flags = ["--key", "id", "--create", "--map", "address.city:city"];

    const ran = await shell.load('{"id":1,"address":{"city":"Rome"}}\n', flags, "in.ndjson");

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select * from t")).toEqual(["1|Rome"]);
  });
}
