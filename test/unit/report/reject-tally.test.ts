/** Rejects by code over several tries: what was committed is counted once, what was undone is not. */
import { expect, test } from "vitest";
import { RejectBook } from "../../../src/account/reject-book.ts";
import type { Reject } from "../../../src/model/reject.ts";
import { optionsOf } from "../../helpers/options.ts";

function reject(record: number, code: Reject["code"] = "ROW_CHECK"): Reject {
  const line: [number, number] = [record + 1, record + 1];
  return {
    position: { source: "a.csv", record, line, byte: [0, 1] },
    stage: "write",
    code,
    column: null,
    dbCode: null,
    constraint: null,
    message: "no",
    raw: null,
  };
}

function book(maxRejects: string): RejectBook {
  return new RejectBook(optionsOf({ maxRejects, dryRun: true }), new Date("2026-05-04T03:02:01Z"));
}

test("a job that starts again after its last commit counts on from there", () => {
  const rejects = book("99");
  rejects.take([reject(1), reject(2)]);
  rejects.keep();
  rejects.take([reject(3)]);

  rejects.release();
  rejects.take([reject(3), reject(4)]);

  expect(rejects.byCode).toEqual([
    expect.objectContaining({
      count: 4,
      first: [1, 2, 3].map((record) => expect.objectContaining({ record })),
    }),
  ]);
  expect(rejects.keptByCode).toEqual([expect.objectContaining({ count: 2 })]);
});

test("a load that starts over counts from nothing", () => {
  const rejects = book("99");
  rejects.take([reject(1)]);
  rejects.restart();
  expect(rejects.byCode).toEqual([]);
});

test("what comes after the one too many is not counted, whatever batch it came in", () => {
  const rejects = book("1");
  expect(() => rejects.take([reject(1), reject(2, "ROW_TYPE"), reject(3)])).toThrow(
    expect.objectContaining({ code: "REJECT_LIMIT" }),
  );
  expect(rejects.byCode.map(({ code, count }) => [code, count])).toEqual([
    ["ROW_CHECK", 1],
    ["ROW_TYPE", 1],
  ]);
});
