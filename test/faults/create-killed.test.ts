/**
 * A load that makes its table is killed at every moment of its transactions: in one transaction nothing of the table is left,
 * with commits in between what was committed is, and the same command goes on.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadBetterSqlite3 } from "../../src/targets/sqlite/connect/better-sqlite3.ts";
import type { SqliteConnection } from "../../src/targets/sqlite/connect/connection.ts";
import { connect } from "../../src/targets/sqlite/connect/connect.ts";
import { OwnFile } from "../../src/targets/sqlite/connect/own-file.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { firstOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";
import type { Ended } from "./torture/launch.ts";

const POINTS = firstOf<FailPoint>("moments of a load that makes its table", [
  "commit",
  "applied",
  "begin",
  "row-locked",
  "apply",
  "moved",
]);
const TIMES = firstOf("moments of each fail point", [2, 1]);
const IDS = ["1", "2", "3", "4", "5"].map((id) => [id]);

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);
  const folder = mkdtempSync(join(tmpdir(), "upsurge-create-"));
  writeFileSync(join(folder, "in.csv"), `id,n\n${IDS.map(([id]) => `${id},1\n`).join("")}`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (more: readonly string[], at: string | null = null): Promise<Ended> => {
    const into = ["--to", database.url, "--table", "t", "--create", "--key", "id", "--quiet"];
    const env = at === null ? {} : { UPSURGE_FAULT: `${at}:kill` };
    const preload = at === null ? [] : [AT_FAIL_POINT];
    return await launch({ args: ["in.csv", ...into, ...more], cwd: folder, env, preload }).ended;
  };
  const tables = async (): Promise<number> => {
    const sql =
      engine.name === "sqlite"
        ? "select count(*) from sqlite_schema where name = 't'"
        : "select count(*) from pg_class where oid = to_regclass('t')";
    return Number((await database.rows(sql))[0]?.[0]);
  };

  test.each(POINTS.filter((point) => point !== "moved"))(
    "in one transaction, killed at %s: no table is left, and the next run makes it",
    async (point) => {
      await database.reset();

      const killed = await run([], `${point}:1`);
      expect([killed.signal, await tables()]).toEqual(["SIGKILL", 0]);
      const next = await run([]);

      expect(next.exit, next.stderr).toBe(0);
      expect(await database.rows("select id from t order by id")).toEqual(IDS);
    },
  );

  test.each(POINTS.flatMap((point) => TIMES.map((nth) => [point, nth] as const)))(
    "as a job, killed at %s, the time %i: the table is there from the first commit on",
    async (point, nth) => {
      await database.reset();
      const job = ["--mode", "insert", "--commit", "2", "--job", "j"];

      const killed = await run(job, `${point}:${nth}`);
      expect([killed.signal, await tables()]).toEqual(["SIGKILL", nth - 1]);
      const next = await run(job);

      expect(next.exit, next.stderr).toBe(0);
      expect(await database.rows("select id from t order by id")).toEqual(IDS);
    },
  );
});

const driver = await loadBetterSqlite3();

function open(path: string): SqliteConnection {
  return driver.openFile(path, { readonly: false, create: true });
}

function rowsOf(path: string): unknown {
  return open(path).prepare("select count(*) as n from t").get();
}

describe("an empty file that one run has made and another has opened", () => {
  test("is not removed while the other is at work in it", () => {
    const path = join(tempDir(), "new.db");
    const [mine, others] = [open(path), open(path)];
    const file = new OwnFile(path, "made");
    others.exec("begin immediate; create table t (id)");

    file.removeIfUnused(mine);
    others.exec("commit");

    expect(() => new OwnFile(path, "found").refuseRemoved(others)).not.toThrow();
    expect(rowsOf(path)).toEqual({ n: 0 });
  });

  test("is found out to be gone before anything is written to it", async () => {
    const path = join(tempDir(), "new.db");
    const options = {
      url: path,
      lockTimeoutMs: 0,
      statementTimeoutMs: 0,
      environment: {},
      missingFile: "make",
    } as const;
    const mine = await connect(options);
    const others = await connect(options);

    await mine.close();

    const table = { name: { schema: null, name: "t" }, columns: [] };
    const ddl = { kind: "create", flag: "--create", table, statements: [] } as const;
    await expect(others.supposing(ddl, async () => {})).rejects.toMatchObject({
      code: "PLAN_TABLE_APPEARED",
      retry: "restart",
    });
    await others.close();
  });

  test("stays where it was there before, or has come to hold something", () => {
    const path = join(tempDir(), "new.db");
    const mine = open(path);

    new OwnFile(path, "found").removeIfUnused(mine);
    expect(() => new OwnFile(path, "found")).not.toThrow();
    mine.exec("create table t (id)");
    new OwnFile(path, "made").removeIfUnused(mine);

    expect(rowsOf(path)).toEqual({ n: 0 });
  });
});
