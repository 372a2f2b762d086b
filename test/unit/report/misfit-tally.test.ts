import { expect, test } from "vitest";
import type { Misfits } from "../../../src/model/batch.ts";
import { noCounts } from "../../../src/model/counts.ts";
import { Ledger } from "../../../src/account/ledger.ts";
import { defaultOptions } from "../../../src/options/parse-options.ts";
import { RejectBook } from "../../../src/account/reject-book.ts";

const BOOK = defaultOptions();

function misfits(record: number, count: number): Misfits {
  const first = (): ReturnType<Misfits["first"]> => ({
    source: "a.csv",
    record,
    line: [record + 1, record + 1],
    byte: [0, 1],
  });
  return { column: "n", type: "INTEGER", promised: "number", count, first };
}

function ledger(before?: Ledger): Ledger {
  const kept = before === undefined ? {} : { misfits: before.keptMisfits };
  return new Ledger(new RejectBook(BOOK, new Date(0)), ["a.csv"], kept);
}

test("a try that starts again after its last commit counts what is committed, and what comes after once", () => {
  const first = ledger();
  first.take({ counts: noCounts(), rejects: [], misfits: [misfits(3, 2)] });
  first.keep(noCounts());
  first.take({ counts: noCounts(), rejects: [], misfits: [misfits(9, 1)] });

  const second = ledger(first);
  second.take({ counts: noCounts(), rejects: [], misfits: [misfits(9, 1)] });

  const place = "the first is in a.csv, record 3, line 4";
  expect(first.keptMisfits.warnings).toEqual([
    `2 values for n (INTEGER) are not numbers and are stored as text; ${place}`,
  ]);
  expect(second.misfits.warnings).toEqual([
    `3 values for n (INTEGER) are not numbers and are stored as text; ${place}`,
  ]);
});

test("a try that had committed nothing leaves nothing to the next", () => {
  const first = ledger();
  first.take({ counts: noCounts(), rejects: [], misfits: [misfits(3, 2)] });
  expect(ledger(first).misfits.warnings).toEqual([]);
});

test("the first place is looked up once", () => {
  const first = ledger();
  let asked = 0;
  const each = { ...misfits(3, 1), first: () => ((asked += 1), misfits(3, 1).first()) };
  first.take({ counts: noCounts(), rejects: [], misfits: [each] });
  first.take({ counts: noCounts(), rejects: [], misfits: [each] });
  expect(asked).toBe(1);
});
