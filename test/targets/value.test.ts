/** `--value`: a column is filled with SQL over the fields of its record. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, tableEngines, useDatabase, waysFor, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { LookupShell } from "../helpers/lookup-shell.ts";

const BOOKS =
  "create table books (k int not null primary key, title varchar(40), author varchar(40), n int, created_by varchar(20))";
const TITLES = "select k, title, author, n from books order by k";

/** Expressions as each database writes them. */
const SQL = {
  sqlite: {
    full: `author = excluded."First Name" || ' ' || excluded."last, name"`,
    number: "n = cast(excluded.n as int) + 1",
    fails: "n = case when excluded.n = 'x' then json_extract('{', '$') else excluded.n end",
    size: "n = length(excluded.tags)",
  },
  postgres: {
    full: `author = excluded."First Name" || ' ' || excluded."last, name"`,
    number: "n = cast(excluded.n as int) + 1",
    fails: "n = cast(excluded.n as int)",
    size: "n = length(excluded.tags)",
  },
  sqlserver: {
    full: `author = excluded.[First Name] + ' ' + excluded.[last, name]`,
    number: "n = cast(excluded.n as int) + 1",
    fails: "n = cast(excluded.n as int)",
    size: "n = len(excluded.tags)",
  },
} as const;
const TRIM = ["--value", "title = trim(excluded.title)"];
const SOURCE = `k,title,First Name,"last, name",n
1,"  One ",Ann,Lee,1
2,Two,Bob,"O'Ray",2
3,"",,,
1," Again ",Cy,"""Q""",7
`;

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new LookupShell(database);
  const sql = SQL[engine.name];

  for (const way of waysFor("values", engine, [1, 2, 1000], 0)) {
    test(`fills columns from fields: ${wayTitle(way)}`, async () => {
      await shell.start(BOOKS);
      const { strategy, rowSource, batchRows } = way;
      const flags = ["--strategy", strategy, "--row-source", rowSource];
      flags.push("--batch-rows", String(batchRows), ...TRIM);
      flags.push("--value", sql.full, "--value", sql.number);
      const first = await shell.load(SOURCE, flags);
      const again = await shell.load(SOURCE, [...flags, "--check"]);

      expect([first.exit, first.counts], first.stderr).toEqual([0, { inserted: 3, updated: 1 }]);
      expect(await database.rows(TITLES)).toEqual([
        ["1", "Again", 'Cy "Q"', "8"],
        ["2", "Two", "Bob O'Ray", "3"],
        ["3", "", null, null],
      ]);
      expect([again.exit, again.counts]).toEqual([3, { updated: 2, unchanged: 2 }]);
    });

    test(`rejects the record that an expression fails for: ${wayTitle(way)}`, async () => {
      await shell.start(BOOKS);
      const { strategy, rowSource, batchRows } = way;
      const flags = ["--strategy", strategy, "--row-source", rowSource, "--max-rejects", "9"];
      flags.push("--batch-rows", String(batchRows), ...TRIM, "--value", sql.fails);
      const text = "k,title,n\n1, a ,1\n2, b ,x\n3, c ,3\n4, d ,x\n5, e ,5\n";
      const { exit, counts, rejects } = await shell.load(text, flags);

      expect([exit, counts]).toEqual([3, { inserted: 3, rejected: 2 }]);
      expect(rejects.map((each) => each.split(" ")[1])).toEqual(["n", "n"]);
      expect(readFileSync(join(shell.folder, "rejected"), "utf8")).toBe(
        "k,title,n\n2, b ,x\n4, d ,x\n",
      );
      expect(await database.rows(TITLES)).toEqual([
        ["1", "a", null, "1"],
        ["3", "c", null, "3"],
        ["5", "e", null, "5"],
      ]);
    });
  }
});

describe.each(tableEngines())("$title, once", (engine) => {
  const database = useDatabase(engine);
  const shell = new LookupShell(database);

  keys(shell, database);
  records(shell, database, SQL[engine.name].size);
  flags(shell, database);

  test("a subquery sees the rows of the records before it", async () => {
    await shell.start(BOOKS);
    const count = ["--value", "n = (select count(*) from books)"];
    const { counts } = await shell.load("k,title\n1,a\n2,b\n2,c\n3,d\n", count);
    expect(counts).toEqual({ inserted: 3, updated: 1 });
    expect(await database.rows(TITLES)).toEqual([
      ["1", "a", null, "0"],
      ["2", "c", null, "2"],
      ["3", "d", null, "2"],
    ]);
    const shown = await shell.plan(count);
    expect(shown).toContain("n is (select count(*) from books) of its record, record by record");
    expect(shown).toContain("one row at a time: an expression holds a subquery");
  });
});

/** Columns of the key, and look-ups. */
function keys(shell: LookupShell, database: TestDatabase): void {
  test("the key may be a value: repeats and rows that no record has go by it", async () => {
    await shell.start(
      "create table books (k varchar(9) not null primary key, title varchar(40))",
      "insert into books (k, title) values ('a', 'old'), ('c', 'gone')",
    );
    const flags = [
      "--value",
      "k = lower(trim(excluded.k))",
      "--delete-missing",
      "--max-delete",
      "1",
    ];
    const text = "k,title\n A,one\nb,two\nA ,three\n";
    const { exit, counts, stderr } = await shell.load(text, flags);
    expect([exit, counts], stderr).toEqual([0, { inserted: 1, updated: 2, removed: 1 }]);
    expect(await database.rows("select k, title from books order by k")).toEqual([
      ["a", "three"],
      ["b", "two"],
    ]);
    const nulls = ["--value", "k = nullif(trim(excluded.k), '')", "--max-rejects", "5"];
    const none = await shell.load('k,title\n" ",x\n', nulls);
    expect(none.rejects).toEqual(["ROW_NULL_KEY k"]);
    const gone = ["--value", "k = lower(excluded.k)", "--delete-when", "title=del"];
    const deleted = await shell.load("k,title\nA,del\nD,new\n", gone);
    expect(deleted.counts).toEqual({ inserted: 1, deleted: 1 });
  });

  test("what is looked up by such a column is looked up by its value", async () => {
    await shell.start(
      "create table authors (id int not null primary key, email varchar(30) not null unique)",
      "create table books (k int not null primary key, email varchar(30), author_id int references authors (id))",
      "insert into authors (id, email) values (7, 'a@x')",
    );
    const flags = ["--lookup", "author_id = authors(email)", "--max-rejects", "9"];
    flags.push("--value", "email = lower(trim(excluded.email))");
    const { counts, rejects } = await shell.load("k,email\n1, A@X\n2,no\n3,\n", flags);
    expect([counts, rejects]).toEqual([{ inserted: 2, rejected: 1 }, ["ROW_LOOKUP author_id"]]);
    expect(await database.rows("select k, email, author_id from books order by k")).toEqual([
      ["1", "a@x", "7"],
      ["3", null, null],
    ]);
  });
}

/** JSON records. */
function records(shell: LookupShell, database: TestDatabase, size: string): void {
  test("reads a value inside of an object of JSON by its dotted name", async () => {
    await shell.start(BOOKS);
    const text = '{"k":1,"by":{"name":" Ann "}}\n{"k":2,"by":null}\n{"k":3}\n';
    const flags = ["--value", 'author = trim(excluded."by.name")'];
    const { exit, counts, stderr } = await shell.load(text, flags, "in.ndjson");

    expect([exit, counts], stderr).toEqual([0, { inserted: 3 }]);
    expect(await database.rows("select k, author from books order by k")).toEqual([
      ["1", "Ann"],
      ["2", null],
      ["3", null],
    ]);
  });

  test("members are their text; what is absent leaves the column alone, unless there is a value", async () => {
    await shell.start(BOOKS, "insert into books (k, title, author, n) values (1, 'T', 'A', 4)");
    const flags = [...TRIM, "--value", size, "--value", "author = coalesce(excluded.by, 'none')"];
    const text = [
      '{"k":1}',
      '{"k":2,"title":" x ","tags":[1, 2]}',
      '{"k":3,"title":null,"tags":12.50,"by":true}',
    ].join("\n");
    const { counts, stderr } = await shell.load(`${text}\n`, flags, "in.ndjson");
    expect(counts, stderr).toEqual({ inserted: 2, updated: 1 });
    expect(await database.rows(TITLES)).toEqual([
      ["1", "T", "none", "4"],
      ["2", "x", "none", "6"],
      ["3", null, "true", "5"],
    ]);
    const nulls = await shell.load('{"k":1}\n', [...TRIM, "--missing-fields", "null"], "in.ndjson");
    expect(nulls.counts).toEqual({ updated: 1 });
    const strict = [...TRIM, "--missing-fields", "error", "--max-rejects", "1"];
    const missing = await shell.load('{"k":1}\n', strict, "in.ndjson");
    expect(missing.rejects).toEqual(["ROW_MISSING_FIELD title"]);
  });
}

/** Together with other flags. */
function flags(shell: LookupShell, database: TestDatabase): void {
  const named = ["--value", "created_by = 'seed'", "-u", "-created_by"];

  test("with -u -column a value is set on insert only, and --set sees it as excluded", async () => {
    await shell.start(BOOKS, "insert into books (k, title, created_by) values (1, 'T', 'me')");
    const set = ["--set", "title = concat(target.title, '+', excluded.title)"];
    const { counts } = await shell.load("k,title\n1, x \n2, y \n", [...named, ...set, ...TRIM]);
    expect(counts).toEqual({ inserted: 1, updated: 1 });
    expect(await database.rows("select k, title, created_by from books order by k")).toEqual([
      ["1", "T+x", "me"],
      ["2", "y", "seed"],
    ]);
  });

  test("a column that is set late finds its row by a key that is a value", async () => {
    await shell.start(
      "create table books (k varchar(9) not null primary key, title varchar(40), parent varchar(9) references books (k))",
    );
    const key = ["--value", "k = lower(trim(excluded.k))", "--late", "parent"];
    const { exit, counts, stderr } = await shell.load("k,title,parent\n A,x,b\nB ,y,\n", key);
    expect([exit, counts], stderr).toEqual([0, { inserted: 2 }]);
    expect(await database.rows("select k, title, parent from books order by k")).toEqual([
      ["a", "x", "b"],
      ["b", "y", null],
    ]);
  });

  test("a field that no JSON record has is told of", async () => {
    await shell.start(BOOKS);
    const value = ["--value", "title = trim(excluded.titel)"];
    const { exit, output } = await shell.load('{"k":1,"n":2}\n', value, "in.ndjson");
    expect(exit, output).toBe(0);
    expect(output).toContain("no record had the field 'titel', which --value names");
  });

  test("a job that commits in parts, a dry run and differences take the values", async () => {
    await shell.start(BOOKS, "insert into books (k, title) values (1, 'a')");
    const text = "k,title\n1, a \n2, b \n";
    const dry = await shell.load(text, [...TRIM, "--dry-run"]);
    const diff = await shell.load(text, [...TRIM, "--check", "--diff", "5"]);
    const job = await shell.load(text, [...TRIM, "--commit", "1", "--job", "j"]);
    expect([dry.counts, diff.counts, job.counts]).toEqual(
      Array.from({ length: 3 }, () => ({ inserted: 1, unchanged: 1 })),
    );
    const other = ["--value", "title = upper(excluded.title)", "--commit", "1", "--job", "j"];
    expect((await shell.load(text, other)).stderr).toContain("JOB_OPTIONS");
  });

  test("what the flags cannot mean is refused before anything is written", async () => {
    await shell.start(BOOKS);
    const refused = async (...flags: string[]): Promise<string> => {
      const { exit, output } = await shell.load("k,title,Author\n1,a,b\n", flags);
      return `${exit} ${/"code":"(\w+)"/.exec(output)?.[1] ?? ""}`;
    };
    const value = async (sql: string, ...more: string[]): Promise<string> =>
      await refused("--value", sql, ...more);
    expect(await value("title = trim(excluded.titel)")).toBe("2 PLAN_NO_FIELD");
    expect(await value("nothing = excluded.title")).toBe("2 PLAN_UNKNOWN_COLUMN");
    expect(await value("title = trim(excluded.title")).toBe("2 PLAN_EXPRESSION");
    expect(await value("title = nosuch(excluded.title)")).toBe("2 PLAN_EXPRESSION");
    expect(await value("title = max(excluded.title)")).toBe("2 PLAN_EXPRESSION");
    expect(await value("n = row_number() over (order by excluded.title)")).toBe(
      "2 PLAN_EXPRESSION",
    );
    expect(await value("title = coalesce(excluded.title, target.title)")).toBe("2 PLAN_EXPRESSION");
    expect(await value("title = upsurge(excluded)")).toBe("2 PLAN_EXPRESSION");
    expect(await value("title = 'x'")).toBe("2 PLAN_DUPLICATE_COLUMN");
    expect(await value("n = excluded.k", "--value", "n = 2")).toBe("2 PLAN_DUPLICATE_COLUMN");
    expect(await value("n = excluded.k", "--const", "n=1")).toBe("2 PLAN_DUPLICATE_COLUMN");
    expect(await value("n = excluded.k", "--stamp", "n = 1")).toBe("2 PLAN_DUPLICATE_COLUMN");
    expect(await value("n = excluded.k", "--lookup", "n = books(title) -> k")).toBe(
      "2 PLAN_DUPLICATE_COLUMN",
    );
    expect(await value("n = excluded.k", "--late", "n")).toBe("2 OPTION_CONFLICT");
    expect(await value("n = excluded.k", "--no-raw-sql")).toBe("2 OPTION_CONFLICT");
    expect(await shell.rows("select count(*) from books")).toEqual([["0"]]);
  });
}
