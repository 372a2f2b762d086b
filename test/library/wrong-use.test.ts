/** The library as a caller in plain JavaScript meets it: wrong use throws, what a load meets is told. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspect, isUpsurgeError, load, plan } from "../../src/index.ts";
import type { LoadOptions, LoadSource } from "../../src/index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upsurge-library-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a caller without types may pass. */
async function misuse(source: unknown, options: unknown): Promise<string> {
  try {
    const report = await load(source as LoadSource, options as LoadOptions);
    return `${report.status} ${report.error?.code ?? ""} ${report.error?.cause ?? ""}`;
  } catch (error) {
    return isUpsurgeError(error)
      ? `${error.code}: ${error.message}; ${error.why}; ${error.fix}`
      : String(error);
  }
}

describe("wrong use throws", () => {
  const INTO = { to: "x.db", table: "t" };
  test.each([
    [
      "a name that is none",
      ["a.csv"],
      { ...INTO, maxReject: 3 },
      /OPTION_UNKNOWN.*did you mean maxRejects\?/,
    ],
    ["a flag of the terminal", ["a.csv"], { ...INTO, quiet: true }, /OPTION_UNKNOWN/],
    ["a value that means nothing", ["a.csv"], { ...INTO, commit: "often" }, /OPTION_VALUE.*commit/],
    [
      "a value of another type",
      ["a.csv"],
      { ...INTO, key: { id: true } },
      /OPTION_VALUE.*a string or an array of strings/,
    ],
    ["a flag that is none", ["a.csv"], { ...INTO, dryRun: "yes" }, /OPTION_VALUE.*true or false/],
    [
      "options that do not go together",
      ["a.csv"],
      { ...INTO, key: "a", constraint: "c" },
      /OPTION_CONFLICT/,
    ],
    ["no table", ["a.csv"], { to: "x.db" }, /OPTION_MISSING.*table/],
    [
      "no name to make a table by",
      [{ a: 1 }],
      { to: "x.db", create: true },
      /OPTION_MISSING.*table/,
    ],
    ["no target", ["a.csv"], { table: "t" }, /OPTION_MISSING.*to/],
    ["a format for rows", [{ a: 1 }], { ...INTO, format: "csv" }, /OPTION_CONFLICT.*format/],
    ["a source that is none", 5, INTO, /OPTION_VALUE.*source/],
  ] as const)("%s", async (_, source, options, told) => {
    expect(await misuse(source, options)).toMatch(told);
  });

  test("what a load meets is in its report", async () => {
    const report = await load("missing.csv", { to: join(folder, "none.db"), table: "t" });

    expect(report).toMatchObject({
      status: "failed",
      exit: 6,
      error: { code: "SOURCE_NOT_FOUND" },
    });
  });

  test("a password is in no text of a report", async () => {
    const to = "postgres://app:s3cr3t-word@127.0.0.1:1/shop";
    const report = await load([{ id: 1 }], { to, table: "t", retryTimeout: 0 });

    expect(report.error?.code).toBe("TARGET_UNREACHABLE");
    expect(JSON.stringify(report)).not.toContain("s3cr3t-word");
  });
});

test("create makes a table with the name of its file", async () => {
  const path = join(folder, "people.csv");
  writeFileSync(path, "id,name\n1,Ada\n");
  const options = { to: join(folder, "made.db"), create: true, key: "id" } as const;

  const planned = await plan(path, options);
  const report = await load(path, options);

  expect(planned.plan.tables[0].table.name.name).toBe("people");
  expect(report).toMatchObject({ status: "ok", counts: { inserted: 1 } });
  expect(report.ddl).toEqual(planned.plan.ddl?.statements);
});

test("a file is inspected with the options of reading", async () => {
  const path = join(folder, "a.csv");
  writeFileSync(path, "a;b\n1;2\n");

  expect(await inspect(path, { delimiter: ";" })).toMatchObject({
    kind: "source",
    fields: [{ name: "a", type: "integer" }, { name: "b" }],
  });
});

function oops(): never {
  throw new Error("the listener's own");
}

async function* stuck() {
  for (let id = 0; id < 50_000; id += 1) yield { id };
  await new Promise(() => {});
}

function shop(name: string): LoadOptions {
  const to = join(folder, name);
  const file = new Database(to);
  file.exec("create table t (id integer primary key)");
  file.close();
  return { to, table: "t" };
}

describe("a listener that throws", () => {
  test("to rejects: nothing is kept, and the caller gets its error", async () => {
    const rejectFile = join(folder, "thrown.ndjson");
    const options = { ...shop("rejects.db"), maxRejects: 5, rejectFile };

    await expect(load([{ id: 1 }, { id: "x" }], { ...options, onReject: oops })).rejects.toThrow(
      "the listener's own",
    );

    const again = await load([{ id: 1 }], { ...options, rejectFile: join(folder, "other.ndjson") });
    expect(again.counts.inserted).toBe(1);
  });

  test("to progress, while no row comes: the load ends, and the caller gets its error", async () => {
    await expect(load(stuck(), { ...shop("progress.db"), onProgress: oops })).rejects.toThrow(
      "the listener's own",
    );
  });
});
