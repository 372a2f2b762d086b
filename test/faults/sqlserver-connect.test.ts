/** SQL Server, when no connection comes about, or not the one that was asked for: it is said, and nothing is sent before. */
import { beforeEach, describe, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { SqlServerConnection } from "../../src/targets/sqlserver/connect/connection.ts";
import { lockJob } from "../../src/targets/sqlserver/job-lock.ts";
import { until } from "../helpers/until.ts";
import { TdsError } from "../support/tds/backend.ts";
import { having, nth, runFaulty, tell, useFaultyServer } from "./sqlserver-support.ts";
import type { FaultyServer, Rows } from "./sqlserver-support.ts";

const INPUT = "id,n\n1,10\n2,20\n";
const LOADED = [
  ["1", "10"],
  ["2", "20"],
];

const CERTIFICATE = fileURLToPath(new URL("../support/tds/localhost-cert.pem", import.meta.url));

/** This machine by a name that does not look like it. */
const ANOTHER_NAME = "127.1";

async function makeTable(db: FaultyServer): Promise<void> {
  await tell(await db.session(), "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)");
}

async function table(db: FaultyServer): Promise<Rows> {
  return tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
}

describe("a server that does not encrypt", () => {
  const db = useFaultyServer("off");
  beforeEach(() => makeTable(db));

  test.each(["", "encrypt=true", "trustServerCertificate=true"])(
    "gets no login: %s",
    async (more) => {
      const result = await runFaulty(db, { input: INPUT, to: db.url({ more }) });
      expect(result).toMatchObject({ exit: 2, code: "TARGET_TLS" });
      expect(result.fix).toContain("encrypt=");
      expect(db.logins).toBe(0);
      expect(db.server.logins).toEqual([]);
      expect(await table(db)).toEqual([]);
    },
  );

  test("gets no login when it must speak TLS from the first byte, and hangs up", async () => {
    const to = db.url({ more: "encrypt=strict" });
    const result = await runFaulty(db, { input: INPUT, to });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_UNREACHABLE" });
    expect(db.logins).toBe(0);
  });

  test("is used when it is asked for, without a word on this machine", async () => {
    const result = await runFaulty(db, { input: INPUT });
    expect(result).toMatchObject({ exit: 0, warnings: [] });
    expect(await table(db)).toEqual(LOADED);
  });

  test("is warned of when it is another machine", async () => {
    const to = db.url({ host: ANOTHER_NAME });
    const result = await runFaulty(db, { input: INPUT, to });
    expect(result.exit).toBe(0);
    expect(result.warnings).toEqual([expect.stringContaining("in the clear")]);
  });
});

describe("a server that encrypts, with a certificate of its own", () => {
  const db = useFaultyServer("on");
  beforeEach(() => makeTable(db));

  test("is not trusted", async () => {
    const result = await runFaulty(db, { input: INPUT, to: db.url({ more: "" }) });
    expect(result).toMatchObject({ exit: 2, code: "TARGET_TLS" });
    expect(result.fix).toContain("ca=FILE");
    expect(db.logins).toBe(0);
  });

  test("is not trusted under another name, whoever vouches for it", async () => {
    const to = db.url({ host: ANOTHER_NAME, more: `ca=${encodeURIComponent(CERTIFICATE)}` });
    const result = await runFaulty(db, { input: INPUT, to });
    expect(result).toMatchObject({ exit: 2, code: "TARGET_TLS" });
    expect(result.fix).toContain("hostNameInCertificate=NAME");
    expect(db.logins).toBe(0);
  });

  test.each([
    ["its certificate is named", { more: `ca=${encodeURIComponent(CERTIFICATE)}` }, []],
    [
      "its certificate and its name are named",
      {
        host: ANOTHER_NAME,
        more: `ca=${encodeURIComponent(CERTIFICATE)}&hostNameInCertificate=localhost`,
      },
      [],
    ],
    ["anything is trusted on this machine", { more: "trustServerCertificate=true" }, []],
    [
      "anything is trusted on another machine, with a warning",
      { host: ANOTHER_NAME, more: "trustServerCertificate=true" },
      [expect.stringContaining("can pose as it; pass ca=FILE")],
    ],
  ])("is trusted when %s", async (_name, how, warnings) => {
    const result = await runFaulty(db, { input: INPUT, to: db.url(how) });
    expect(result).toMatchObject({ exit: 0, warnings });
    expect(await table(db)).toEqual(LOADED);
  });

  test.each([`ca=${encodeURIComponent(CERTIFICATE)}`, "trustServerCertificate=true"])(
    "by its address is loaded without a word of Node's: %s",
    async (more) => {
      const folder = tempDir({ "in.csv": INPUT });
      const args = ["in.csv", "--to", db.url({ more }), "--table", "t", "--key", "id", "-q"];
      const { exitCode, stderr } = await spawnUpsurge(args, folder).ended;
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(await table(db)).toEqual(LOADED);
    },
  );

  test("insists on it", async () => {
    const result = await runFaulty(db, { input: INPUT });
    expect(result).toMatchObject({ exit: 2, code: "TARGET_TLS" });
    expect(result.fix).toContain("encrypt=true");
    expect(db.logins).toBe(0);
  });

  test("starts again over a new connection, encrypted as well", async () => {
    db.troubles = nth(2, having(/merge/i), { after: "cut" });
    const to = db.url({ more: `ca=${encodeURIComponent(CERTIFICATE)}` });
    const result = await runFaulty(db, { input: INPUT, to });
    expect(result).toMatchObject({ exit: 0, counts: { read: 2, inserted: 2 } });
    expect(await table(db)).toEqual(LOADED);
  });
});

describe("a login", () => {
  const db = useFaultyServer();
  beforeEach(() => makeTable(db));

  test("with the wrong password is refused once, and the password not shown", async () => {
    const to = db.url().replace("secret", "hunter2");
    const result = await runFaulty(db, { input: INPUT, to });
    expect(result).toMatchObject({ exit: 2, code: "TARGET_LOGIN" });
    expect(result.cause).toContain("(18456)");
    expect(result.fix).toContain("MSSQL_PASSWORD");
    expect(result.stderr).not.toContain("hunter2");
    expect(db.logins).toBe(1);
  });

  test("to a database that is not there is refused", async () => {
    const result = await runFaulty(db, { input: INPUT, to: db.url({ database: "nowhere" }) });
    expect(result).toMatchObject({ exit: 2, code: "TARGET_NO_DATABASE" });
    expect(result.cause).toContain("(4060)");
    expect(result.fix).toContain("database");
  });

  test.each([4221, 10_928, 10_929, 10_936, 17_197, 18_401, 40_197, 40_501, 40_613, 49_918])(
    "that a busy server refuses (%i) can be tried later",
    async (number) => {
      db.refusal = () => new TdsError(number, "not now");
      const result = await runFaulty(db, { input: INPUT });
      expect(result).toMatchObject({ exit: 75, code: "TARGET_BUSY" });
      expect(result.cause).toContain(`(${number})`);
      expect(result.fix).toContain("run the same command later");
      expect(await table(db)).toEqual([]);
    },
  );

  test("that is refused for a moment between two tries is tried again", async () => {
    db.troubles = nth(2, having(/merge/i), { after: "cut" });
    db.refusal = (login) => (login === 3 ? new TdsError(40_613, "moving house") : undefined);
    const result = await runFaulty(db, { input: INPUT });
    expect(result).toMatchObject({ exit: 0, counts: { read: 2, inserted: 2 } });
  });
});

describe("a server that goes away for good", () => {
  const db = useFaultyServer();
  beforeEach(() => makeTable(db));

  test("is looked for until time is up", async () => {
    const { port } = db.server;
    const session = await db.session();
    db.troubles = (request) => {
      if (!request.sql.includes("SAVE TRANSACTION")) return undefined;
      void db.server.close();
      return { before: "cut" };
    };
    const flags = ["--retry-timeout", "500ms"];
    const result = await runFaulty(db, { input: INPUT, flags });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_UNREACHABLE" });
    expect(result.cause).toContain(String(port));
    expect(result.fix).toContain("check that the server runs");
    expect(await tell(session, "SELECT id, n FROM t")).toEqual([]);
  });
});

describe("the lock of a job", () => {
  const db = useFaultyServer();
  const open = (): Promise<SqlServerConnection> => SqlServerConnection.open(db.url(), {});
  const asked = (): number => db.requests.filter(({ sql }) => /SELECT 1 AS alive/.test(sql)).length;

  test("is never silent for long, and is there all the while", async () => {
    const lock = await lockJob(open, "nightly", "db", 5);
    await until("the lock asks again and again", () => asked() > 3);
    expect(await lockJob(open, "nightly", "db")).toBeNull();
    await lock?.release();
    const after = asked();
    const next = await lockJob(open, "nightly", "db");
    expect([next === null, asked()]).toEqual([false, after]);
    await next?.release();
  });

  test("is let go without a word where its connection is gone", async () => {
    const lock = await lockJob(open, "nightly", "db", 5);
    db.troubles = nth(1, having(/SELECT 1 AS alive/), { before: "cut" });
    await until("the lock asks", () => asked() > 0);
    await lock?.release();
    const next = await lockJob(open, "nightly", "db");
    expect(next).not.toBeNull();
    await next?.release();
  });
});
