/** The SQL that errors print runs as it is on the database it was printed for, and then the load goes through. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

interface Fixed {
  readonly exit: number;
  readonly fix: string;
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const quoted = (name: string): string =>
    engine.name === "sqlserver" ? `[${name}]` : `"${name}"`;

  const load = async (table: string, ...flags: string[]): Promise<Fixed> => {
    const cwd = tempDir({ "t.csv": "a b,n\n1,1\n2,2\n" });
    const args = ["t.csv", "--to", database.url, "--table", table, "--json", ...flags];
    const { exitCode, stdout } = await runUpsurge(args, { cwd });
    const report = JSON.parse(stdout) as { readonly error?: { readonly fix: string } };
    return { exit: exitCode, fix: report.error?.fix ?? "" };
  };

  test.skipIf(engine.name === "sqlserver")(
    "the index for a key without one is named, and its table quoted",
    async () => {
      await database.reset();
      await database.exec(`create table ${quoted("Order Items")} (${quoted("a b")} int, n int);`);

      const refused = await load("Order Items", "--key", "a b");
      const [ddl = ""] = /create unique index [^)]+\)/.exec(refused.fix) ?? [];
      await database.exec(`${ddl};`);

      expect(refused.exit).toBe(2);
      expect(ddl).toContain('"Order Items_a_b_key" on ');
      expect((await load("Order Items", "--key", "a b")).exit).toBe(0);
    },
  );

  test("the duplicates of a key are listed by the query, and gone the index can be made", async () => {
    await database.reset();
    const table = quoted("Order Items");
    await database.exec(`create table ${table} (${quoted("a b")} int, n int);`);
    await database.exec(`insert into ${table} values (1, 1), (1, 2), (3, 3);`);
    const flags = ["--key", "a b", "--strategy", "select-then-write"];

    const { exit, fix } = await load("Order Items", ...flags);
    const [, query = "", ddl = ""] = /this lists: (select .*); then: (create .*)$/.exec(fix) ?? [];
    const listed = await database.rows(query);
    await database.exec(`delete from ${table} where n = 2;`);
    await database.exec(`${ddl};`);

    expect(exit).toBe(2);
    expect(listed).toEqual([["1", "2"]]);
    expect((await load("Order Items", "--key", "a b")).exit).toBe(0);
  });

  test("no index is proposed for a view", async () => {
    await database.reset();
    await database.exec(`create table base (${quoted("a b")} int, n int);`);
    await database.exec("create view v as select * from base;");

    const { exit, fix } = await load("v", "--key", "a b");

    expect(fix).not.toContain("create unique index");
    expect(exit === 0 ? "loaded" : fix).toMatch(
      engine.name === "sqlserver" ? /^loaded$/ : /table behind (it|the view)/,
    );
  });
});

describe("sqlite", () => {
  const sqlite = ENGINES.find(({ name }) => name === "sqlite");
  if (sqlite === undefined) throw new Error("there is no SQLite");
  const database = useDatabase(sqlite);

  test("an upsert into a view that takes only inserts asks for the trigger it lacks", async () => {
    await database.reset();
    await database.exec(`create table base (id int, n int);
      create view v as select id, n from base;
      create trigger i instead of insert on v begin insert into base values (new.id, new.n); end;`);
    const cwd = tempDir({ "t.csv": "id,n\n1,1\n" });
    const args = ["t.csv", "--to", database.url, "--table", "v", "--key", "id"];

    const refused = await runUpsurge(args, { cwd });
    await database.exec(
      "create trigger u instead of update on v begin update base set n = new.n where id = new.id; end;",
    );

    expect(refused.stderr).toContain("give the view INSTEAD OF INSERT and UPDATE triggers");
    expect(refused.stderr).toContain("PLAN_UNSUPPORTED");
    expect((await runUpsurge(args, { cwd })).exitCode).toBe(0);
  });

  test("a virtual table has no key to offer, and takes inserts", async () => {
    await database.reset();
    await database.exec("create virtual table f using fts5(title);");
    const cwd = tempDir({ "t.csv": "title\nx\n" });
    const args = ["t.csv", "--to", database.url, "--table", "f"];

    const refused = await runUpsurge([...args, "--key", "title"], { cwd });

    expect(refused.stderr).toContain("fix:   leave --key out");
    expect((await runUpsurge(args, { cwd })).exitCode).toBe(0);
  });
});

describe("postgres", () => {
  const postgres = ENGINES.find(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no PostgreSQL");
  const database = useDatabase(postgres);

  test("a grant names the table and the user it is for", async () => {
    await database.reset();
    const role = `loader ${new URL(database.url).pathname.slice(1)}`;
    await database.exec(`create table "Order Items" (id int primary key);
      create role "${role}" login password 'x';`);
    try {
      const url = new URL(database.url);
      url.username = encodeURIComponent(role);
      url.password = "x";
      const cwd = tempDir({ "t.csv": "id\n1\n" });
      const args = ["t.csv", "--to", url.href, "--table", "Order Items", "--dry-run"];

      const granted: string[] = [];
      for (let tries = 1; tries <= 3; tries += 1) {
        const { stderr } = await runUpsurge(args, { cwd });
        const [, grant = ""] = /^fix: +(grant [^;]+)/m.exec(stderr) ?? [];
        if (grant === "") break;
        granted.push(grant);
        await database.exec(`${grant};`);
      }

      expect(granted).toContain(`grant insert on "public"."Order Items" to "${role}"`);
      expect((await runUpsurge(args, { cwd })).stderr).toBe("");
    } finally {
      await database.exec(`drop owned by "${role}"; drop role "${role}";`);
    }
  });

  test("a partitioned table is told what its unique index has to hold", async () => {
    await database.reset();
    await database.exec("create table p (id int, d date) partition by range (d);");
    const cwd = tempDir({ "t.csv": "id,d\n1,2026-01-01\n" });

    const args = ["t.csv", "--to", database.url, "--table", "p", "--key", "id"];
    const { stderr } = await runUpsurge(args, { cwd });

    expect(stderr).toContain("give it a unique index that holds the partition columns too");
  });
});
