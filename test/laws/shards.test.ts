/**
 * `--shard I/N`: several processes that share a load out end in the table, the counts and the rejects of its records applied
 * one at a time, whatever the order in which they run, however keys are spelled and whether or not they are there.
 */
import * as fc from "fast-check";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nonZero } from "../helpers/database-shell.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { applyReference } from "../helpers/reference.ts";
import type { ReferenceLoad, ReferenceRecord } from "../helpers/reference.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { firstOf, timesOf } from "../tiers/tiers.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

/** A table to load into, and the keys that records may bring. */
interface Table {
  readonly title: string;
  readonly setup: string;
  readonly type: string;
  readonly key: readonly ("k" | "n" | "s")[];
  /** Spellings, several of one value, and what is no value. */
  readonly keys: readonly (string | null)[];
  readonly flags?: readonly string[];
}

const TABLES: readonly Table[] = [
  {
    title: "an int key",
    setup: "create table t (k int primary key, n int, s text, check (n < 90))",
    type: "int",
    key: ["k"],
    keys: [
      "1",
      "01",
      "+1",
      " 1",
      "1 ",
      "2",
      "-2",
      "-02",
      "0",
      "-0",
      "3",
      "x",
      "1.0",
      "99999999999",
      null,
    ],
  },
  {
    title: "a key of two columns",
    setup: "create table t (k bigint, n int, s text, primary key (s, k))",
    type: "bigint",
    key: ["k", "s"],
    keys: ["1", "01", "9007199254740993", "+9007199254740993", "9007199254740992", null],
  },
  {
    title: "a key of text",
    setup: "create table t (k text primary key, n int, s text)",
    type: "text",
    key: ["k"],
    keys: ["a", "A", "a ", "é", "e\u0301", "", 'q"', null],
  },
  {
    title: "a key of dates",
    setup: "create table t (k date primary key, n int, s text)",
    type: "date",
    key: ["k"],
    keys: [
      "2024-01-02",
      "2024-1-2",
      "Jan 2, 2024",
      "20240102",
      "2024-01-03",
      "infinity",
      "x",
      null,
    ],
  },
  {
    title: "a key of times with a zone",
    setup: "create table t (k timestamptz primary key, n int, s text)",
    type: "timestamptz",
    key: ["k"],
    keys: [
      "2024-01-02 00:00:00+00",
      "2024-01-02T01:00:00+01:00",
      "2024-01-02 00:00Z",
      "2024-01-03 00:00:00Z",
      null,
    ],
  },
  {
    title: "a key of uuids",
    setup: "create table t (k uuid primary key, n int, s text)",
    type: "uuid",
    key: ["k"],
    keys: [
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
      "{a0eebc999c0b4ef8bb6d6bb9bd380a11}",
      "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "b0",
    ],
  },
  {
    title: "a key of booleans",
    setup: "create table t (k boolean primary key, n int, s text)",
    type: "boolean",
    key: ["k"],
    keys: ["t", "true", "yes", "1", "f", "off", "maybe", null],
  },
  {
    title: "a unique key whose NULLs are equal",
    setup: "create table t (k int unique nulls not distinct, n int, s text)",
    type: "int",
    key: ["k"],
    keys: ["1", "01", "2", null, null],
    flags: ["--null-key", "match"],
  },
];

const rule = fc.record({
  mode: fc.constantFrom("upsert", "upsert", "ignore"),
  set: fc.constantFrom(null, "(coalesce(target.n, 1) * 2 + excluded.n) % 50"),
  shards: fc.integer({ min: 1, max: 5 }),
  first: fc.integer({ min: 0, max: 4 }),
  commit: fc.integer({ min: 1, max: 25 }),
  batch: fc.integer({ min: 1, max: 12 }),
  format: fc.constantFrom("csv", "ndjson"),
});
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

function recordsFor({ keys }: Table): fc.Arbitrary<ReferenceRecord[]> {
  const n = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom("95", "bad", null) },
  );
  const record = fc.record({ k: fc.constantFrom(...keys), n, s: fc.constantFrom("a", "b", "c d") });
  return fc.array(record, { minLength: 1, maxLength: 40 });
}

/** A field of CSV; an empty one is NULL unless it is quoted. */
function field(value: string | null | undefined): string {
  if (value === null || value === undefined) return "";
  return /[,"]|^$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function written(records: readonly ReferenceRecord[], format: string): string {
  if (format === "csv") {
    const lines = records.map(({ k, n, s }) => `${[k, n, s].map(field).join(",")}\n`);
    return `k,n,s\n${lines.join("")}`;
  }
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

function referenceOf({ type, key }: Table, { mode, set }: Rule): Omit<ReferenceLoad, "records"> {
  return {
    engine: "postgres",
    table: "t",
    columns: { k: type, n: "int", s: "text" },
    defaults: {},
    key,
    mode,
    updateColumns: ["k", "n", "s"].filter((name) => !key.some((each) => each === name)),
    sets: mode === "upsert" && set !== null ? { n: set } : {},
    where: null,
  };
}

/** The shards of a run, beginning anywhere. */
function shardsOf({ shards, first }: Rule): string[] {
  return Array.from({ length: shards }, (_, at) => `${(at + first) % shards}/${shards}`);
}

describe("shards", () => {
  const database = useDatabase(postgres);
  const image = (): Promise<(string | null)[][]> =>
    database.rows("select k, n, s from t order by 1, 2, 3");
  const start = async (setup: string): Promise<void> => {
    await database.reset();
    await database.exec(setup);
  };

  /** Runs all shards and finishes; what came of it. */
  const loadShared = async (
    chosen: Rule,
    args: readonly string[],
    cwd: string,
  ): Promise<{ counts: Record<string, number>; shown: string }> => {
    let shown = "";
    for (const shard of shardsOf(chosen)) {
      const ran = await runUpsurge([...args, "--shard", shard], { cwd });
      shown += `${ran.stdout}${ran.stderr}`;
      expect([0, 3], shown).toContain(ran.exitCode);
    }
    const { stdout } = await runUpsurge(["finish", "--to", database.url, "--job", "j", "--json"]);
    const { counts } = JSON.parse(stdout) as { counts: Record<string, number> };
    return { counts, shown };
  };

  test.each(firstOf("keys of shards", TABLES))("equal one at a time: $title", async (table) => {
    const cases = fc.tuple(recordsFor(table), rule);
    const folder = tempDir();
    let at = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([records, chosen]) => {
        at += 1;
        const { format, commit, batch } = chosen;
        const reference = referenceOf(table, chosen);
        const nulls = table.flags !== undefined;
        await start(table.setup);
        const known = nulls ? keyed(records) : records;
        const isCsv = format === "csv";
        const expected = await applyReference(database, { ...reference, isCsv, records: known });
        const expectedRows = nulls ? unkeyed(await image()) : await image();
        await start(table.setup);
        const source = `in-${at}.${format}`;
        writeFileSync(join(folder, source), written(records, format));
        const sets = Object.entries(reference.sets).flatMap(([name, sql]) => [
          "--set",
          `${name} = ${sql}`,
        ]);
        const words = [
          `${source} --mode ${chosen.mode} --key ${table.key.join(",")} --table t --job j`,
          `--commit ${commit} -b ${batch} --max-rejects 1000 --json -q --to ${database.url}`,
        ].flatMap((line) => line.split(" "));
        const args = [...words, ...(table.flags ?? []), ...sets];
        const { counts, shown } = await loadShared(chosen, args, folder);
        const what = `${args.join(" ")}\n${written(records, format)}${shown}`;
        expect(nonZero(counts), what).toEqual(expected.counts);
        expect(await image(), what).toEqual(expectedRows);
        const rejected = expected.fates.flatMap((fate, n) => (fate === "rejected" ? [n + 1] : []));
        expect(rejectedIn(join(folder, `${source}.rejects.${format}.jsonl`)), what).toEqual(
          rejected,
        );
      }),
      { numRuns: timesOf("shards") },
    );
  });
});

/** The reference has no NULL that equals another: a number that no record has stands for it. */
function keyed(records: readonly ReferenceRecord[]): ReferenceRecord[] {
  return records.map((record) => ({ ...record, k: record["k"] ?? "777" }));
}

function unkeyed(rows: readonly (string | null)[][]): (string | null)[][] {
  return rows.map(([k = null, ...more]) => [k === "777" ? null : k, ...more]);
}

/** The numbers of the records of a report of rejects, in its order. */
function rejectedIn(path: string): number[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { record: number }).record);
}
