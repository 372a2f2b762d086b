/**
 * Loads into distributed servers that speak PostgreSQL's protocol. They are played by their documentation, in front of PostgreSQL:
 * what the real ones do beyond that is not tried here.
 */
import { describe, expect, test } from "vitest";
import { useServer } from "../helpers/distributed-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { COCKROACH, DSQL, YUGABYTE } from "../support/makers/rules.ts";

const SERVERS = [
  ["YugabyteDB", YUGABYTE, []],
  ["CockroachDB", COCKROACH, []],
  ["Aurora DSQL", DSQL, []],
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

describe.each(SERVERS)("%s", (name, rules, flags) => {
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
    const code = rules === DSQL ? "TARGET_LOST" : "TARGET_OUTCOME_UNKNOWN";
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

  test("a key that several rows share is refused in mode update", async () => {
    await database.exec(
      "create table twice (k int, v text); insert into twice values (1, 'a'), (1, 'b'), (2, 'c')",
    );
    const flags = ["--mode", "update", "--key", "k", "--strategy", "select-then-write"];
    const { exitCode, report } = await load("k,v\n1,x\n", [...flags, "--table", "twice"]);

    expect([exitCode, report.error?.code]).toEqual([2, "PLAN_KEY_NOT_UNIQUE"]);
    expect(await database.rows("select v from twice order by v")).toEqual([["a"], ["b"], ["c"]]);
  });

  test.each([
    ["--truncate", [], "empty the table first"],
    ["--strategy", ["select-then-write"], "leave --strategy out"],
    ["--before", ["update t set name = 'b'"], "run it by itself before the load"],
    ["--after", ["update t set name = 'b'"], "run it by itself once the load is done"],
    ["--delete-when", ["name=a"], "leave --delete-when out"],
  ])(
    "%s is refused before anything is written, and its message names the server",
    async (flag, words, fix) => {
      const more = ["--key", "id", flag, ...words];
      const { exitCode, report } = await load("id,name\n1,a\n", more);

      expect(exitCode).toBe(2);
      expect(report.error.code).toBe("PLAN_UNSUPPORTED");
      expect(`${report.error.message} ${report.error.cause}`).toContain(` on ${name} `);
      expect(report.error.fix).toContain(fix);
      expect(played().statements.filter((sql) => /^(insert|update)/i.test(sql))).toEqual([]);
      expect(await rows()).toEqual([]);
    },
  );
});

/** A file of so many records. */
function file(count: number): string {
  return `id,name\n${Array.from({ length: count }, (_, at) => `${at},a`).join("\n")}\n`;
}

describe("Aurora DSQL, whose transactions are small", () => {
  const { database, load, rows, played } = useServer(DSQL, []);
  const COMMITS = "so the load commits every 2,500 of them";

  test("a load without --commit is a job that commits what they take, and says so", async () => {
    const { exitCode, report, counts, stderr } = await load(file(7000));

    expect(exitCode, stderr).toBe(0);
    expect(counts).toEqual({ read: 7000, inserted: 7000 });
    expect(report.guarantee).toBe("exactly-once");
    expect(report.job.name).toMatch(/^auto-/);
    expect(report.warnings.join()).toContain(COMMITS);
    expect(played().statements.filter((sql) => sql === "commit").length).toBeGreaterThan(3);
  });

  test("one that fails keeps what is committed, says so, and goes on there", async () => {
    const broken = file(2520).replace("\n2510,a", "\n2510,toolong");
    // Rows of a batch with one at fault go one by one.
    const flags = ["--key", "id", "--batch-rows", "100"];
    const failed = await load(broken, flags);
    const kept = (await rows()).length;
    const again = await load(broken, [...flags, "--max-rejects", "1", "--rejects-ok"]);

    expect([failed.exitCode, failed.report.error.code]).toEqual([4, "REJECT_LIMIT"]);
    expect(failed.counts["inserted"]).toBe(kept);
    expect(kept).toBeGreaterThanOrEqual(2000);
    expect(failed.stderr).toMatch(/committed/);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.report.job.resumedAt).toBe(kept);
    expect(await rows()).toHaveLength(2519);
  });

  test("--commit end is one transaction or nothing", async () => {
    const whole = await load(file(2900), ["--key", "id", "--commit", "end"]);
    await database.exec("delete from t");
    const tooMany = await load(file(7000), ["--key", "id", "--commit", "end"]);

    expect(whole.report.guarantee).toBe("all-or-nothing");
    expect([whole.exitCode, whole.report.job, whole.counts["inserted"]]).toEqual([0, null, 2900]);
    expect(whole.report.warnings.join()).not.toContain(COMMITS);
    expect(tooMany.exitCode).not.toBe(0);
    expect(tooMany.stderr).toContain("fix:   pass --commit 2500");
    expect(await rows()).toEqual([]);
  });

  test("a plan says so before, a dry run is whole, and more than they take is refused", async () => {
    const words = ["-", "--format", "csv", "--table", "t", "--key", "id"];
    const to = ["--to", played().url(database.url)];
    const run = async (command: string, ...more: string[]) =>
      await runUpsurge([command, ...words, ...to, ...more], { stdin: "id\n1\n" });
    const plan = await run("plan");
    const dry = await run("load", "--dry-run");
    const large = await run("load", "--commit", "5000");

    expect(plan.stdout).toContain("every 2,500 records");
    expect(plan.stdout).toContain(COMMITS);
    expect(dry.exitCode, dry.stderr).toBe(0);
    expect(dry.stderr).not.toContain(COMMITS);
    expect([large.exitCode, large.stderr]).toEqual([
      2,
      expect.stringContaining("--commit 5000 is not possible here"),
    ]);
  });
});
