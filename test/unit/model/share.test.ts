/** How many of a number of rows a percentage is. */
import { describe, expect, test } from "vitest";
import { RejectBudget } from "../../../src/account/reject-budget.ts";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { shareOf } from "../../../src/model/share.ts";
import { allowedRows } from "../../../src/model/removal.ts";
import { DELETE_LIMIT, REJECT_LIMIT } from "../../../src/options/grammar.ts";

/** As typed, with what it is of 1,000 times a power of ten: products of doubles are a little off for many of them. */
const TYPED = Array.from({ length: 1000 }, (_, tenths) => tenths + 1).map(
  (tenths) => [`${Math.floor(tenths / 10)}.${tenths % 10}%`, tenths] as const,
);

function percentOf(typed: string): number {
  return Number(typed.slice(0, -1));
}

/** Of so many rows, and of one less. */
function sharesOf(typed: string, all: number): number[] {
  return [all, all - 1].map((rows) => shareOf(percentOf(typed), rows));
}

describe("a share", () => {
  test.each([1000, 10_000, 1_000_000, 1_000_000_000, 1_000_000_000_000])("of %d rows", (all) => {
    const told = TYPED.map(([typed]) => [typed, ...sharesOf(typed, all)]);

    expect(told).toEqual(
      TYPED.map(([typed, thousandths]) => {
        const rows = (all / 1000) * thousandths;
        return [typed, rows, rows - 1];
      }),
    );
  });

  test.each([
    ["29%", 100, 29],
    ["0.57%", 10_000, 57],
    ["33.3%", 10, 3],
    ["0.0001%", 999_999, 0],
    ["0.0001%", 1_000_000, 1],
    ["100%", 7, 7],
    ["50%", 0, 0],
  ])("%s of %d rows is %d", (typed, all, rows) => {
    expect(shareOf(percentOf(typed), all)).toBe(rows);
  });

  test.each(["7%", "29%", "57%", "58%", "0.57%"])(
    "of %s, as many records may be rejected and rows deleted",
    (typed) => {
      const all = 10_000;
      const most = Math.round(percentOf(typed) * 100);
      const [rejects, deletes] = [REJECT_LIMIT.parse(typed), DELETE_LIMIT.parse(typed)];
      if (rejects === null || deletes === null) throw new Error("no share");

      expect(allowedRows(deletes, all)).toBe(most);
      for (const count of [most, most + 1]) {
        const budget = new RejectBudget(rejects, () => "mend it");
        for (let at = 0; at < count; at += 1) budget.spend(reject(at + 1));
        expect(isExceeded(budget, all)).toBe(count > most);
      }
    },
  );
});

function isExceeded(budget: RejectBudget, all: number): boolean {
  try {
    budget.checkShare(all);
    return false;
  } catch (error) {
    return error instanceof UpsurgeError && error.code === "REJECT_LIMIT";
  }
}

function reject(record: number): Parameters<RejectBudget["spend"]>[0] {
  return {
    position: { source: "a.csv", record, line: [record, record], byte: [0, 0] },
    stage: "read",
    column: null,
    code: "ROW_FIELD_COUNT",
    dbCode: null,
    constraint: null,
    message: "bad",
    raw: null,
  };
}
