/** Pages of reports: well-formed, small, harmless whatever the report holds, and made of reports of any version. */
import { describe, expect, test } from "vitest";
import { noCounts } from "../../../src/model/counts.ts";
import { renderHtml } from "../../../src/report/html/load-page.ts";
import { renderTrend } from "../../../src/report/html/trend-page.ts";
import { readReport } from "../../../src/report/read-report.ts";
import { reportJson } from "../../../src/report/render/render-report.ts";
import { runJson } from "../../../src/report/render/render-run.ts";
import type { Report } from "../../../src/report/report.ts";
import type { RunReport } from "../../../src/report/run-report.ts";
import { faultsOf, textOf } from "../../helpers/html.ts";

const HOSTILE = `</style><script>alert(1)</script>"'&<img src=x onerror=y>\u202Egnp.exe`;

/** A report of a load of everything. */
function report(more: Partial<Report> = {}): Report {
  return {
    status: "rejects",
    exit: 3,
    runId: "r1",
    target: "sqlite",
    table: "orders",
    mode: "upsert",
    key: { columns: ["id"], origin: "named" },
    strategy: "native",
    rowSource: "values",
    ddl: [],
    counts: { ...noCounts(), read: 1_234_567, inserted: 1_134_567, rejected: 100_000 },
    sources: [{ name: "orders.csv", read: 1_234_567, rejected: 100_000 }],
    rejects: [
      {
        code: "ROW_CHECK",
        count: 100_000,
        fix: "correct the value",
        first: [{ source: "orders.csv", record: 5, line: [6, 6], column: "amount", message: "no" }],
      },
    ],
    rejectsByColumn: [
      {
        code: "ROW_CHECK",
        column: "amount",
        count: 100_000,
        first: [{ source: "orders.csv", record: 5, line: [6, 6], message: "no" }],
      },
    ],
    rejectFile: "bad.csv",
    rejectReport: "bad.csv.jsonl",
    guarantee: "all-or-nothing",
    job: null,
    dryRun: false,
    startedAt: "2026-05-04T03:02:01.000Z",
    endedAt: "2026-05-04T03:03:13.000Z",
    seconds: 72,
    rowsPerSecond: 17_147,
    bytes: 123_456_789,
    warnings: ["a warning"],
    version: "1.2.3",
    environment: { node: "v24.0.0", platform: "linux x64" },
    phases: [
      { phase: "connecting", seconds: 0.1 },
      { phase: "loading", seconds: 71.9 },
    ],
    timeline: Array.from({ length: 100 }, (_, at) => ({
      seconds: at * 0.7,
      records: at * 12_000,
      rejected: at * 1000,
    })),
    differencesTotal: { inserted: 1, updated: 1, removed: 0, extra: 2 },
    differences: [
      { kind: "updated", key: { id: "1" }, columns: { item: { old: "tea", new: null } } },
      { kind: "inserted", key: { id: "2" }, columns: { item: { hidden: true } } },
    ],
    plan: { server: "SQLite 3.53", text: "sources  orders.csv\n", statements: ["insert into t"] },
    firstRejects: [],
    ...more,
  };
}

/** A run over so many tables. */
function run(tables: number, more: Partial<Report> = {}): RunReport {
  const { job, ddl: _, guarantee, ...of } = report(more);
  const loads = Array.from({ length: tables }, (_, at) => ({
    ...of,
    ...(job === null ? {} : { job }),
    load: `t${at}.csv`,
    table: `t${at}`,
    level: 0 as const,
    kept: true,
  }));
  return { ...of, guarantee, tables: loads, leftOut: [], failedLoad: null };
}

describe("the page of a load", () => {
  const page = renderHtml(report());

  test("is well-formed, fetches nothing and runs nothing", () => {
    expect(faultsOf(page)).toEqual([]);
  });

  test("says what became of it, in numbers that can be read", () => {
    const text = textOf(page);
    for (const each of [
      "Done, with rejects",
      "Load into orders",
      "1,234,567",
      "1 min 12 s",
      "17,147",
      "123 MB",
      "Rows a second",
      "reading and writing",
      "orders.csv, record 5, line 6: no",
      "correct the value",
      "1 inserted, 1 updated; 2 rows that no record has stay",
      "item: tea → NULL",
      "insert into t",
      "all or nothing",
      "SQLite 3.53",
      "v24.0.0 on linux x64",
    ]) {
      expect(text).toContain(each);
    }
  });

  test("tells of the rejects of earlier runs of a job, and where they are", () => {
    const earlier = { ...noCounts(), read: 9, rejected: 1200 };
    const job = { name: "j", resumedAt: 9, alreadyLoadedAt: null, skipped: false, earlier };
    const files = "they are in bad.csv, with their reasons in bad.csv.jsonl";
    expect(textOf(renderHtml(report({ job })))).toContain(
      `Earlier runs of the job rejected 1,200 records; ${files}.`,
    );
    const none = { job, rejects: [], rejectsByColumn: [], rejectFile: null, rejectReport: null };
    expect(textOf(renderHtml(report(none)))).toMatch(
      /Rejects\s+Earlier runs of the job rejected 1,200 records\./,
    );
    expect(faultsOf(renderHtml(report({ job })))).toEqual([]);
    expect(textOf(page)).not.toContain("Earlier runs");
  });

  test("is made of what was told, where an older report tells less", () => {
    const late = ["phases", "timeline", "plan", "environment", "rejectsByColumn"];
    const told = Object.entries(report()).filter(([name]) => !late.includes(name));
    const older = readReport(Object.fromEntries(told));
    const text = older === null ? "" : textOf(renderHtml(older));
    expect(text).toContain("orders.csv, record 5, line 6: no");
    expect(text).not.toContain("Time by phase");
  });

  test("tells of an error, its fix and its place", () => {
    const error = { code: "X_Y", message: "it broke", cause: "a < b", fix: "--do", where: "--key" };
    const failed = renderHtml(report({ status: "failed", exit: 4, error }));
    expect(faultsOf(failed)).toEqual([]);
    expect(textOf(failed)).toMatch(/it broke X_Y\s+Cause\s+a < b\s+Fix\s+--do\s+Where\s+--key/);
  });
});

/** Of records with lines, whose taxes were at fault. */
const NESTED: NonNullable<Report["tables"]> = [
  { load: "o.ndjson", level: 0, table: "orders", mode: "upsert", counts: noCounts() },
  {
    load: "o.ndjson",
    level: 1,
    member: "lines",
    table: "order_lines",
    mode: "ignore",
    counts: { ...noCounts(), read: 2345, ignored: 2300, dropped: 45 },
  },
  {
    load: "o.ndjson",
    level: 2,
    member: "lines.taxes",
    table: "line_taxes",
    mode: "upsert",
    counts: { ...noCounts(), read: 7, rejected: 7, dropped: 0 },
  },
];

test("the page of nested records has a row a level, with what was dropped", () => {
  const one = run(1);
  const ofRun = {
    ...one,
    tables: one.tables.map((each) => ({ ...each, nested: NESTED.slice(1) })),
  };
  for (const page of [renderHtml(report({ tables: NESTED })), renderHtml(ofRun)]) {
    expect(faultsOf(page)).toEqual([]);
    const text = textOf(page);
    for (const each of [
      "Rows in the records",
      "lines.taxes",
      "order_lines",
      "2,345",
      "2,300",
      "45",
    ])
      expect(text).toContain(each);
  }
  const read = readReport(JSON.parse(reportJson(report({ tables: NESTED }))));
  expect(read).toMatchObject({ tables: NESTED });
  expect(readReport(JSON.parse(runJson(ofRun)))).toMatchObject({
    tables: [{ nested: NESTED.slice(1) }],
  });
  expect(textOf(renderHtml(report()))).not.toContain("Rows in the records");
});

test("whatever a name, a value or a message holds is text on the page", () => {
  const place = { source: HOSTILE, record: 1, line: [1, 2] as const, message: HOSTILE };
  const page = renderHtml(
    report({
      table: HOSTILE,
      sources: [{ name: HOSTILE, read: 1, rejected: 1 }],
      warnings: [HOSTILE],
      rejectsByColumn: [{ code: "ROW_TYPE", column: HOSTILE, count: 1, first: [place] }],
      differences: [
        { kind: "updated", key: { [HOSTILE]: HOSTILE }, columns: { a: { old: HOSTILE, new: "" } } },
      ],
      plan: { server: HOSTILE, text: HOSTILE, statements: [HOSTILE] },
      error: { code: HOSTILE, message: HOSTILE, cause: HOSTILE, fix: HOSTILE, where: HOSTILE },
      version: HOSTILE,
      runId: HOSTILE,
      startedAt: HOSTILE,
    }),
  );

  expect(faultsOf(page)).toEqual([]);
  expect(page).not.toMatch(/<script|<img|\u202E/);
  expect(textOf(page)).toContain("<script>alert(1)</script>");
});

test("a page stays below 300 kB, however much there is to tell, and says what it leaves out", () => {
  const long = "x".repeat(20_000);
  const differences = Array.from({ length: 5000 }, (_, id) => ({
    kind: "updated" as const,
    key: { id: String(id) },
    columns: { item: { old: long, new: long } },
  }));
  const column = Array.from({ length: 200 }, (_, at) => ({
    code: "ROW_TYPE" as const,
    column: `column ${at}`,
    count: 500,
    first: [1, 2, 3].map((record) => ({
      source: long,
      record,
      line: [record, record] as const,
      message: long,
    })),
  }));
  const plan = { server: "S", text: long, statements: Array.from({ length: 40 }, () => long) };
  const all = { differences, rejectsByColumn: column, plan, warnings: Array(500).fill(long) };
  for (const each of [report(all), run(1000, all)]) {
    const page = renderHtml(each);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    expect(faultsOf(page)).toEqual([]);
    expect(textOf(page)).toMatch(/more (?:plans?|tables|reasons) (?:is|are) in the JSON report/);
  }
});

test("the page of a run names all tables with their counts", () => {
  const text = textOf(renderHtml(run(3)));
  expect(text).toContain("Run into 3 tables");
  for (const name of ["t0", "t1", "t2"]) expect(text).toContain(name);
});

test("a run that was stopped tells of each table whether it failed, was kept, or was not", () => {
  const [first, second, third] = run(3).tables;
  if (first === undefined || second === undefined || third === undefined) throw new Error("few");
  const tables = [
    { ...first, counts: noCounts() },
    { ...second, kept: false },
    { ...third, kept: false },
  ];
  const stopped = { ...run(3), tables, status: "failed" as const, failedLoad: "t1.csv" };

  const text = textOf(renderHtml(stopped));

  expect(text).toMatch(/t0\s+Done\s+upsert[^]*t1\s+Failed\s+upsert[^]*t2\s+Not kept\s+upsert/);
});

test("loads into one table are told apart", () => {
  const tables = run(2).tables.map((each) => ({ ...each, table: "orders" }));
  const page = renderHtml({ ...run(2), tables });

  const labels = [...page.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label);
  expect(new Set(labels).size).toBe(labels.length);
  expect(textOf(page)).toContain("orders (load 2)");
});

describe("a report that is read back", () => {
  test("makes the same page", () => {
    for (const each of [report(), run(2)]) {
      const json = "failedLoad" in each ? runJson(each) : reportJson(each);
      const back = readReport(JSON.parse(json));
      expect(back === null ? null : renderHtml(back)).toBe(renderHtml(each));
    }
  });

  test.each([
    ["no object", [1]],
    ["null", null],
    ["another object", { status: "ok" }],
    ["a status of something else", { ...report(), status: "<b>" }],
    ["no time", { ...report(), startedAt: "yesterday" }],
  ])("is none: %s", (_, value) => {
    expect(readReport(value)).toBeNull();
  });

  test("is taken as far as it is as it should be", () => {
    const odd = readReport({
      ...report(),
      table: 7,
      seconds: "long",
      key: "id",
      rejects: [null, { code: "ROW_NEW" }],
      timeline: { a: 1 },
      phases: [{ phase: "dancing", seconds: 1 }],
      differences: [{ kind: "moved" }, 5],
      warnings: [1, "kept"],
      plan: [],
    });
    expect(odd).toMatchObject({ table: null, seconds: 0, key: null, rejects: [], phases: [] });
    expect(odd).toMatchObject({ timeline: [], differences: [], warnings: ["kept"] });
    expect(odd === null ? [] : faultsOf(renderHtml(odd))).toEqual([]);
  });
});

test("the page of many reports has a row a load, the newest first, and a link where there is a page", () => {
  const nights = [1, 2, 3].map((day) => ({
    report: report({ startedAt: `2026-05-0${day}T02:00:00.000Z`, seconds: day }),
    link: day === 3 ? "./a%20b.html" : null,
  }));
  const other = { report: report({ table: HOSTILE, status: "failed" }), link: null };
  const page = renderTrend({
    reports: [...nights, other],
    leftOut: ["broken.json"],
    version: "1.2.3",
  });

  expect(faultsOf(page)).toEqual([]);
  expect(page).toMatch(/<a\s+href="\.\/a%20b\.html"/);
  const text = textOf(page);
  expect(text).toContain("4 reports of 2 series, from 2026-05-01 to 2026-05-04");
  expect(text).toMatch(/2026-05-03 02:00:00\s+the last[^]*2026-05-01 02:00:00\s+2 days/);
  expect(text).toContain("broken.json");
});

test("the page of many runs tells what each table has read", () => {
  const nights = [1, 2].map((day) => ({
    report: { ...run(2), startedAt: `2026-05-0${day}T02:00:00.000Z` },
    link: null,
  }));
  const page = renderTrend({ reports: nights, leftOut: [], version: "1.2.3" });

  expect(faultsOf(page)).toEqual([]);
  expect(textOf(page)).toMatch(
    /Table by table\s+[^]*records read 05-02 02:00 05-01 02:00 t0 1,234,567 100,000 rejected 1,234,567/,
  );
});

test("a page of thousands of reports stays below 300 kB", () => {
  const reports = Array.from({ length: 5000 }, (_, at) => ({
    report: report({ table: `${HOSTILE} ${at % 300}` }),
    link: `./${"a".repeat(200)}.html`,
  }));
  const page = renderTrend({ reports, leftOut: [], version: "1.2.3" });
  expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  expect(faultsOf(page)).toEqual([]);
});
