/** Tables of about as many columns as PostgreSQL takes: loaded, or refused before the first record with the limit's name. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;

interface Report {
  readonly exit: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly error?: { readonly code: string; readonly cause: string; readonly fix: string };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `c${at}`);

/** A record of `count` fields: its key, and the same value everywhere else. */
function record(count: number, key: number, value: number | string): string {
  return [key, ...Array.from({ length: count - 1 }, () => value)].join(",");
}

function csv(count: number, ...records: readonly string[]): string {
  return `${[names(count).join(","), ...records].join("\n")}\n`;
}

const database = useDatabase(postgres);

async function makeTable(count: number): Promise<void> {
  await database.reset();
  const columns = names(count).map((name) => `${name} int`);
  await database.exec(`create table t (${columns.join(", ")}, primary key (c0))`);
}

async function load(input: string, ...flags: readonly string[]): Promise<Report> {
  const name = input.startsWith("{") ? "in.ndjson" : "in.csv";
  const cwd = tempDir({ [name]: input });
  const into = [name, "--to", database.url, "--table", "t", "--key", "c0", "--json"];
  const { stdout } = await runUpsurge([...into, "--max-rejects", "9", ...flags], { cwd });
  return JSON.parse(stdout) as Report;
}

describe("tables that a stage can hold", () => {
  test.each([
    [900, "native"],
    [900, "select-then-write"],
    [1598, "native"],
    [1598, "select-then-write"],
  ])(
    "a table of %i columns, %s: inserted, found unchanged, updated, rejected",
    async (count, strategy) => {
      await makeTable(count);
      const first = csv(count, record(count, 1, 1), record(count, 2, 2));
      const second = csv(count, record(count, 1, 1), record(count, 2, 3), record(count, 3, "x"));

      const runs = [];
      for (const input of [first, second]) runs.push(await load(input, "--strategy", strategy));

      expect(
        runs.map(({ exit, counts }) => [
          exit,
          counts["inserted"],
          counts["updated"],
          counts["unchanged"],
        ]),
      ).toEqual([
        [0, 2, 0, 0],
        [3, 0, 1, 1],
      ]);
      expect(await database.rows(`select c0, c1, c${count - 1} from t order by 1`)).toEqual([
        ["1", "1", "1"],
        ["2", "3", "3"],
      ]);
    },
  );

  test.each(["staged", "arrays", "values"])(
    "a bad record among long texts is a reject, and no load that stops: %s",
    async (rowSource) => {
      await makeTable(1000);
      const odd = csv(
        1000,
        record(1000, 1, 1234567890),
        record(1000, 2, '"a ""quoted"" \\ {,} NULL"'),
        `3${",".repeat(999)}`,
      );
      const { exit, counts } = await load(odd, "--row-source", rowSource);
      expect([exit, counts["inserted"], counts["rejected"]]).toEqual([3, 2, 1]);
      expect(await database.rows("select c0, c1, c999 from t order by 1")).toEqual([
        ["1", "1234567890", "1234567890"],
        ["3", null, null],
      ]);
    },
  );

  test("texts of wide rows that go one by one arrive as they are", async () => {
    await database.reset();
    const columns = names(500).map((name) => `${name} text`);
    await database.exec(`create table t (${columns.join(", ")}, n int, primary key (c0))`);
    const texts = ['a "b" \\ {,}', "NULL", "", "\\N", " x ", "'"];
    const fields = Array.from({ length: 499 }, (_, at) => texts[at % texts.length] ?? "");
    const rows = ["k", "l"].map((key) => ({
      ...Object.fromEntries(names(500).map((name, at) => [name, at === 0 ? key : fields[at - 1]])),
      n: key === "k" ? 1 : "x",
    }));
    const { counts } = await load(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect([counts["inserted"], counts["rejected"]]).toEqual([1, 1]);
    expect(await database.rows("select c1, c2, c3, c4, c5, c6, c499 from t")).toEqual([
      [...texts, fields[498] ?? null],
    ]);
  });
});

describe("tables that no stage can hold", () => {
  test.each([1599, 1600])(
    "a table of %i columns, which no stage can hold: the same, one row at a time",
    async (count) => {
      await makeTable(count);
      const first = csv(count, record(count, 1, 1), record(count, 2, 2));
      const second = csv(count, record(count, 1, 1), record(count, 2, 3), record(count, 3, "x"));

      const runs = [];
      for (const input of [first, second, csv(1598, record(1598, 4, 1)), '{"c0":5,"c7":1}\n'])
        runs.push(await load(input));

      expect(
        runs.map(({ exit, counts }) => [
          exit,
          counts["inserted"],
          counts["updated"],
          counts["unchanged"],
        ]),
      ).toEqual([
        [0, 2, 0, 0],
        [3, 0, 1, 1],
        [0, 1, 0, 0],
        [0, 1, 0, 0],
      ]);
      expect(await database.rows(`select c0, c7, c${count - 1} from t order by 1`)).toEqual([
        ["1", "1", "1"],
        ["2", "3", "3"],
        ["4", "1", null],
        ["5", "1", null],
      ]);
    },
  );

  test.each<[string, string, readonly string[], string]>([
    [
      "select-then-write",
      csv(2, "1,1"),
      ["--strategy", "select-then-write"],
      "use --strategy native with a key that has a unique index",
    ],
    ["--mode update", csv(2, "1,1"), ["--mode", "update"], "update a view of 1598 columns at most"],
  ])("a table of 1,600 columns refuses %s early", async (_, input, flags, fix) => {
    await makeTable(1600);
    const { exit, error } = await load(input, ...flags);
    expect([exit, error?.code, error?.fix]).toEqual([2, "PLAN_UNSUPPORTED", fix]);
    expect(error?.cause).toContain("a table has at most 1600 columns");
  });
});
