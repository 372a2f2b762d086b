/** Look-ups on PostgreSQL: how many statements they take, other sessions that change what is looked up, and its types. */
import { Client } from "pg";
import { describe, expect, test, vi } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { LookupShell } from "../helpers/lookup-shell.ts";

const AUTHORS =
  "create table authors (id bigint generated always as identity primary key, email text not null unique)";
const BOOKS =
  "create table books (k int primary key, title text, author_id bigint references authors (id))";
const BY_EMAIL = ["--lookup", "author_id = authors(email = author)"];

/** So many records, each by one of so many authors. */
function source(records: number, authors: number): string {
  const lines = Array.from({ length: records }, (_, at) => `${at},Title,a${at % authors}@x\n`);
  return `k,title,author\n${lines.join("")}`;
}

/** What `work` sends to the server that names the table of authors. */
async function sentBy(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(Client.prototype, "query");
  await work();
  const texts = spy.mock.calls.map(([query]: unknown[]) =>
    typeof query === "string" ? query : ((query as { readonly text?: string } | null)?.text ?? ""),
  );
  spy.mockRestore();
  return texts.filter((text) => text.includes('"authors"'));
}

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new LookupShell(database);

  test.each(["staged", "arrays", "values"])(
    "one statement a batch, none a record: %s",
    async (way) => {
      await shell.start(
        AUTHORS,
        BOOKS,
        "insert into authors (email) select 'a' || n || '@x' from generate_series(0, 699) n",
      );
      const flags = [...BY_EMAIL, "--batch-rows", "1000", "--row-source", way];
      const found = await sentBy(() => shell.load(source(5000, 700), flags));
      expect(found.length).toBeLessThanOrEqual(6);

      await database.exec("delete from books; delete from authors where id > 100");
      const made = await sentBy(() =>
        shell.load(source(5000, 700), [...flags, "--lookup-missing", "insert"]),
      );
      expect(made.length).toBeLessThanOrEqual(16);
      expect(await database.rows("select count(*), count(author_id) from books")).toEqual([
        ["5000", "5000"],
      ]);
    },
  );

  races(shell, database);
  values(shell);

  test("several writers look up, and make nothing at once", async () => {
    await shell.start(
      AUTHORS,
      BOOKS,
      "insert into authors (email) select 'a' || n || '@x' from generate_series(0, 6) n",
    );
    const flags = [...BY_EMAIL, "--writers", "2", "--commit", "500", "--batch-rows", "100"];
    const { counts } = await shell.load(source(2000, 7), flags);
    expect(counts).toEqual({ inserted: 2000 });
    expect(
      await database.rows(
        "select count(*) from books b join authors a on a.id = b.author_id where a.email = 'a' || k % 7 || '@x'",
      ),
    ).toEqual([["2000"]]);
    const shown = await shell.plan([...flags, "--lookup-missing", "insert"]);
    expect(shown).toContain("several writers could make the same row of a look-up");
  });

  test("grants name the table that is looked up in", async () => {
    await shell.start(
      "create schema other",
      AUTHORS.replace("authors", "other.authors"),
      BOOKS.replace("authors", "other.authors"),
    );
    const flags = [
      "--lookup",
      "author_id = other.authors(email = author)",
      "--lookup-missing",
      "insert",
    ];
    const shown = await shell.plan([...flags, "--grants"]);
    await database.exec("drop schema other cascade");

    expect(shown).toContain('grant usage on schema "other" to');
    expect(shown).toContain('grant select, insert on table "other"."authors" to');
  });

  test("grants name the sequences of what a new row is given, not that of its key", async () => {
    await shell.start(
      "create schema other; create sequence other.of_email; create sequence other.of_rank",
      "create table other.authors (id int generated always as identity primary key, email varchar(40) default 'a' || nextval('other.of_email') unique, rank int default nextval('other.of_rank'))",
      BOOKS.replace("authors", "other.authors"),
    );
    const lookup = ["--lookup", "author_id = other.authors(email = author)"];
    const shown = await shell.plan([...lookup, "--lookup-missing", "insert", "--grants"]);
    await database.exec("drop schema other cascade");

    expect(shown).toContain('grant usage on sequence "other"."of_rank" to');
    expect(shown).not.toContain("of_email");
  });
});

/** Other sessions that delete what was found. */
function races(shell: LookupShell, database: TestDatabase): void {
  test("a row that vanished meanwhile is looked up once more", async () => {
    await shell.start(AUTHORS, BOOKS, "insert into authors (email) values ('a0@x')");
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query("begin");
    await other.query("insert into books (k) values (0)");
    const running = shell.load(source(3, 1), [...BY_EMAIL]);
    await untilLockWaits(database);
    await other.query("delete from authors");
    await other.query("insert into authors (email) values ('a0@x')");
    await other.query("commit");
    await other.end();
    const { exit, counts } = await running;

    expect([exit, counts]).toEqual([0, { inserted: 2, updated: 1 }]);
    expect(await database.rows("select distinct author_id from books")).toEqual([["2"]]);
  });

  test("a row that is gone for good is a record's fault", async () => {
    await shell.start(AUTHORS, BOOKS, "insert into authors (email) values ('a0@x'), ('a1@x')");
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query("begin");
    await other.query("insert into books (k) values (0)");
    const running = shell.load(source(4, 2), [...BY_EMAIL, "--max-rejects", "5"]);
    await untilLockWaits(database);
    await other.query("delete from authors where email = 'a1@x'");
    await other.query("commit");
    await other.end();
    const { counts, rejects } = await running;

    expect(counts).toEqual({ inserted: 1, updated: 1, rejected: 2 });
    expect(rejects).toEqual(["ROW_LOOKUP author_id", "ROW_LOOKUP author_id"]);
  });
}

/** Texts and types. */
function values(shell: LookupShell): void {
  test("bad texts among good ones cost no more than their own records", async () => {
    await shell.start(
      "create table codes (no int unique, id uuid default gen_random_uuid())",
      "create table books (k int primary key, title text, author_id uuid)",
      "insert into codes (no) select generate_series(0, 99)",
    );
    const lines = Array.from(
      { length: 100 },
      (_, at) => `${at},${at % 10 === 3 ? "x" : ""}${at}\n`,
    );
    const flags = ["--lookup", "author_id = codes(no) -> id", "--max-rejects", "50"];
    const { counts, rejects } = await shell.load(`k,no\n${lines.join("")}`, flags);

    expect(counts).toEqual({ inserted: 90, rejected: 10 });
    expect(new Set(rejects)).toEqual(new Set(["ROW_TYPE author_id"]));
  });

  test("a type without equality is told before the first record", async () => {
    await shell.start(
      "create table docs (id int, doc json)",
      "create table books (k int primary key, doc_id int)",
    );
    const { exit, output } = await shell.load("k,doc\n1,{}\n", [
      "--lookup",
      "doc_id = docs(doc) -> id",
    ]);

    expect(exit).toBe(2);
    expect(output).toContain("PLAN_LOOKUP_REFUSED");
    expect(output).toContain("choose columns of public.docs");
  });

  test("texts that are not ASCII, and a text longer than its column", async () => {
    await shell.start(
      "create table authors (id text primary key, email varchar(3) not null unique)",
      "create table books (k int primary key, title text, author_id text references authors)",
      "insert into authors values ('ä-1', 'öä'), ('ß', 'abc')",
    );
    const text = 'k,title,author\n1,x,öä\n2,"a ""b""","öä"\n3,y,abcd\n4,,abc\n';
    const { counts, rejects } = await shell.load(text, [...BY_EMAIL, "--max-rejects", "2"]);

    expect([counts, rejects]).toEqual([{ inserted: 3, rejected: 1 }, ["ROW_LOOKUP author_id"]]);
    expect(await shell.books()).toEqual([
      ["1", "x", "ä-1"],
      ["2", 'a "b"', "ä-1"],
      ["4", null, "ß"],
    ]);
  });
}
