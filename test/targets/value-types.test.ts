/** `--value`: what becomes of values of each type, and how many statements they take. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, test, vi } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { LookupShell } from "../helpers/lookup-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";

/** The statements of `work` that read the fields of records. */
async function askedBy(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(Client.prototype, "query");
  await work();
  const texts = spy.mock.calls.map(([query]: unknown[]) =>
    typeof query === "string" ? query : ((query as { readonly text?: string } | null)?.text ?? ""),
  );
  spy.mockRestore();
  return texts.filter((text) => text.includes("upsurge_f1"));
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new LookupShell(database);

  if (engine.name === "postgres") postgres(shell, database);
  if (engine.name === "sqlite") sqlite(shell, database);
  if (engine.name === "sqlserver") sqlserver(shell, database);

  test("a manifest has a map of them, and --no-raw-sql refuses it", async () => {
    await shell.start("create table books (k int not null primary key, title varchar(9))");
    writeFileSync(join(shell.folder, "in.csv"), "k,title\n1, a \n");
    const load = "{ from: in.csv, table: books, key: k, value: { title: trim(excluded.title) } }";
    writeFileSync(join(shell.folder, "seed.yaml"), `loads:\n  - ${load}\n`);
    const run = ["run", "seed.yaml", "--to", database.url];
    const refused = await runUpsurge([...run, "--no-raw-sql"], { cwd: shell.folder });
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining("OPTION_CONFLICT"),
    ]);
    const { exitCode, stderr } = await runUpsurge(run, { cwd: shell.folder });
    expect(exitCode, stderr).toBe(0);
    expect(await database.rows("select title from books")).toEqual([["a"]]);
  });

  test("fields may have any name, and texts may be anything", async () => {
    await shell.start("create table books (k int not null primary key, title varchar(90))");
    const name = `upsurge_n'; drop table books; --`;
    const text = `k,"${name}","a ""b"" $1 ?",excluded\n1,"x'); --","""} \\",é😀\n`;
    const joined = `title = concat(excluded."${name}", excluded."a ""b"" $1 ?", excluded."excluded")`;
    const brackets = `title = concat(excluded.[${name}], excluded.[a "b" $1 ?], excluded.[excluded])`;
    const { counts, stderr } = await shell.load(text, [
      "--value",
      engine.name === "sqlserver" ? brackets : joined,
    ]);
    expect(counts, stderr).toEqual({ inserted: 1 });
    expect(await database.rows("select title from books")).toEqual([[`x'); --"} \\é😀`]]);
  });
});

function postgres(shell: LookupShell, database: TestDatabase): void {
  test.each(["staged", "arrays", "values"])(
    "one statement a batch, none a record: %s",
    async (way) => {
      await shell.start("create table books (k int primary key, title text, n int)");
      const lines = Array.from({ length: 5000 }, (_, at) => `${at}, t${at} ,${at}\n`);
      const flags = ["--batch-rows", "1000", "--row-source", way, "--max-rejects", "1"];
      flags.push("--value", "title = trim(excluded.title)", "--value", "n = excluded.n::int + 1");
      const asked = await askedBy(() => shell.load(`k,title,n\n${lines.join("")}`, flags));
      // Two check the expressions.
      expect(asked.length).toBeLessThanOrEqual(2 + 6);
      const bad = lines.with(1234, "1234,x,y\n");
      const halved = await askedBy(() => shell.load(`k,title,n\n${bad.join("")}`, flags));
      expect(halved.length).toBeLessThanOrEqual(2 + 6 + 2 * 11 + 2);
      expect(await database.rows("select count(*), sum(n - k) from books")).toEqual([
        ["5000", "5000"],
      ]);
    },
  );

  test("a value of any type is the column's, exactly", async () => {
    await shell.start(
      `create domain short as varchar(3) check (value <> 'no');
       create table books (k int primary key, num numeric(9, 2), day date, at timestamptz, j jsonb, b bytea, ok boolean,
         tags text[], f float8, c char(4), d short, u uuid)`,
    );
    const values = {
      num: "excluded.x::numeric / 3",
      day: "'2026-01-31'::timestamp + excluded.x::int * interval '1 month'",
      at: "'2026-03-29 01:30 Europe/Berlin'::timestamptz",
      j: "jsonb_build_object('x', excluded.x, 'none', null)",
      b: "decode('00ff', 'hex')",
      ok: "excluded.x = '1'",
      tags: "array[excluded.x, 'a,b', null, '\"']",
      f: "0.1::float8 + 0.2",
      c: "excluded.x",
      d: "excluded.d",
    };
    const flags = Object.entries(values).flatMap(([c, sql]) => ["--value", `${c} = ${sql}`]);
    flags.push("--value", "u = gen_random_uuid()", "--max-rejects", "9");
    const text = "k,x,d\n1,1,abc\n2,2,\n3,3,abcd\n4,4,no\n";
    const { counts, rejects } = await shell.load(text, flags);
    expect(counts).toEqual({ inserted: 2, rejected: 2 });
    expect(rejects).toEqual(["ROW_LENGTH d", "ROW_CHECK d"]);
    const rows = await database.rows(
      `select num, day, at at time zone 'UTC', j, b, ok, tags, f, c || '|', d from books order by k`,
    );
    expect(rows[0]).toEqual([
      "0.33",
      "2026-02-28",
      "2026-03-29 00:30:00",
      '{"x": "1", "none": null}',
      "\\x00ff",
      "t",
      '{1,"a,b",NULL,"\\""}',
      "0.30000000000000004",
      "1|",
      "abc",
    ]);
    expect(await database.rows("select count(distinct u) from books")).toEqual([["2"]]);
  });

  test("several writers share rows by a key that is a field, and by none that is a value", async () => {
    await shell.start("create table books (k int primary key, title text)");
    const flags = ["--writers", "2", "--commit", "2", "--batch-rows", "1"];
    const text = "k,title\n1, a \n2, b \n1, c \n3, d \n";
    const title = ["--value", "title = trim(excluded.title)"];
    const { counts } = await shell.load(text, [...flags, ...title]);
    expect(counts).toEqual({ inserted: 3, updated: 1 });
    expect(await database.rows("select k, title from books order by k")).toEqual([
      ["1", "c"],
      ["2", "b"],
      ["3", "d"],
    ]);
    const shown = await shell.plan([...flags, "--value", "k = excluded.k::int"]);
    expect(shown).toContain("an expression of --value fills the key column k");
  });

  test("a new table has a column of text for it, at the place of its field", async () => {
    await shell.start();
    const value = ["--value", "title = trim(excluded.title)", "--value", "n = excluded.k::int + 1"];
    await shell.load("k,title,z\n1, a ,2\n", [...value, "--create", "--type", "n:int"]);
    expect(
      await database.rows(
        "select column_name, data_type from information_schema.columns where table_name = 'books' order by ordinal_position",
      ),
    ).toEqual([
      ["k", "bigint"],
      ["title", "text"],
      ["z", "bigint"],
      ["n", "integer"],
    ]);
  });
}

function sqlite(shell: LookupShell, database: TestDatabase): void {
  test("keeps the class of a value, and every character of a text", async () => {
    await shell.start("create table books (k integer primary key, any_type, title text, f real)");
    const flags = ["--value", "title = excluded.title || '!'", "--value", "f = 0.1 + 0.2"];
    const of = (sql: string): string[] => [...flags, "--value", `any_type = ${sql}`];
    const kinds = "select typeof(any_type), any_type, hex(title), f = 0.1 + 0.2 from books";
    const results: unknown[] = [];
    for (const sql of ["9007199254740993", "excluded.k / 4.0", "excluded.k", "null"]) {
      await shell.load("k,title\n1,a\0b\n", of(sql));
      results.push((await database.rows(kinds))[0]);
    }
    expect(results).toEqual([
      ["integer", "9007199254740993", "61006221", "1"],
      ["real", "0.25", "61006221", "1"],
      ["text", "1", "61006221", "1"],
      ["null", null, "61006221", "1"],
    ]);
    const rejected = async (sql: string): Promise<unknown> =>
      (await shell.load("k,title\n1,a\n", [...of(sql), "--max-rejects", "1"])).rejects;
    expect(await rejected("x'00ff'")).toEqual(["ROW_TYPE any_type"]);
    expect(await rejected("-9e999")).toEqual(["ROW_RANGE any_type"]);
  });
}

function sqlserver(shell: LookupShell, database: TestDatabase): void {
  test("a value of any type is the column's", async () => {
    await shell.start(
      "create table books (k int not null primary key, num decimal(9, 2), day date, f float, title varchar(4), b varbinary(4))",
    );
    const values = {
      num: "cast(excluded.x as decimal(9, 2)) / 4",
      day: "dateadd(day, cast(excluded.x as int), cast('2026-01-31' as date))",
      f: "cast(1 as float) / 3",
      title: "excluded.title",
      b: "excluded.b",
    };
    const flags = Object.entries(values).flatMap(([c, sql]) => ["--value", `${c} = ${sql}`]);
    const text = "k,x,title,b\n1,1,abcd,0x00ff\n2,2,abcde,\n";
    const { counts, rejects } = await shell.load(text, [...flags, "--max-rejects", "9"]);
    expect([counts, rejects]).toEqual([{ inserted: 1, rejected: 1 }, ["ROW_LENGTH title"]]);
    const exact = "case when f = cast(1 as float) / 3 then 1 else 0 end";
    expect(
      await database.rows(
        `select k, num, day, ${exact}, title, convert(varchar(9), b, 1) from books`,
      ),
    ).toEqual([["1", "0.25", "2026-02-01", "1", "abcd", "0x00FF"]]);
  });
}
