/** Annotations of GitHub Actions. */
import { describe, expect, test } from "vitest";
import type { Reject } from "../../../src/model/reject.ts";
import {
  annotateError,
  annotateReject,
  renderAnnotation,
} from "../../../src/report/render/render-annotation.ts";

const error = {
  code: "REJECT_LIMIT",
  message: "not a number (ROW_TYPE, 22P02)",
  cause: "1 record was rejected,\nand --max-rejects is 0",
  fix: "correct the record",
  where: 'orders.csv, record 3, line 4, column "amount"',
};

const reject: Reject = {
  position: { source: "in/a.csv", record: 3, line: [4, 4], byte: [10, 20] },
  stage: "write",
  code: "ROW_TYPE",
  column: "amount",
  dbCode: null,
  constraint: null,
  message: 'not a number: "12,5"',
  raw: null,
};

function ofError(more: Partial<typeof error> | { where: null }): string {
  return renderAnnotation(annotateError({ ...error, ...more }));
}

function ofReject(more: Partial<Reject>): string {
  return renderAnnotation(annotateReject({ ...reject, ...more }));
}

describe("of an error", () => {
  test("names file and line", () => {
    expect(ofError({})).toBe(
      "::error file=orders.csv,line=4::not a number (ROW_TYPE, 22P02) (REJECT_LIMIT)\n",
    );
  });

  test("escapes what would end it early", () => {
    const where = "data/a,b:c.csv, record 10, lines 11-13";

    expect(ofError({ message: "100 %\r\nbad", where })).toBe(
      "::error file=data/a%2Cb%3Ac.csv,line=11,endLine=13::100 %25%0D%0Abad (REJECT_LIMIT)\n",
    );
  });

  test("a place that is no record has its line", () => {
    expect(ofError({ where: "orders.csv, line 121" })).toContain("file=orders.csv,line=121::");
  });

  test.each([null, "--key", "standard input, record 1, line 2"])(
    "says cause and fix where it is about no file: %j",
    (where) => {
      expect(ofError({ where })).toBe(
        "::error::not a number (ROW_TYPE, 22P02) (REJECT_LIMIT)%0Acause: 1 record was rejected,%0Aand --max-rejects is 0%0Afix: correct the record\n",
      );
    },
  );
});

describe("of a reject", () => {
  test("is a warning at its line", () => {
    expect(ofReject({})).toBe(
      '::warning file=in/a.csv,line=4::record 3 was rejected: column "amount": not a number: "12,5" (ROW_TYPE)\n',
    );
  });

  test("has all lines of its record", () => {
    const position = { ...reject.position, line: [4, 6] as const };

    expect(ofReject({ position, column: null })).toMatch(
      /^::warning file=in\/a\.csv,line=4,endLine=6::record 3 was rejected: not a/,
    );
  });

  test("of standard input has no file", () => {
    const position = { ...reject.position, source: "-" };

    expect(ofReject({ position })).toMatch(/^::warning::record 3 was rejected/);
  });
});
