/** The faults that the tests' TDS server commits, as the driver that the loader uses sees them. */
import { afterEach, expect, test } from "vitest";
import { Bench, bulkTable, streaming } from "./bench.ts";
import type { TdsFaults, TdsRequest } from "./faults.ts";

let bench = new Bench();

afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

/** An error of the tests' own. */
const injected = (number: number, severity = 16) => ({ number, severity, message: "injected" });

test("a cut before a batch keeps it from running", async () => {
  const seen: TdsRequest[] = [];
  const faults: TdsFaults = (request) => {
    seen.push(request);
    return request.kind === "batch" && request.count === 2 ? { before: "cut" } : undefined;
  };
  await bench.start({ faults });
  const clients = await bench.connect();
  await clients.request().batch("results");
  await expect(clients.request().batch("begin transaction")).rejects.toMatchObject({
    code: "ECONNRESET",
  });
  expect(bench.notes.log).toEqual([]);
  await clients.request().query("parameters");
  expect(seen).toEqual([
    { kind: "batch", sql: "results", count: 1 },
    { kind: "batch", sql: "begin transaction", count: 2 },
    { kind: "rpc", sql: "parameters", count: 1 },
  ]);
});

test("a cut after a commit leaves the client in the dark about it", async () => {
  await bench.start({ faults: ({ kind }) => (kind === "commit" ? { after: "cut" } : undefined) });
  const transaction = (await bench.connect()).transaction();
  await transaction.begin();
  await expect(transaction.commit()).rejects.toThrow();
  expect(bench.notes.log).toEqual(["begin", "commit"]);
});

test("an error after a statement hides that it ran, but not what became of the transaction", async () => {
  const after = injected(40_004);
  await bench.start({ faults: ({ kind }) => (kind === "batch" ? { after } : undefined) });
  const transaction = (await bench.connect()).transaction();
  await transaction.begin();
  const aborted = new Promise((resolve) => transaction.once("rollback", resolve));
  const rollback = transaction.request().batch("rollback transaction");
  await expect(rollback).rejects.toMatchObject({ number: 40_004 });
  await expect(aborted).resolves.toBe(true);
  expect(bench.notes.log).toEqual(["begin", "rollback"]);
});

test("an error in place of a bulk load leaves the connection usable", async () => {
  await bench.start({
    faults: ({ kind, count }) =>
      kind === "bulk" && count === 1 ? { before: injected(40_001) } : undefined,
  });
  const clients = await bench.connect();
  const table = bulkTable("t");
  table.rows.add("1", 1, "", "", true);
  await expect(clients.request().bulk(table)).rejects.toMatchObject({ number: 40_001 });
  expect(bench.notes.loads).toEqual([]);
  await expect(clients.request().bulk(table)).resolves.toEqual({ rowsAffected: 1 });
});

test("the victim of a deadlock loses its transaction", async () => {
  await bench.start({
    faults: ({ sql: text }) => (text === "results" ? { before: injected(1205, 13) } : undefined),
  });
  const transaction = (await bench.connect()).transaction();
  await transaction.begin();
  const aborted = new Promise((resolve) => transaction.once("rollback", resolve));
  await expect(transaction.request().batch("results")).rejects.toMatchObject({ number: 1205 });
  await expect(aborted).resolves.toBe(true);
  expect(bench.notes.log).toEqual(["begin", "rollback"]);
});

test.each([
  ["an error", injected(40_002), { number: 40_002 }],
  ["an error that ends the connection", injected(40_003, 21), { number: 40_003 }],
  ["a cut", "cut", { code: "ECONNRESET" }],
] as const)("%s in place of a row lets the rows before it through", async (_name, fault, error) => {
  await bench.start({
    faults: ({ sql: text }) => (text === "many 10" ? { atRow: { row: 4, fault } } : undefined),
  });
  const { request, seen } = streaming(await bench.connect());
  await request.batch("many 10").catch(() => {});
  await seen.end;
  expect(seen.rows).toHaveLength(3);
  expect(seen.errors[0]).toMatchObject(error);
});
