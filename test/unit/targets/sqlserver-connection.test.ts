/** One physical connection: what goes over it, and that it ends at once and tells when it is lost. */
import { afterEach, describe, expect, test } from "vitest";
import type { SqlServerConnection } from "../../../src/targets/sqlserver/connect/connection.ts";
import { until } from "../../helpers/until.ts";
import {
  cleanUp,
  connect,
  connectThrough,
  loads,
  servers,
  statements,
  withoutTimers,
} from "./sqlserver-support.ts";

/** What nobody listened to would end the process. */
const unheard: unknown[] = [];
process.on("uncaughtExceptionMonitor", (error) => unheard.push(error));

afterEach(async () => {
  await cleanUp();
  expect(unheard).toEqual([]);
});

describe("statements", () => {
  test("answer with the rows of every result, wide numbers as text", async () => {
    const connection = await connect();

    expect(await connection.batch("two results")).toEqual([
      [
        { n: "9007199254740993", t: "ü" },
        { n: null, t: null },
      ],
      [{ i: 1 }],
    ]);
    expect(await connection.batch("set nothing")).toEqual([]);
  });

  test("get their parameters as text, however long", async () => {
    const connection = await connect();
    const long = "x".repeat(100_000);
    const parameters = [
      { name: "a", value: "it's" },
      { name: "b", value: null },
      { name: "c", value: long },
      { name: "d", value: "" },
    ];

    const [rows] = await connection.execute("parameters", parameters);

    expect(rows).toEqual(parameters.map(({ name, value }) => ({ name: `@${name}`, value })));
  });

  test("fail with the server's number and leave the connection usable", async () => {
    const connection = await connect();

    await expect(connection.batch("fails")).rejects.toMatchObject({ number: 8134 });

    expect(connection.lost).toBe(false);
    expect(await connection.batch("one")).toEqual([[{ i: 1 }]]);
  });

  test("all go over one connection", async () => {
    const connection = await connect();
    for (let i = 0; i < 5; i++) await connection.batch("one");

    // One to try, one to stay.
    expect(servers[0]?.logins).toHaveLength(2);
    expect(servers[0]?.connections).toBe(1);
  });
});

test("a bulk load brings its rows as they are", async () => {
  const connection = await connect();
  await connection.bulk(
    "#raw",
    [
      { name: "ord", type: "bigint", nullable: false },
      { name: "shape", type: "int", nullable: false },
      { name: "f0", type: "nvarchar(max)", nullable: true },
    ],
    [
      [1, 0, "a"],
      ["9007199254740993", 0, null],
      [3, 1, "y".repeat(9000)],
      [4, 1, ""],
    ],
    { keepNulls: true },
  );

  expect(loads).toEqual([
    {
      table: "[#raw]",
      columns: ["ord", "shape", "f0"],
      options: ["KEEP_NULLS"],
      rows: [
        ["1", "0", "a"],
        ["9007199254740993", "0", null],
        ["3", "1", "y".repeat(9000)],
        ["4", "1", ""],
      ],
    },
  ]);
});

describe("a transaction", () => {
  test("is begun and committed", async () => {
    const connection = await connect();
    expect(connection.inTransaction).toBe(false);
    await connection.begin();
    expect(connection.inTransaction).toBe(true);
    await connection.batch("one");
    await connection.commit();
    expect(connection.inTransaction).toBe(false);
    expect(statements).toContain("COMMIT TRANSACTION");
  });

  test("is over when the server ends it by itself", async () => {
    const connection = await connect();
    await connection.begin();

    await expect(connection.batch("dooms")).rejects.toMatchObject({ number: 1205 });

    expect(connection.inTransaction).toBe(false);
    expect(connection.lost).toBe(false);
    await expect(connection.commit()).rejects.toMatchObject({ number: 3902 });
    await connection.rollback();
    await connection.begin();
    expect(connection.inTransaction).toBe(true);
  });

  test("may be rolled back by its commit", async () => {
    const connection = await connect();
    await connection.begin();
    await connection.batch("doom the commit");

    await expect(connection.commit()).rejects.toMatchObject({ number: 41_305 });

    expect(connection.inTransaction).toBe(false);
  });
});

describe("a cut socket", () => {
  test.each(["batch", "execute", "bulk", "begin", "commit"] as const)(
    "fails a %s, and is told",
    async (kind) => {
      let isArmed = false;
      const connection = await connect({
        faults: () => (isArmed ? { before: "cut" } : undefined),
      });
      await connection.begin();
      isArmed = true;

      await expect(call(connection, kind)).rejects.toThrow();

      expect(connection.lost).toBe(true);
      await expect(connection.batch("one")).rejects.toMatchObject({ code: "TARGET_LOST" });
      await connection.rollback();
      await withoutTimers(() => connection.close());
      expect(servers[0]?.logins).toHaveLength(2);
    },
  );

  test("fails a bulk load in its midst", async () => {
    const { connection, cut, sent } = await connectThrough();
    const failed = expect(call(connection, "bulk")).rejects.toThrow();
    const before = sent();
    await until("a part of the rows", () => sent() - before > 200_000);
    cut();
    await failed;
    expect(connection.lost).toBe(true);
    expect(loads).toEqual([]);
  });

  test("is told when nothing is running", async () => {
    const connection = await connect();
    await servers[0]?.close();
    await until("the loss", () => connection.lost);
    await expect(connection.batch("one")).rejects.toMatchObject({ code: "TARGET_LOST" });
  });
});

describe("closing", () => {
  test("takes no time in a transaction", async () => {
    const connection = await connect();
    await connection.begin();
    await withoutTimers(() => connection.close());
    await untilOpen(0);
    await connection.close();
    await expect(connection.batch("one")).rejects.toMatchObject({ code: "TARGET_LOST" });
  });

  test.each(["waits", "works"])("stops a request that %s", async (sql) => {
    const connection = await connect();
    await connection.begin();
    const running = connection.batch(sql);
    const failed = expect(running).rejects.toThrow();
    await untilAsked(sql);

    await withoutTimers(() => connection.close());

    await failed;
    expect(connection.lost).toBe(true);
  });

  test("stops a request to a server that is silent", async () => {
    const { connection, freeze } = await connectThrough();
    freeze();
    const failed = expect(connection.batch("one")).rejects.toMatchObject({ code: "ECLOSE" });
    await untilAsked("one");
    await connection.close();
    await failed;
  });

  test("may come first, twice, and while another call waits", async () => {
    const connection = await connect();
    await Promise.all([connection.close(), connection.close()]);
    await connection.rollback();
    expect(connection.lost).toBe(true);
  });
});

test("a running request can be cancelled, and the connection goes on", async () => {
  const connection = await connect();
  const running = expect(connection.batch("works")).rejects.toMatchObject({ code: "ECANCEL" });
  await untilAsked("works");
  connection.cancel();
  await running;
  expect(connection.lost).toBe(false);
  expect(await connection.batch("one")).toEqual([[{ i: 1 }]]);
  connection.cancel();
});

/** Waits until the server has been asked for a statement. */
async function untilAsked(sql: string): Promise<void> {
  await until(
    `the statement ${sql}`,
    () => [...statements],
    (asked) => asked.includes(sql),
  );
}

/** Waits until the server has so many connections. */
async function untilOpen(count: number): Promise<void> {
  await until(
    `${count} connections`,
    () => servers[0]?.connections,
    (open) => open === count,
  );
}

function call(connection: SqlServerConnection, kind: string): Promise<unknown> {
  if (kind === "execute") return connection.execute("parameters", [{ name: "a", value: "b" }]);
  if (kind === "bulk") {
    const rows = Array.from({ length: 20_000 }, (_, n) => [n, "z".repeat(500)] as const);
    return connection.bulk(
      "#raw",
      [
        { name: "ord", type: "bigint", nullable: false },
        { name: "f0", type: "nvarchar(max)", nullable: true },
      ],
      rows,
    );
  }
  if (kind === "begin") return connection.begin();
  return kind === "commit" ? connection.commit() : connection.batch("one");
}
