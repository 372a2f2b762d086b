/** What only SQLite does: its loose types, its triggers and its names. The rest is in the conformance suite. */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysOf } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const engine = ENGINES.find(({ name }) => name === "sqlite") ?? fail();
const database = useDatabase(engine);
const temporary = useTempDir();
beforeEach(async () => await database.reset());

/** Loads with both strategies, which must agree, into a new table for each. */
async function load(
  setup: string,
  source: { readonly csv?: string; readonly ndjson?: string },
  flags: readonly string[],
): Promise<LoadResult & { rows: (string | null)[][] }> {
  const outcomes = [];
  for (const way of waysOf(engine, [7])) {
    await database.reset();
    await database.exec(setup);
    const extension = source.csv === undefined ? "ndjson" : "csv";
    const input = source.csv ?? source.ndjson ?? "";
    const result = await runLoad(
      database,
      { folder: temporary.path, table: "t", extension, input, flags },
      way,
    );
    outcomes.push({ ...result, rows: await database.rows("select * from t") });
  }
  const [native, other] = outcomes;
  if (native === undefined || other === undefined) return fail();
  expect(other.counts, other.output).toEqual(native.counts);
  expect(other.rejects).toEqual(native.rejects);
  expect(other.rows).toEqual(native.rows);
  return native;
}

function fail(): never {
  throw new Error("unreachable");
}

describe("keys and values", () => {
  test("1 and '1' are different keys where the column has no type", async () => {
    const { counts, rows } = await load(
      "create table t (k primary key, v int)",
      { ndjson: '{"k":1,"v":1}\n{"k":"1","v":2}\n{"k":1,"v":3}\n{"k":1.5,"v":4}\n' },
      ["--key", "k"],
    );

    expect(counts).toEqual({ inserted: 3, updated: 1 });
    expect(rows).toEqual([
      ["1", "3"],
      ["1", "2"],
      ["1.5", "4"],
    ]);
  });

  test("a change from 1 to '1' is a change where the column has no type, and none where it has one", async () => {
    const setup =
      "create table t (k int primary key, v, n numeric); insert into t values (1, 1, 1);";
    const loose = await load(setup, { ndjson: '{"k":1,"v":"1"}\n{"k":1,"v":"1"}\n' }, [
      "--key",
      "k",
    ]);
    const typed = await load(setup, { ndjson: '{"k":1,"n":"1.0"}\n{"k":"01","n":1}\n' }, [
      "--key",
      "k",
    ]);

    expect(loose.counts).toEqual({ updated: 1, unchanged: 1 });
    expect(typed.counts).toEqual({ unchanged: 2 });
  });

  test("an expression that makes a number for a text column is compared as it is stored", async () => {
    const { counts, rows } = await load(
      "create table t (k int primary key, v text, n int); insert into t values (1, '01', 1), (2, '2', 2);",
      { csv: "k,n\n1,1\n2,2\n" },
      ["--key", "k", "--update-columns", "none", "--set", "v = excluded.n"],
    );

    expect(counts).toEqual({ updated: 1, unchanged: 1 });
    expect(rows).toEqual([
      ["1", "1", "1"],
      ["2", "2", "2"],
    ]);
  });

  test("what a number would silently become is rejected", async () => {
    const { rejects } = await load(
      "create table t (k integer primary key, i int, r real, x, n decimal(30))",
      {
        ndjson:
          '{"k":1,"i":12345678901234567890}\n{"k":2,"r":1e999}\n{"k":3,"x":12345678901234567890}\n{"k":4,"i":9223372036854775807,"n":"-9223372036854775808"}\n{"k":5,"n":"9223372036854775808"}\n',
      },
      ["--key", "k"],
    );

    expect(rejects).toEqual([
      { record: 1, code: "ROW_RANGE", dbCode: null, column: "i" },
      { record: 2, code: "ROW_RANGE", dbCode: null, column: "r" },
      { record: 3, code: "ROW_RANGE", dbCode: null, column: "x" },
      { record: 5, code: "ROW_RANGE", dbCode: null, column: "n" },
    ]);
  });

  test("the rowid makes its own values, refuses what is no integer, and follows the highest", async () => {
    const { counts, rejects, rows } = await load(
      "create table t (id integer primary key autoincrement, k text unique)",
      {
        ndjson:
          '{"id":100,"k":"a"}\n{"k":"b"}\n{"id":"x","k":"c"}\n{"id":"x","k":"a"}\n{"id":7,"k":"a"}\n',
      },
      ["--key", "k"],
    );

    expect(counts).toEqual({ inserted: 2, updated: 1, rejected: 2 });
    expect(rejects.map(({ record, code, dbCode }) => [record, code, dbCode])).toEqual([
      [3, "ROW_TYPE", "SQLITE_MISMATCH"],
      [4, "ROW_TYPE", "SQLITE_MISMATCH"],
    ]);
    expect(rows).toEqual([
      ["7", "a"],
      ["101", "b"],
    ]);
  });
});

describe("constraints and triggers", () => {
  test("a value that a generated column cannot take is the record's fault", async () => {
    const { counts, rejects } = await load(
      "create table t (k int primary key, j text, a generated always as (json_extract(j, '$.a')) stored)",
      { csv: 'k,j\n1,"{""a"":1}"\n2,{bad\n1,{bad\n' },
      ["--key", "k"],
    );

    expect(counts).toEqual({ inserted: 1, rejected: 2 });
    expect(rejects.map(({ record, code, dbCode }) => [record, code, dbCode])).toEqual([
      [2, "ROW_REFUSED", "SQLITE_ERROR"],
      [3, "ROW_REFUSED", "SQLITE_ERROR"],
    ]);
  });

  test("no row is deleted for another, whatever the table says", async () => {
    const { counts, rows } = await load(
      "create table t (k int primary key on conflict replace, e text unique); insert into t values (1, 'a');",
      { csv: "k,e\n1,b\n2,b\n" },
      ["--ignore", "--any-constraint"],
    );

    expect(counts).toEqual({ ignored: 1, inserted: 1 });
    expect(rows).toEqual([
      ["1", "a"],
      ["2", "b"],
    ]);
  });

  test("triggers that drop rows are told from conflicts", async () => {
    const setup = `create table t (k int primary key, e int unique, v int); insert into t values (1, 1, 1);
      create trigger a before insert on t when new.v < 0 begin select raise(ignore); end;`;
    const csv = { csv: "k,e,v\n2,2,-1\n1,5,5\n3,1,5\n" };
    const onKey = await load(setup, csv, ["--key", "k", "--ignore"]);
    const onAny = await load(setup, csv, ["--ignore", "--any-constraint"]);

    expect(onKey.counts).toEqual({ suppressed: 1, ignored: 1, rejected: 1 });
    expect(onAny.counts).toEqual({ suppressed: 1, ignored: 2 });
  });

  test("a trigger that refuses a row rejects the record, also one that ends the transaction", async () => {
    const table = "create table t (k int primary key, v int); create table log (v int);";
    const trigger = (raise: string): string =>
      `${table} create trigger a before insert on t begin insert into log values (new.v); select raise(${raise}, 'no') where new.v < 0; end;`;
    const refused = await load(trigger("abort"), { csv: "k,v\n1,1\n2,-1\n1,-1\n3,3\n" }, [
      "--key",
      "k",
    ]);
    expect(refused.counts).toEqual({ inserted: 2, rejected: 2 });
    expect(await database.rows("select v from log")).toEqual([["1"], ["3"]]);

    const undone = await load(trigger("rollback"), { csv: "k,v\n1,1\n2,-1\n3,3\n" }, [
      "--key",
      "k",
    ]);
    expect(undone.counts).toEqual({ inserted: 2, rejected: 1 });
    expect(await database.rows("select v from log")).toEqual([["1"], ["3"]]);
  });

  test("a deferred reference that stays open refuses the commit, and the dry run tells", async () => {
    const setup =
      "create table t (k int primary key, p int references t (k) deferrable initially deferred);";
    const good = await load(setup, { csv: "k,p\n1,2\n2,1\n" }, ["--key", "k"]);
    const bad = await load(setup, { csv: "k,p\n1,9\n" }, ["--key", "k"]);
    const dry = await load(setup, { csv: "k,p\n1,9\n" }, ["--key", "k", "--dry-run"]);

    expect(good.counts).toEqual({ inserted: 2 });
    expect([bad.exit, bad.error, bad.rows]).toEqual([4, "TARGET_COMMIT_REFUSED", []]);
    expect([dry.exit, dry.error]).toEqual([4, "TARGET_COMMIT_REFUSED"]);
  });

  test("a deferred reference to the loaded table refuses the commit, and the dry run tells", async () => {
    const setup = `create table t (k int primary key, code text unique); insert into t values (1, 'a'), (2, 'b');
      create table child (code text references t (code) deferrable initially deferred, u int references other (u));
      create table other (u int primary key);
      pragma foreign_keys = off; insert into child values ('a', null), ('gone', 7); pragma foreign_keys = on;`;
    const flags = ["--key", "k"];
    const good = { csv: "k,code\n1,a\n2,c\n" };
    const bad = { csv: "k,code\n1,x\n" };

    expect((await load(setup, good, [...flags, "--dry-run"])).exit).toBe(0);
    expect((await load(setup, good, flags)).exit).toBe(0);
    const dry = await load(setup, bad, [...flags, "--dry-run"]);
    const real = await load(setup, bad, flags);
    expect([dry.exit, dry.error]).toEqual([4, "TARGET_COMMIT_REFUSED"]);
    expect([real.exit, real.error]).toEqual([4, "TARGET_COMMIT_REFUSED"]);
    // A row that was an orphan before is not named.
    const named = "the row of child with rowid 1 has code 'a', which no row of t has";
    expect([dry.output, real.output]).toEqual([
      expect.stringContaining(named),
      expect.stringContaining(named),
    ]);
  });
});

describe("rows that a commit refuses are named", () => {
  const KEY = "deferrable initially deferred";
  const many = (table: string): string =>
    `with recursive n (i) as (values (100) union all select i + 1 from n where i < 5100) insert into ${table} select i, 'gone' || i from n;`;

  test("also where thousands of later rows lacked their parents before", async () => {
    const setup = `create table p (code text primary key); create table t (k integer primary key, code text references p (code) ${KEY});
      pragma foreign_keys = off; ${many("t")} pragma foreign_keys = on;`;
    for (const flags of [[], ["--dry-run"]]) {
      const { exit, output } = await load(setup, { csv: "k,code\n1,lost\n" }, [
        "--key",
        "k",
        ...flags,
      ]);
      expect(exit).toBe(4);
      expect(output).toContain("the row of t with k 1 has code 'lost', which no row of p has");
    }
  });

  test("of a table without rowids, whose keys refer to a primary key or to others", async () => {
    const setup = `create table p (a int, b text collate nocase, c text unique, primary key (b, a));
      insert into p values (1, 'x', 'c1');
      create table t (k text, n int, a int, b text, c text references p (c) ${KEY}, primary key (k, n), foreign key (b, a) references p ${KEY}) without rowid;
      pragma foreign_keys = off; insert into t values ('old', 1, 9, 'old', null); pragma foreign_keys = on;`;
    const csv = "k,n,a,b,c\nok,1,1,X,c1\nnull,1,,y,\nit's,2,2,x,c1\nit's,3,1,x,c2\n";
    const { exit, output } = await load(setup, { csv }, ["--key", "k,n"]);

    expect(exit).toBe(4);
    expect(output).toContain(
      "the row of t with k 'it''s', n 2 has b 'x', a 2, which no row of p has; the row of t with k 'it''s', n 3 has c 'c2', which no row of p has",
    );
    expect(output).not.toContain("'old'");
  });

  test("three of them, with how many more there are", async () => {
    const setup = `create table p (code text primary key); create table t (k integer primary key, code text references p (code) ${KEY});`;
    const csv = `k,code\n${[5, 1, 4, 2, 3].map((k) => `${k},lost\n`).join("")}`;
    const { output } = await load(setup, { csv }, ["--key", "k"]);

    expect(output).toMatch(
      /with k 1 has .*; the row of t with k 2 .*; the row of t with k 3 .*; and 2 more/,
    );
  });
});

describe("names", () => {
  test.each([
    ["t", `"upsurge slot"`, "v"],
    ["t", "rowid", "Oid"],
    ["t", "RowId", `_rowid_ int, oid int, "Upsurge Slot"`],
  ])("a table may use any name: %s with %s and %s", async (_, key, rest) => {
    const name = key.replaceAll('"', "");
    const { counts } = await load(
      `create table t (${key} int primary key, ${rest} int, z int); insert into t (${key}, z) values (1, 1);`,
      { csv: `${name},z\n1,2\n2,2\n` },
      ["--key", name],
    );

    expect(counts).toEqual({ updated: 1, inserted: 1 });
  });

  test("a table may be called as the helper's own", async () => {
    const way = { strategy: "select-then-write", rowSource: "auto", batchRows: 1 };
    await database.exec(
      "create table upsurge_row (k int primary key, v int); insert into upsurge_row values (1, 1)",
    );
    const input = "k,v\n1,2\n2,2\n";
    const flags = ["--key", "k"];
    const { counts, output } = await runLoad(
      database,
      { folder: temporary.path, table: "upsurge_row", extension: "csv", input, flags },
      way,
    );

    expect(counts, output).toEqual({ updated: 1, inserted: 1 });
    expect(await database.rows("select * from upsurge_row")).toEqual([
      ["1", "2"],
      ["2", "2"],
    ]);
  });

  test.each(["", " strict"])("a reject names its column, where names have dots%s", async (kind) => {
    await database.exec(`create table "a.b" (k text primary key, "c.d" int not null)${kind}`);
    const way = { strategy: "native", rowSource: "auto", batchRows: 7 };
    const input = 'k,c.d\n1,\n2,"x"\n';
    const { rejects } = await runLoad(
      database,
      { folder: temporary.path, table: "a.b", extension: "csv", input, flags: ["--key", "k"] },
      way,
    );

    const columns = rejects.map(({ column }) => column);
    expect(columns).toEqual(kind === "" ? ["c.d"] : ["c.d", "c.d"]);
  });

  test("a table may have as many columns as SQLite allows", async () => {
    const names = Array.from({ length: 2000 }, (_, at) => `c${at}`);
    const csv = [
      names,
      names.map(() => 1),
      names.map((_, at) => (at === 1999 ? 2 : 1)),
      names.map(() => 2),
    ];
    const { counts, output } = await load(
      `create table t (${names.map((name) => `${name} int`).join(", ")}, primary key (c0))`,
      { csv: csv.map((line) => line.join(",")).join("\n") },
      ["--key", "c0"],
    );

    expect(counts, output).toEqual({ inserted: 2, updated: 1 });
  });

  test("names and conditions may hold question marks", async () => {
    const { counts, output, rows } = await load(
      `create table t ("k?" int primary key, "?, ?" text)`,
      { csv: `k?,"?, ?"\n1,a\n2,b\n` },
      ["--key", "k?", "--update-where", `target."?, ?" <> '?'`],
    );

    expect(counts, output).toEqual({ inserted: 2 });
    expect(rows).toEqual([
      ["1", "a"],
      ["2", "b"],
    ]);
  });
});

describe("conditions, expressions and defaults", () => {
  test("a partial index serves only when its predicate is spelled as it stands", async () => {
    const setup =
      "create table t (k int, gone int); create unique index live on t (k) where gone = 0;";
    const wrong = await load(setup, { csv: "k,gone\n1,0\n" }, [
      "--key",
      "k",
      "--key-where",
      "0 = gone",
    ]);
    const right = await load(setup, { csv: "k,gone\n1,0\n1,0\n" }, [
      "--key",
      "k",
      "--key-where",
      "gone = 0",
    ]);

    expect([wrong.exit, wrong.error]).toEqual([2, "PLAN_NO_CONFLICT_TARGET"]);
    expect(right.counts).toEqual({ inserted: 1, unchanged: 1 });
  });

  test("a default that is a bare word means its text", async () => {
    const { rows } = await load(
      "create table t (k int primary key, a default abc, b default [x 'y], c default true, d default null, e default key)",
      { csv: "k\n1\n" },
      ["--key", "k"],
    );

    expect(rows).toEqual([["1", "abc", "x 'y", "1", null, "key"]]);
  });

  test.each(["?", "?1", ":x", "$x", "@x"])(
    "an expression cannot hold the parameter %s",
    async (parameter) => {
      const setup = "create table t (k int primary key, v int);";
      const csv = { csv: "k,v\n1,1\n" };
      const set = await load(setup, csv, ["--key", "k", "--set", `v = ${parameter}`]);
      const where = await load(setup, csv, ["--key", "k", "--update-where", `v > ${parameter}`]);

      expect([set.exit, set.error]).toEqual([2, "PLAN_EXPRESSION"]);
      expect(set.output).toContain("--set");
      expect([where.exit, where.error]).toEqual([2, "PLAN_EXPRESSION"]);
      expect(where.output).toContain("--update-where");
    },
  );

  test("U+0000 in text is kept", async () => {
    const { rows } = await load(
      "create table t (k int primary key, v text)",
      { csv: "k,v\n1,a\0b\n" },
      ["--key", "k"],
    );

    expect(rows).toEqual([["1", "a\0b"]]);
  });
});

describe("what undoes the whole transaction", () => {
  const MANY = Array.from({ length: 60 }, (_, at) => `${at + 1},${at === 40 ? -1 : at}`).join("\n");

  test.each([
    [
      "a trigger that says RAISE(ROLLBACK)",
      `create table t (k integer primary key, v int);
       create trigger no before insert on t when new.v < 0 begin select raise(rollback, 'no debts'); end`,
    ],
    [
      "a constraint that says ON CONFLICT ROLLBACK",
      "create table t (k integer primary key, v int unique on conflict rollback); insert into t values (99, -1)",
    ],
  ])("%s costs its record alone, in a file", async (_, setup) => {
    const { counts, rejects } = await load(setup, { csv: `k,v\n${MANY}\n` }, ["--key", "k"]);

    expect(counts).toEqual({ inserted: 59, rejected: 1 });
    expect(rejects).toHaveLength(1);
  });
});
