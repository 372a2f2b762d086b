/** Several writers, cut short: what the report counts is in the table, nothing else, and nobody is left behind. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { KEYED, LIMIT, loadCsv, manyRecords } from "../helpers/writers-load.ts";
import { untilLockTries } from "../helpers/lock-waits.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const database = useDatabase(postgres);
const start = async (setup: string): Promise<void> => {
  await database.reset();
  await database.exec(setup);
};

const SESSIONS = "application_name = 'upsurge' and datname = current_database()";
const HOLDS_LOCK =
  "pid in (select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))";

async function untilRows(sql: string, enough: (n: number) => boolean): Promise<number> {
  return await until(sql, async () => Number((await database.rows(sql))[0]?.[0]), enough);
}

/** Starts a load of standard input that waits for more once it has committed something. */
async function startedLoad(): Promise<ReturnType<typeof spawnUpsurge>> {
  await start(KEYED);
  const into = ["--to", database.url, "--table", "t", "--key", "k", "--json"];
  const run = ["--writers", "2", "--commit", "500", "-b", "300", "--allow-at-least-once"];
  const spawned = spawnUpsurge(["-", ...into, ...run], tempDir());
  // More than is read at once.
  const lines = Array.from({ length: 200_000 }, (_, at) => `${at},1,x\n`);
  spawned.child.stdin.write(`k,n,s\n${lines.join("")}`);
  await untilRows("select count(*) from t", (n) => n > 5000);
  return spawned;
}

/** Nobody is left behind, and the table holds what the report counts. */
async function expectKept(stdout: string): Promise<void> {
  await untilRows(`select count(*) from pg_stat_activity where ${SESSIONS}`, (n) => n === 0);
  const { counts, guarantee } = JSON.parse(stdout);
  expect(guarantee).toBe("at-least-once");
  const [[count] = []] = await database.rows("select count(*) from t");
  expect(counts).toMatchObject({ read: Number(count), inserted: Number(count) });
}

describe("several writers", () => {
  test("keep what is committed when a record stops them, and count that", async () => {
    await start(KEYED);
    const lines = Array.from({ length: 20_000 }, (_, at) => `${at},${at === 15_000 ? 77 : 1},x\n`);
    const flags = [
      "--key",
      "k",
      "--writers",
      "3",
      "--commit",
      "1000",
      "-b",
      "600",
      "--allow-at-least-once",
    ];
    const { exit, report } = await loadCsv(database, tempDir(), `k,n,s\n${lines.join("")}`, flags);

    expect([exit, report.status, report.error?.code]).toEqual([4, "failed", "REJECT_LIMIT"]);
    expect(report.error?.fix).toContain("records are committed and stay: the same command starts");
    const { read = 0 } = report.counts;
    expect(report.counts).toMatchObject({ inserted: read, rejected: 0 });
    const [[count, last] = []] = await database.rows("select count(*), max(k) from t");
    expect(Number(count)).toBe(read);
    expect(read).toBeGreaterThan(5000);
    expect(Number(last)).toBeLessThan(15_600);
  });

  test("of two loads at once do not block each other for good", async () => {
    await start(KEYED);
    const folders = [tempDir(), tempDir()];
    const lines = manyRecords(8000).split("\n").slice(1, -1);
    const inputs = [lines, lines.toReversed()].map((each) => `k,n,s\n${each.join("\n")}\n`);
    const flags = ["--key", "k", "--writers", "2", "--commit", "500", "-b", "200", ...LIMIT];
    const loads = inputs.map((input, at) => loadCsv(database, folders[at] ?? "", input, flags));
    for (const { exit, report, output } of await Promise.all(loads)) {
      expect(exit, output).toBe(3);
      expect(report.counts["read"]).toBe(8000);
    }
  });

  test("start again where nothing is committed", async () => {
    await start(KEYED);
    await database.exec("insert into t values (1, 0, 'held')");
    await database.exec("begin; update t set n = 1 where k = 1");
    const folder = tempDir();
    const flags = ["--key", "k", "--writers", "2", "--commit", "50000", "--lock-timeout", "200ms"];
    const loading = loadCsv(database, folder, "k,n,s\n1,5,a\n2,6,b\n3,7,c\n", flags);
    await untilLockTries(database, 3);
    await database.exec("commit");
    const { exit, report, output } = await loading;

    expect(exit, output).toBe(0);
    expect(report.counts).toMatchObject({ read: 3, inserted: 2, updated: 1 });
  });
});

describe("several writers that are cut short", () => {
  test("stop at a signal", async () => {
    const { child, ended } = await startedLoad();
    expect(
      await untilRows(`select count(*) from pg_stat_activity where ${SESSIONS}`, () => true),
    ).toBe(3);
    child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await ended;

    expect(exitCode, stderr).toBe(130);
    expect(JSON.parse(stdout).status).toBe("interrupted");
    expect(stderr).toContain("SIGINT: undoing what is not committed");
    await expectKept(stdout);
  });

  test.each([
    // A writer that is idle learns of it with its next part.
    ["a writer", `not ${HOLDS_LOCK}`, "5,1,x\n".repeat(200_000)],
    // This one is noticed though nothing more comes.
    ["the one that keeps others away", HOLDS_LOCK, "5,1"],
  ])("stop when the connection of %s is cut", async (_, which, more) => {
    const { child, ended } = await startedLoad();
    await database.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity where ${SESSIONS} and ${which} limit 1`,
    );
    child.stdin.write(more);
    const { exitCode, stdout, stderr } = await ended;

    expect(exitCode, stderr).toBe(75);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "TARGET_LOST",
      fix: expect.stringContaining("records are committed and stay"),
    });
    await untilRows(`select count(*) from pg_stat_activity where ${SESSIONS}`, (n) => n === 0);
    const [[count] = []] = await database.rows("select count(*) from t");
    expect(JSON.parse(stdout).counts.inserted).toBe(Number(count));
  });
});
