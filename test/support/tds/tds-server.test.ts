/** The tests' TDS server, spoken to by the driver that the loader uses: logins, requests and TLS. */
import { connect } from "node:net";
import sql from "mssql";
import { afterEach, expect, test } from "vitest";
import { until } from "../../helpers/until.ts";
import { Bench, bulkTable, streaming } from "./bench.ts";
import { LONG, UNICODE } from "./small-backend.ts";
import { certificate } from "./tls.ts";

let bench = new Bench();

afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

test("a client logs in with its password, and the server remembers who it was", async () => {
  await bench.connect();
  expect(bench.server.logins).toMatchObject([
    { user: "sa", database: "Kunden", application: "the tests", packetSize: 4096 },
  ]);
  expect(bench.server.connections).toBe(1);
});

test("a wrong password is refused with the server's words", async () => {
  await expect(bench.connect({ password: "wrong" })).rejects.toMatchObject({
    code: "ELOGIN",
    message: "Login failed for user 'sa'.",
  });
});

test("a batch answers with several results, with NULLs, long and foreign text, and its counts", async () => {
  const result = await (await bench.connect()).request().batch("results");
  expect(result.recordsets).toEqual([
    [
      { a: "1", b: null },
      { a: LONG, b: UNICODE },
      { a: "", b: "x" },
    ],
    [
      { i: -5, l: "9223372036854775807", b: true },
      { i: null, l: null, b: null },
    ],
  ]);
  expect(result.rowsAffected).toEqual([3, 7, 2]);
});

test("every kind of parameter arrives as text", async () => {
  const request = (await bench.connect()).request();
  request.input("short", sql.NVarChar(10), UNICODE.slice(0, 10));
  request.input("long", sql.NVarChar(sql.MAX), LONG + UNICODE);
  request.input("empty", sql.NVarChar(sql.MAX), "");
  request.input("narrow", sql.VarChar(10), "Grüße €");
  request.input("int", sql.Int, -2147483648);
  request.input("bigint", sql.BigInt, "-9223372036854775808");
  request.input("small", sql.SmallInt, -3);
  request.input("tiny", sql.TinyInt, 200);
  request.input("bit", sql.Bit, true);
  for (const type of [sql.NVarChar(10), sql.NVarChar(sql.MAX), sql.Int, sql.BigInt, sql.Bit]) {
    request.input(`null${Object.keys(request.parameters).length}`, type, null);
  }
  const { recordset } = await request.query("parameters");
  expect(recordset).toEqual([
    { name: "@short", value: UNICODE.slice(0, 10) },
    { name: "@long", value: LONG + UNICODE },
    { name: "@empty", value: "" },
    { name: "@narrow", value: "Grüße €" },
    { name: "@int", value: "-2147483648" },
    { name: "@bigint", value: "-9223372036854775808" },
    { name: "@small", value: "-3" },
    { name: "@tiny", value: "200" },
    { name: "@bit", value: "1" },
    ...[9, 10, 11, 12, 13].map((n) => ({ name: `@null${n}`, value: null })),
  ]);
});

test("a procedure other than sp_executesql is refused", async () => {
  const request = (await bench.connect()).request();
  await expect(request.execute("sp_who")).rejects.toMatchObject({ number: 2812, class: 16 });
});

test("a big result arrives whole and in order", async () => {
  const { recordset } = await (await bench.connect()).request().query("many 20000");
  expect(recordset).toHaveLength(20_000);
  expect(recordset[19_999]).toEqual({ n: 20_000, t: "text 20000" });
});

test.each(["batch", "query"] as const)(
  "an error after a row reaches a %s, and the connection lives on",
  async (way) => {
    const { request, seen } = streaming(await bench.connect());
    await expect(request[way]("fails")).resolves.toBeDefined();
    await seen.end;
    expect(seen.rows).toEqual([{ a: "1" }]);
    expect(seen.errors).toMatchObject([{ number: 8134, class: 16, state: 1, lineNumber: 1 }]);
    expect(bench.server.connections).toBe(1);
  },
);

test("an exception of the backend ends the connection with its message", async () => {
  const request = (await bench.connect()).request();
  await expect(request.batch("dies")).rejects.toMatchObject({
    number: 50_000,
    class: 20,
    message: "out of order",
  });
  await until("its end", () => bench.server.connections === 0);
  expect(bench.notes.closed).toBe(bench.server.logins.length);
});

test("a transaction is begun, committed and rolled back by the driver", async () => {
  const clients = await bench.connect();
  const kept = clients.transaction();
  await kept.begin();
  await kept.commit();
  const dropped = clients.transaction();
  await dropped.begin();
  await dropped.rollback();
  expect(bench.notes.log).toEqual(["begin", "commit", "begin", "rollback"]);
});

test("a transaction that a batch rolls back is aborted for the driver", async () => {
  const transaction = (await bench.connect()).transaction();
  await transaction.begin();
  const aborted = new Promise((resolve) => transaction.once("rollback", resolve));
  await transaction.request().batch("rollback transaction");
  await expect(aborted).resolves.toBe(true);
  await expect(transaction.commit()).rejects.toMatchObject({ code: "EABORT" });
});

test("a transaction that a batch commits is not aborted", async () => {
  const transaction = (await bench.connect()).transaction();
  await transaction.begin();
  const aborted: boolean[] = [];
  transaction.on("rollback", (byServer: boolean) => aborted.push(byServer));
  await transaction.request().batch("commit transaction");
  await transaction.request().batch("begin transaction");
  await transaction.commit();
  expect(aborted).toEqual([]);
  expect(bench.notes.log).toEqual(["begin", "commit", "begin", "commit"]);
});

test("a bulk load of many rows arrives with its NULLs and long text", async () => {
  const table = bulkTable("#rows");
  for (let n = 0; n < 10_000; n++) table.rows.add(String(n), n, `name ${n}`, UNICODE, n % 2 === 0);
  table.rows.add("-1", null, null, null, null);
  table.rows.add("-2", -7, "", LONG, false);
  const result = await (
    await bench.connect()
  )
    .request()
    .bulk(table, { checkConstraints: true, keepNulls: true });
  expect(result.rowsAffected).toBe(10_002);
  expect(bench.notes.loads).toHaveLength(1);
  expect(bench.notes.loads[0]).toMatchObject({
    columns: ["place", "count", "name [x", "text", "flag"],
    options: ["CHECK_CONSTRAINTS", "KEEP_NULLS"],
  });
  expect(bench.notes.loads[0]?.table).toContain("#rows");
  expect(bench.notes.loads[0]?.rows[9_999]).toEqual(["9999", "9999", "name 9999", UNICODE, "0"]);
  expect(bench.notes.loads[0]?.rows.slice(10_000)).toEqual([
    ["-1", null, null, null, null],
    ["-2", "-7", "", LONG, "0"],
  ]);
});

test("a refused bulk load fails with the backend's error", async () => {
  const table = bulkTable("refused");
  table.rows.add("1", 1, "", "", true);
  await expect((await bench.connect()).request().bulk(table)).rejects.toMatchObject({
    number: 2627,
  });
});

test("a bulk load that the client gives up in the middle takes no rows", async () => {
  const clients = await bench.connect();
  const table = bulkTable("#rows");
  for (let n = 0; n < 1000; n++) table.rows.add(String(n), n, "", UNICODE, true);
  table.rows.add("not a number", 1, "", "", true);
  await expect(clients.request().bulk(table)).rejects.toThrow();
  expect(bench.notes.loads).toEqual([]);
  await clients.request().batch("results");
  expect(bench.server.connections).toBe(1);
});

test("what is not TDS is cut off", async () => {
  await bench.start();
  const socket = connect(bench.server.port, "127.0.0.1");
  socket.end("GET / HTTP/1.1\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve));
  await until("its end", () => bench.server.connections === 0);
});

test("a canceled request ends at once, and the connection lives on", async () => {
  const clients = await bench.connect();
  const request = clients.request();
  const waiting = expect(request.batch("waits")).rejects.toMatchObject({ code: "ECANCEL" });
  await until("a request at work", () => bench.notes.log.includes("waits"));
  request.cancel();
  await waiting;
  expect(bench.server.connections).toBe(1);
});

test("canceling a result in the middle stops it", async () => {
  const { request, seen } = streaming(await bench.connect());
  request.once("row", () => request.cancel());
  await request.batch("many 1000000").catch(() => {});
  await seen.end;
  expect(seen.errors).toMatchObject([{ code: "ECANCEL" }]);
  expect(seen.rows.length).toBeLessThan(500_000);
});

test("an encrypted connection is refused when its certificate is not trusted", async () => {
  await bench.start({ encryption: "on" });
  await expect(
    bench.connect({ server: "localhost", options: { encrypt: true } }),
  ).rejects.toMatchObject({
    code: "ESOCKET",
    message: expect.stringContaining("self-signed certificate"),
  });
  await expect(bench.connect()).rejects.toMatchObject({ code: "EENCRYPT" });
});

test.each([
  ["its certificate is known", { cryptoCredentialsDetails: { ca: certificate } }],
  ["any certificate is trusted", { trustServerCertificate: true }],
])("an encrypted connection is accepted when %s", async (_name, trust) => {
  await bench.start({ encryption: "on" });
  const clients = await bench.connect({
    server: "localhost",
    options: { encrypt: true, ...trust },
  });
  const { recordset } = await clients.request().query("many 20000");
  expect(recordset).toHaveLength(20_000);
  const table = bulkTable("t");
  for (let n = 0; n < 1000; n++) table.rows.add("1", 1, "", UNICODE.repeat(100), true);
  await expect(clients.request().bulk(table)).resolves.toEqual({ rowsAffected: 1000 });
});
