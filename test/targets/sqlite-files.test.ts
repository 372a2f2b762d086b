/** SQLite's files and their locks: what can be opened, what can be written, and how long a load waits. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { UpsurgeError } from "../../src/errors/upsurge-error.ts";
import { sqlite } from "../../src/targets/sqlite/index.ts";
import type { Session } from "../../src/targets/target.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const [engine] = ENGINES.filter(({ name }) => name === "sqlite");
if (engine === undefined) throw new Error("there is no SQLite");
const database = useDatabase(engine);
const temporary = useTempDir();
beforeEach(async () => await database.reset());

async function connect(url = database.url, lockTimeoutMs = 50): Promise<Session> {
  return await sqlite.connect({ url, lockTimeoutMs, statementTimeoutMs: 0, environment: {} });
}

/** Waits until this statement has been tried twice from now on, which is begun again for every try. */
function triedTwice(method: "exec", statement: string): () => Promise<unknown> {
  const spy = vi.spyOn(Database.prototype, method);
  onTestFinished(() => spy.mockRestore());
  const tries = (): number => spy.mock.calls.filter(([sql]) => sql === statement).length;
  return async () => {
    const before = tries();
    return await until(`a second try to ${statement}`, tries, (seen) => seen >= before + 2);
  };
}

/** Lasts longer than the test. */
const PATIENT_MS = 600_000;

/** The code of the error that `work` ends in. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "no error",
    (error: unknown) => (error instanceof UpsurgeError ? error.code : String(error)),
  );
}

describe("files", () => {
  test("tells what is no database", async () => {
    const text = join(temporary.path, "text.db");
    writeFileSync(text, "this is not a database, however long it may be ".repeat(40));
    mkdirSync(join(temporary.path, "folder.db"), { recursive: true });

    expect(await codeOf(connect(join(temporary.path, "missing.db")))).toBe("TARGET_NOT_FOUND");
    expect(await codeOf(connect(text))).toBe("TARGET_NOT_A_DATABASE");
    expect(await codeOf(connect(join(temporary.path, "folder.db")))).toBe("TARGET_NOT_A_DATABASE");
    expect(await codeOf(connect("sqlite:"))).toBe("TARGET_URL");
  });

  test.skipIf(process.getuid?.() === 0)("tells a file that may not be written", async () => {
    await database.exec("create table t (k int primary key)");
    const path = database.url.slice("sqlite:".length);
    chmodSync(path, 0o444);
    const flags = ["--key", "k"];
    const input = {
      folder: temporary.path,
      table: "t",
      extension: "csv",
      input: "k\n1\n",
      flags,
    } as const;
    const result = await runLoad(database, input, {
      strategy: "auto",
      rowSource: "auto",
      batchRows: 1,
    });
    chmodSync(path, 0o644);

    expect([result.exit, result.error]).toEqual([2, "TARGET_NOT_WRITABLE"]);
  });

  test("tells when the database says that it may not be written", async () => {
    const session = await connect();
    const codes = ["SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN", "SQLITE_CANTOPEN_ISDIR"];
    const errors = codes.map((code) =>
      session.translate(new Database.SqliteError("attempt to write", code)),
    );
    await session.close();

    for (const error of errors) {
      expect(error).toMatchObject({ code: "TARGET_NOT_WRITABLE", exit: 2 });
      expect(session.classify(error)).toBe("fatal");
    }
  });

  test("a job says of a file that may not be written what a load says", async () => {
    await database.exec("create table t (k int primary key)");
    const to = `${database.url}?mode=ro`;
    writeFileSync(join(temporary.path, "ro.csv"), "k\n1\n");
    const load = ["ro.csv", "--to", to, "--table", "t", "--key", "k"];

    for (const flags of [[], ["--job", "j", "--commit", "1"]]) {
      const { exitCode, stderr } = await runUpsurge([...load, ...flags], { cwd: temporary.path });
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("TARGET_NOT_WRITABLE")]);
      expect(stderr).toContain("fix:   leave mode=ro out of --to");
    }
  });

  test("accepts its URLs and paths, and no other target's", () => {
    const accepted = ["sqlite:a", "SQLITE:a.txt", "a.db", "/x/y.SQLite3", "c.sqlite"];
    expect(accepted.map((url) => sqlite.accepts(url))).toEqual(accepted.map(() => true));
    expect(["postgres://h/x.db", "a.csv", "db"].map((url) => sqlite.accepts(url))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("the file's journal mode stays as it was", async () => {
    await database.exec("pragma journal_mode = wal; create table t (k int primary key)");
    const session = await connect();
    await session.close();

    expect(await database.rows("pragma journal_mode")).toEqual([["wal"]]);
  });
});

describe("locks", () => {
  test("waits for another writer, and then says so", async () => {
    await database.exec("create table t (k int primary key)");
    const other = new Database(database.url.slice("sqlite:".length));
    other.exec("begin immediate");
    const flags = ["--key", "k", "--lock-timeout", "100ms", "--retry-timeout", "0"];
    const input = {
      folder: temporary.path,
      table: "t",
      extension: "csv",
      input: "k\n1\n",
      flags,
    } as const;
    const way = { strategy: "auto", rowSource: "auto", batchRows: 1 };

    const locked = await runLoad(database, input, way);
    expect([locked.exit, locked.error]).toEqual([75, "TARGET_BUSY"]);

    const tried = triedTwice("exec", "begin immediate");
    const patient = ["--key", "k", "--lock-timeout", "10m", "--retry-timeout", "0"];
    const waiting = runLoad(database, { ...input, flags: patient }, way);
    await tried();
    other.exec("rollback").close();
    expect((await waiting).counts).toEqual({ inserted: 1 });
  });

  test("waits for another's exclusive lock before it has read anything, and stays awake meanwhile", async () => {
    await database.exec("create table t (k int primary key)");
    const other = new Database(database.url.slice("sqlite:".length));
    other.exec("begin exclusive");

    const impatient = await connect(database.url, 50);
    expect(await codeOf(impatient.readTableShape("t"))).toBe("TARGET_BUSY");
    await impatient.close();

    const tried = triedTwice("exec", "pragma synchronous = full");
    const stopped = await connect(database.url, PATIENT_MS);
    const stopping = codeOf(stopped.readTableShape("t"));
    await tried();
    await stopped.close();
    expect(await stopping).toContain("not open");

    const patient = await connect(database.url, PATIENT_MS);
    const reading = patient.readTableShape("t");
    await tried();
    other.exec("rollback").close();
    expect((await reading)?.name.name).toBe("t");
    await patient.close();
  });
});
