/** Rejects of PostgreSQL: what a reject tells comes from one fault, types of extensions included; a fault of the server is none. */
import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINES, useDatabase, waysOf } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;

interface Told {
  readonly record: number;
  readonly code: string;
  readonly dbCode: string | null;
  readonly column: string | null;
  readonly constraint: string | null;
  readonly message: string;
}

interface Result {
  readonly exit: number;
  readonly rejects: readonly Told[];
  readonly stderr: string;
}

const WAYS = waysOf(postgres, [1, 1000]);

/** What a reject tells but for its message. */
function place({ record, code, dbCode, column, constraint }: Told): unknown[] {
  return [record, code, dbCode, column, constraint];
}

const database = useDatabase(postgres);

async function load(content: string, flags: readonly string[], way: Way): Promise<Result> {
  const name = content.startsWith("{") ? "in.ndjson" : "in.csv";
  const folder = tempDir({ [name]: content });
  const rejectFile = join(folder, "rejected");
  const ways = ["--strategy", way.strategy, "--row-source", way.rowSource];
  const into = ["--to", database.url, "--table", "t", "--batch-rows", String(way.batchRows)];
  const allowed = ["--max-rejects", "100", "--reject-file", rejectFile];
  const args = [join(folder, name), ...into, ...allowed, ...ways, ...flags];
  const { exitCode, stderr } = await runUpsurge(args);
  const lines =
    exitCode === 3 ? readFileSync(`${rejectFile}.jsonl`, "utf8").trimEnd().split("\n") : [];
  return { exit: exitCode, rejects: lines.map((line) => JSON.parse(line) as Told), stderr };
}

const TYPES = `
    create extension hstore; create extension ltree; create extension cube; create extension isn;
    create domain positive as int check (value > 0); create domain named as text not null;
    create table p (k int primary key); insert into p values (1);
    create table t (id int primary key, d date, n int, h hstore, l ltree, q jsonpath, s tsquery, c cube, i isbn,
      r regclass, a int[], v varchar(3), w positive, z named default 'z', u text unique, f int references p,
      x int check (x < 10));`;

const BAD = [
  [{ d: "x", n: "y" }, ["ROW_TYPE", "22007", "d", ""], 'invalid input syntax for type date: "x"'],
  [
    { n: "y", d: "2024-01-01" },
    ["ROW_TYPE", "22P02", "n", ""],
    'invalid input syntax for type integer: "y"',
  ],
  [
    { h: '"a"' },
    ["ROW_TYPE", "42601", "h", ""],
    "syntax error in hstore: unexpected end of string",
  ],
  [{ l: "a..b" }, ["ROW_TYPE", "42601", "l", ""], "ltree syntax error at character 3"],
  [{ q: "$." }, ["ROW_TYPE", "42601", "q", ""], "syntax error at end of jsonpath input"],
  [{ s: "a &" }, ["ROW_TYPE", "42601", "s", ""], 'no operand in tsquery: "a &"'],
  [
    { c: "(1" },
    ["ROW_TYPE", "22P02", "c", ""],
    "invalid input syntax for cube: syntax error at end of input",
  ],
  [{ i: "xx" }, ["ROW_TYPE", "22P02", "i", ""], 'invalid input syntax for ISBN number: "xx"'],
  [{ r: "nosuch" }, ["ROW_TYPE", "42P01", "r", ""], 'relation "nosuch" does not exist'],
  [
    { a: "{1" },
    ["ROW_TYPE", "22P02", "a", ""],
    'malformed array literal: "{1": Unexpected end of input',
  ],
  [{ v: "abcd" }, ["ROW_LENGTH", "22001", "v", ""], "value too long for type character varying(3)"],
  [
    { w: "0" },
    ["ROW_CHECK", "23514", "w", "positive_check"],
    'value for domain positive violates check constraint "positive_check"',
  ],
  [{ z: null }, ["ROW_NOT_NULL", "23502", "z", ""], "domain named does not allow null values"],
  [
    { u: "one" },
    ["ROW_UNIQUE", "23505", "", "t_u_key"],
    'duplicate key value violates unique constraint "t_u_key": Key (u)=(one) already exists',
  ],
  [
    { f: "7" },
    ["ROW_FOREIGN_KEY", "23503", "", "t_f_fkey"],
    'insert or update on table "t" violates foreign key constraint "t_f_fkey": Key (f)=(7) is not present in table "p"',
  ],
] as const;

describe("what a reject tells", () => {
  test.each(WAYS)(
    "a reject's code, column and message are of one fault: $strategy / $rowSource / $batchRows",
    async (way) => {
      await database.reset();
      await database.exec(TYPES);
      const records = [
        { id: "0", u: "one", h: "a=>1", l: "a.b" },
        ...BAD.map(([fields], at) => ({ id: String(at + 1), ...fields })),
      ];
      const input = records.map((record) => `${JSON.stringify(record)}\n`).join("");

      const { rejects, stderr } = await load(input, ["--key", "id"], way);

      expect(rejects.map(place), stderr).toEqual(
        BAD.map(([, told], at) => [at + 2, ...told.map((each) => (each === "" ? null : each))]),
      );
      expect(rejects.map(({ message }) => message)).toEqual(BAD.map(([, , message]) => message));
      expect(await database.rows("select id, h, l from t")).toEqual([["0", '"a"=>"1"', "a.b"]]);
    },
  );

  // A refusal in an index is met while the row is written, so what is in the table comes into it.
  test.each(WAYS)(
    "is what was wrong where its row stood, whatever came after it: $strategy / $rowSource / $batchRows",
    async (way) => {
      await database.reset();
      await database.exec(`
        create table t (id int primary key, low int, high int, u int unique);
        create index on t (int4range(low, high)); create index on t ((12 / high))`);
      const records = ["1,7,5,1", "2,0,0,2", "3,1,2,3", "1,1,2,4", "4,1,2,2", "2,1,3,5"];

      const { rejects } = await load(
        `id,low,high,u\n${records.join("\n")}\n`,
        ["--mode", "insert"],
        way,
      );

      expect(rejects.map(place)).toEqual([
        [1, "ROW_TYPE", "22000", null, null],
        [2, "ROW_TYPE", "22012", null, null],
      ]);
      expect(await database.rows("select id, u from t order by id")).toEqual([
        ["1", "4"],
        ["2", "5"],
        ["3", "3"],
        ["4", "2"],
      ]);
    },
  );

  test("a message shows neither a whole row nor a long value", async () => {
    await database.reset();
    await database.exec(
      "create table t (id int, secret text, x int check (x < 10), u text unique);",
    );
    const long = "y".repeat(500);
    const [way] = WAYS;
    if (way === undefined) throw new Error("there is no way to load");

    const { rejects } = await load(
      `id,secret,x,u\n1,hush,10,a\n2,hush,1,${long}\n3,hush,1,${long}\n`,
      [],
      way,
    );

    expect(
      rejects.map(({ record, message }) => [
        record,
        message.includes("hush"),
        message.length < 420,
      ]),
    ).toEqual([
      [1, false, true],
      [3, false, true],
    ]);
    expect(rejects[1]?.message).toMatch(/: Key \(u\)=\(y+…$/);
  });

  test("a NULL that a record does not carry is not taken for its fault", async () => {
    await database.reset();
    await database.exec(
      `create domain named as text not null; create table t (id int primary key, z named default 'z', d date);`,
    );
    for (const way of WAYS) {
      await database.exec("truncate t");
      const input = '{"id":1,"z":"a"}\n{"id":2,"d":"x"}\n{"id":3}\n';

      const { rejects } = await load(input, ["--key", "id"], way);

      expect(rejects.map(place)).toEqual([[2, "ROW_TYPE", "22007", "d", null]]);
      expect(await database.rows("select id, z from t order by 1")).toEqual([
        ["1", "a"],
        ["3", "z"],
      ]);
    }
  });
});

describe("a fault of a value, or of the server", () => {
  test.each(WAYS)(
    "a type's internal error is a reject where the value alone fails: $strategy / $rowSource / $batchRows",
    async (way) => {
      await database.reset();
      await database.exec(`
      create function sound(v text) returns boolean language plpgsql as $$
        begin if v = 'bad' then raise exception 'no such thing' using errcode = 'XX000'; end if; return true; end $$;
      create domain odd as text check (sound(value));
      create table t (id int primary key, o odd);`);

      const { exit, rejects, stderr } = await load(
        "id,o\n1,good\n2,bad\n3,good\n",
        ["--key", "id"],
        way,
      );

      expect([exit, rejects.map(place)], stderr).toEqual([
        3,
        [[2, "ROW_TYPE", "XX000", "o", null]],
      ]);
      expect(await database.rows("select id from t order by 1")).toEqual([["1"], ["3"]]);
    },
  );

  test.each(["staged", "arrays", "values"])(
    "a large batch around a reject is written in parts, in the order of the file: %s",
    async (rowSource) => {
      await database.reset();
      await database.exec("create table t (id int primary key, n int)");
      const lines = Array.from({ length: 2500 }, (_, at) => `${at},${at === 1700 ? "x" : 1}\n`);
      const input = `id,n\n${lines.join("")}7,2\n2400,2\n`;
      const way = { strategy: "native", rowSource, batchRows: 5000 };

      const { rejects, stderr } = await load(input, ["--key", "id"], way);

      expect(rejects.map(place), stderr).toEqual([[1701, "ROW_TYPE", "22P02", "n", null]]);
      const found = "select id, n from t where n <> 1 order by id";
      expect(await database.rows(found)).toEqual([
        ["7", "2"],
        ["2400", "2"],
      ]);
      expect(await database.rows("select count(*) from t")).toEqual([["2499"]]);
    },
  );

  // What the server says of a statement in a trigger; a RAISE there would be the row's.
  test.each([
    ["42P01", "perform 1 from nowhere;"],
    ["0A000", "perform count(*) from t for update;"],
    ["58P01", "perform pg_read_file('nowhere');"],
  ])("%s that no value causes by itself stops the load", async (state, statement) => {
    for (const way of WAYS) {
      await database.reset();
      await database.exec(`
        create table t (id int primary key, h text);
        create function ill() returns trigger language plpgsql as $$
          begin if new.id = 2 then ${statement} end if; return new; end $$;
        create trigger ill before insert on t for each row execute function ill();`);

      const { exit, stderr } = await load("id,h\n1,x\n2,y\n3,z\n", ["--key", "id"], way);

      expect([exit, stderr]).toEqual([
        4,
        expect.stringMatching(new RegExp(`^cause: .*\\(${state}\\)$`, "m")),
      ]);
      expect(await database.rows("select * from t")).toEqual([]);
    }
  });
});
