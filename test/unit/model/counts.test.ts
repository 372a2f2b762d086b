/** The list of counts: what each of them is a part of. */
import { expect, test } from "vitest";
import {
  accountedFor,
  addCounts,
  changesIn,
  COUNT_NAMES,
  countsFrom,
  noCounts,
  outcomesFrom,
  ROW_OUTCOMES,
  rowsLeftBy,
  sumOfCounts,
} from "../../../src/model/counts.ts";

/** Each count another power of two, so that a sum tells what is in it. */
const each = countsFrom((name) => 2 ** COUNT_NAMES.indexOf(name));

function namesIn(sum: number): string[] {
  return COUNT_NAMES.filter((_, at) => (sum & (2 ** at)) !== 0);
}

test("a record is in exactly one count, and what is no record's fate is in none of the sum", () => {
  expect(namesIn(accountedFor(each))).toEqual([
    "inserted",
    "updated",
    "unchanged",
    "ignored",
    "skipped",
    "suppressed",
    "deleted",
    "rejected",
  ]);
});

test("--check looks for what is inserted, updated, deleted, removed and created", () => {
  expect(namesIn(changesIn(each))).toEqual([
    "inserted",
    "updated",
    "deleted",
    "removed",
    "created",
  ]);
});

test("after a record that was inserted, updated, unchanged or ignored there is a row", () => {
  expect(namesIn(rowsLeftBy(each))).toEqual(["inserted", "updated", "unchanged", "ignored"]);
});

test("a writer tells all that can become of a record but that it was rejected", () => {
  expect([...ROW_OUTCOMES, "rejected"]).toEqual(namesIn(accountedFor(each)));
  expect(Object.keys(outcomesFrom(() => 1))).toEqual(ROW_OUTCOMES);
});

test("counts add up name by name, and names that are left out count nothing", () => {
  const counts = noCounts();

  addCounts(counts, { read: 2, blank: 1 });
  addCounts(counts, each);

  expect(counts).toEqual({ ...each, read: each.read + 2, blank: each.blank + 1 });
  expect(sumOfCounts([counts, each]).inserted).toBe(2 * each.inserted);
});
