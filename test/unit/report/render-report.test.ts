/** The summary and the line of JSON. */
import { expect, test } from "vitest";
import { noCounts } from "../../../src/model/counts.ts";
import { renderReport, reportJson } from "../../../src/report/render/render-report.ts";
import type { Report } from "../../../src/report/report.ts";

const report: Report = {
  status: "rejects",
  exit: 3,
  runId: "0123456789ab",
  target: "postgres",
  table: "public.orders",
  mode: "upsert",
  key: { columns: ["order_no", "line_no"], origin: "named" },
  strategy: "native",
  rowSource: "staged",
  ddl: [],
  counts: { ...noCounts(), read: 1_234_567, inserted: 1_200_000, updated: 34_566, rejected: 1 },
  sources: [{ name: "orders.csv", read: 1_234_567, rejected: 1 }],
  rejects: [
    {
      code: "ROW_TYPE",
      count: 1,
      fix: "pass --null N/A, which makes NULL of it",
      first: [
        {
          source: "orders.csv",
          record: 7,
          line: [8, 8],
          column: "n",
          message: "not a number: N/A",
        },
      ],
    },
  ],
  rejectFile: "orders.csv.rejects.csv",
  rejectReport: "orders.csv.rejects.csv.jsonl",
  guarantee: "all-or-nothing",
  job: null,
  dryRun: false,
  startedAt: "2026-05-31T13:57:47.000Z",
  endedAt: "2026-05-31T13:57:59.300Z",
  seconds: 12.3,
  rowsPerSecond: 100_372,
  bytes: 120,
  warnings: ["nothing to warn about"],
  version: "1.2.3",
  firstRejects: [],
};

test("tells in a few lines what happened", () => {
  expect(renderReport(report)).toBe(`\
loaded 1,234,567 records into public.orders (postgres, upsert) in 12.3 s, 100,372 rows/s
  inserted  1,200,000
  updated      34,566
  rejected          1
why they were rejected:
  1 ROW_TYPE: not a number: N/A
    in orders.csv, line 8 (n)
    fix: pass --null N/A, which makes NULL of it
rejects: orders.csv.rejects.csv; why: orders.csv.rejects.csv.jsonl
warning: nothing to warn about
`);
});

test("tells how the records were written only when it is asked to", () => {
  expect(renderReport(report, true)).toMatch(
    /^loaded 1,234,567 records into public\.orders \(postgres, upsert, native, staged\) in /,
  );
});

test.each([
  ["TARGET_LOST", "1,234,567 records committed; the same command goes on from there:"],
  ["SOURCE_CHANGED", "1,234,567 records committed, and what is committed stays:"],
  ["JOB_TABLE", "1,234,567 records committed, and what is committed stays:"],
])("says of a job that ended with %s whether the same command goes on", (code, words) => {
  const texts = { message: "no", cause: "no", fix: "none", where: null };
  const failed = {
    ...report,
    status: "failed",
    guarantee: "exactly-once",
    error: { code, ...texts },
  } as const satisfies Report;

  expect(renderReport(failed)).toMatch(/^failed after 12\.3 s; /);
  expect(renderReport(failed)).toContain(`; ${words}\n`);
});

test.each([
  ["primary", "key: order_no, line_no (the primary key)"],
  ["default", "key: order_no, line_no (the primary key)"],
  ["column", "key: order_no, line_no (the column of that name)"],
] as const)("says what the key is where no flag names its columns: %s", (origin, line) => {
  const key = { columns: ["order_no", "line_no"], origin };

  expect(renderReport({ ...report, key })).toContain(`\n${line}\nwhy they were rejected:`);
  expect(renderReport({ ...report, key, status: "failed" })).not.toContain("key: ");
  expect(JSON.parse(reportJson({ ...report, key }))).toMatchObject({ mode: "upsert", key });
});

test("shows every count that is not 0, with what it means", () => {
  const counts = { ...report.counts, deleted: 2, removed: 30, created: 4, blank: 5 };

  expect(renderReport({ ...report, counts })).toContain(`
  deleted           2  by a record
  rejected          1
  removed          30  rows deleted from the table
  created           4  rows that records refer to
  blank             5  records without any value
`);
});

test("says that a dry run kept nothing", () => {
  expect(renderReport({ ...report, status: "ok", dryRun: true })).toMatch(
    /^dry run: 1,234,567 records tried on public\.orders .*; nothing was kept\n/,
  );
});

test("shows no counts of a load that failed", () => {
  const failed = { ...report, status: "failed", rejectFile: null, warnings: [] } as const;

  expect(renderReport(failed)).toBe("failed: 1,234,567 records read in 12.3 s; nothing was kept\n");
  const error = {
    code: "REJECT_LIMIT",
    message: "m",
    cause: "c",
    fix: "f; nothing was kept",
    where: null,
  };
  expect(renderReport({ ...failed, error })).toBe("failed: 1,234,567 records read in 12.3 s\n");
});

test("says of an interrupted load that the table is as it was", () => {
  const stopped = { ...report, status: "interrupted", rejectFile: null, warnings: [] } as const;

  expect(renderReport(stopped)).toBe(
    "interrupted: 1,234,567 records read in 12.3 s; public.orders is as it was\n",
  );
});

test("puts the fields of the JSON in the order of the documentation", () => {
  const text = reportJson(report);

  expect(text).toMatch(/^\{[^\n]*\}\n$/);
  expect(Object.keys(JSON.parse(text))).toEqual([
    "status",
    "exit",
    "runId",
    "target",
    "table",
    "mode",
    "key",
    "strategy",
    "rowSource",
    "ddl",
    "counts",
    "sources",
    "rejects",
    "rejectFile",
    "rejectReport",
    "guarantee",
    "job",
    "dryRun",
    "startedAt",
    "endedAt",
    "seconds",
    "rowsPerSecond",
    "bytes",
    "warnings",
    "version",
  ]);
});
