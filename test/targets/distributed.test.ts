/**
 * Loads into distributed servers that speak PostgreSQL's protocol. They are played by their documentation, in front of PostgreSQL:
 * what the real ones do beyond that is not tried here.
 */
import { describe, expect, test } from "vitest";
import { POSTGRES, useServer } from "../helpers/distributed-shell.ts";
import { useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { play } from "../support/makers/played-server.ts";
import { COCKROACH, DSQL, YUGABYTE } from "../support/makers/rules.ts";

const SERVERS = [
  ["YugabyteDB", YUGABYTE, []],
  ["CockroachDB", COCKROACH, []],
  ["Aurora DSQL", DSQL, ["--commit", "2500"]],
] as const;

describe.each(SERVERS)("%s", (name, rules, flags) => {
  const { database, load, rows } = useServer(rules, flags);

  test("inserts, updates and leaves rows, and says which", async () => {
    await database.exec("insert into t values (1, 'a', 1.5), (2, 'b', 2)");
    const { counts, report } = await load("id,name,price\n1,a,1.50\n2,B,2\n3,c,3\n");

    expect(counts).toEqual({ read: 3, inserted: 1, updated: 1, unchanged: 1 });
    expect(await rows()).toEqual(["1|a|1.50", "2|B|2.00", "3|c|3.00"]);
    expect(report.warnings.join()).toContain(`the server is ${name}`);
  });

  test("a key that repeats is written in the order of the file", async () => {
    const { counts } = await load("id,name\n1,a\n2,x\n1,b\n1,b\n1,c\n");

    expect(counts).toEqual({ read: 5, inserted: 2, updated: 2, unchanged: 1 });
    expect(await rows()).toEqual(["1|c|", "2|x|"]);
  });

  test("records at fault are rejected, and no others", async () => {
    const ids = Array.from({ length: 40 }, (_, at) =>
      at % 13 === 7 ? `${at},toolong` : `${at},ok`,
    );
    const { counts, exitCode } = await load(`id,name\n${ids.join("\n")}\nx,bad\n`, [
      "--key",
      "id",
      "--rejects-ok",
      "--max-rejects",
      "9",
    ]);

    expect(exitCode).toBe(0);
    expect(counts).toEqual({ read: 41, inserted: 37, rejected: 4 });
    expect(await rows()).toHaveLength(37);
  });

  test.each([
    ["ignore", { read: 3, inserted: 1, ignored: 2 }, ["1|a|", "2|b|"]],
    ["update", { read: 3, updated: 1, unchanged: 1, skipped: 1 }, ["1|A|"]],
  ] as const)("mode %s", async (mode, counts, table) => {
    await database.exec("insert into t (id, name) values (1, 'a')");
    const found = await load(
      `id,name\n1,${mode === "update" ? "a" : "x"}\n2,b\n${mode === "update" ? "1,A" : "2,c"}\n`,
      ["--key", "id", "--mode", mode],
    );

    expect(found.counts).toEqual(counts);
    expect(await rows()).toEqual(table);
  });

  test("conditions and expressions", async () => {
    await database.exec("insert into t values (1, 'a', 1), (2, 'b', 9)");
    const { counts } = await load("id,price\n1,5\n2,5\n3,5\n", [
      "--key",
      "id",
      "--set",
      "price = target.price + excluded.price",
      "--update-where",
      "target.price < 5",
    ]);

    expect(counts).toEqual({ read: 3, inserted: 1, updated: 1, skipped: 1 });
    expect(await rows()).toEqual(["1|a|6.00", "2|b|9.00", "3||5.00"]);
  });
});

describe.each(SERVERS)("%s", (_name, rules, flags) => {
  const { database, load, rows, played } = useServer(rules, flags);

  test("a transaction that met a change of another begins again", async () => {
    played().conflicts = 2;
    const { counts, exitCode, stderr } = await load("id,name\n1,a\n2,b\n");

    expect(exitCode, stderr).toBe(0);
    expect(counts).toEqual({ read: 2, inserted: 2 });
    expect(played().conflicts).toBe(0);
  });

  test("a commit whose end nobody knows is told as that", async () => {
    const server = played();
    server.conflicts = 1;
    server.conflict = ["57P01", "terminating connection due to administrator command"];
    const { exitCode, report } = await load("id,name\n1,a\n", [
      "--key",
      "id",
      "--retry-timeout",
      "0",
    ]);

    // The first commit of a job is that of its checkpoint, which may be done again.
    const code = flags.length > 0 ? "TARGET_LOST" : "TARGET_OUTCOME_UNKNOWN";
    expect([exitCode, report.error.code]).toEqual([75, code]);
  });

  test("asks for nothing that the server refuses", async () => {
    const ids = Array.from({ length: 7000 }, (_, at) => `${at},a`).join("\n");
    const { counts, exitCode, stderr } = await load(`id,name\n${ids}\n`);

    expect(exitCode, stderr).toBe(0);
    expect(counts).toEqual({ read: 7000, inserted: 7000 });
    const refused = played().statements.filter((sql) =>
      rules.refuses.some(({ statement }) => statement.test(sql) && !/advisory/.test(sql)),
    );
    expect(refused).toEqual([]);
  });

  test("asks for the privileges that it takes, and for no temporary tables", async () => {
    const words = ["plan", "-", "--format", "csv", "--table", "t", "--key", "id", ...flags];
    const to = ["--to", played().url(database.url)];
    const { stdout } = await runUpsurge([...words, ...to, "--grants"], { stdin: "id\n1\n" });

    expect(stdout).toMatch(/grant .*insert.* on table "public"\."t"/);
    expect(stdout).not.toContain("temporary");
  });

  test.each([["--truncate"], ["--strategy", "select-then-write"]])(
    "%s is refused before anything is written",
    async (...more) => {
      const { exitCode, report } = await load("id,name\n1,a\n", ["--key", "id", ...more]);

      expect(exitCode).toBe(2);
      expect(report.error.code).toBe("PLAN_UNSUPPORTED");
      expect(await rows()).toEqual([]);
    },
  );
});

describe("Aurora DSQL, by itself", () => {
  const database = useDatabase(POSTGRES);

  test("takes at most so many records in a transaction, and says so", async () => {
    const server = await play(database.url, DSQL);
    await database.exec("create table t (id int primary key)");
    const words = [
      "load",
      "-",
      "--format",
      "csv",
      "--table",
      "t",
      "--key",
      "id",
      "--to",
      server.url(database.url),
    ];
    const whole = await runUpsurge(words, { stdin: "id\n1\n" });
    const parts = await runUpsurge([...words, "--commit", "5000"], { stdin: "id\n1\n" });
    await server.close();

    expect(whole.exitCode).toBe(2);
    expect(whole.stderr).toContain("fix:   pass --commit 2500");
    expect(parts.stderr).toContain("--commit 5000 is not possible here");
  });
});
