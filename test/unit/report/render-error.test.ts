/** Four short lines. */
import { expect, test } from "vitest";
import { renderError } from "../../../src/report/render/render-error.ts";

const error = {
  code: "REJECT_LIMIT",
  message: "not a number (ROW_TYPE, 22P02)",
  cause: "1 record was rejected,\nand --max-rejects is 0",
  fix: "correct the record",
  where: 'orders.csv, record 3, line 4, column "amount"',
};

test("an error is four short lines", () => {
  expect(renderError(error)).toBe(`\
error: not a number (ROW_TYPE, 22P02)  REJECT_LIMIT
cause: 1 record was rejected,; and --max-rejects is 0
fix:   correct the record
where: orders.csv, record 3, line 4, column "amount"
`);
});

test("an error without a place has three lines", () => {
  expect(renderError({ ...error, where: null }).split("\n")).toHaveLength(4);
});

test("flags of a fix that begin a line keep it, and can be pasted as they stand", () => {
  const fix = "pass one of the keys of the table:\n--key 'a b'\n--constraint live";

  expect(renderError({ ...error, fix })).toContain(`
fix:   pass one of the keys of the table:
         --key 'a b'
         --constraint live
where: `);
  expect(renderError({ ...error, fix: "did you mean a\nb?" })).toContain(
    "fix:   did you mean a; b?",
  );
});
