/**
 * The law of `--value`, by random loads: whatever the strategy, row source and batch size, the table, the counts and the rejects are
 * those of batches of one record, each evaluated and written by itself.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const TABLE =
  "create table t (k varchar(9) not null primary key, name varchar(5), n int, total int, made varchar(9), check (total < 9))";
const START = "insert into t (k, name, n, total, made) values ('a', 'old', 1, 1, 'first')";
const COLUMNS = "select k, name, n, total, made from t order by k";

/** Expressions of which some fail for some records; those of SQLite never fail by a cast. */
const VALUES = {
  sqlite: [
    `total = abs(case when excluded."a n" = 'x' then -9223372036854775807 - 1 else cast(excluded."a n" as int) end)`,
    "name = trim(excluded.name)",
  ],
  postgres: [`total = cast(excluded."a n" as int)`, "name = trim(excluded.name)"],
  sqlserver: [`total = cast(excluded.[a n] as int)`, "name = trim(excluded.name)"],
} as const;

/** A record; what is `undefined` is absent from a JSON record, and empty in CSV. */
interface NamedRecord {
  readonly k: string | null;
  readonly name: string | null | undefined;
  readonly "a n": string | null | undefined;
}

const record: fc.Arbitrary<NamedRecord> = fc.record({
  k: fc.constantFrom("A", "a", " b", "B", "c", "", null),
  name: fc.constantFrom(" Ann ", "ü", "", "'q", "toolong", "  to  ", null, undefined),
  "a n": fc.constantFrom("1", "2", "x", "9", "7", null, undefined),
});

/** A random load. */
interface Case {
  readonly records: readonly NamedRecord[];
  readonly format: "csv" | "ndjson";
  readonly mode: "upsert" | "update" | "ignore" | "insert";
  readonly way: Way;
  readonly more: readonly string[];
}

function casesOf(ways: readonly Way[]): fc.Arbitrary<Case> {
  return fc.record({
    records: fc.array(record, { minLength: 1, maxLength: 14 }),
    format: fc.constantFrom<"csv" | "ndjson">("csv", "ndjson"),
    mode: fc.constantFrom<Case["mode"]>("upsert", "upsert", "update", "ignore", "insert"),
    way: fc.constantFrom(...ways),
    more: fc.constantFrom<readonly string[]>(
      [],
      ["--value", "made = 'v'"],
      ["--value", "n = (select count(*) from t)"],
      ["--delete-when", "name=ü"],
    ),
  });
}

function sourceOf({ records, format }: Case): string {
  if (format === "ndjson") return records.map((each) => `${JSON.stringify(each)}\n`).join("");
  const lines = records.map(
    (each) => `${[each.k, each.name, each["a n"]].map((value) => value ?? "").join(",")}\n`,
  );
  return `k,name,a n\n${lines.join("")}`;
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const ways = waysOf(engine, [2, 3, 1000]);

  const outcomeOf = async (each: Case, way: Way): Promise<unknown> => {
    await database.reset();
    for (const sql of [TABLE, START]) await database.exec(sql);
    const keyed = each.mode === "insert" ? [] : ["--key", "k"];
    const deletes = each.mode === "upsert" || each.mode === "update";
    const more = each.more[0] === "--delete-when" && !deletes ? [] : each.more;
    const values = [...VALUES[engine.name], "k = lower(trim(excluded.k))"];
    const flags = ["--mode", each.mode, ...keyed, ...more];
    for (const value of values) flags.push("--value", value);
    const { counts, rejects, error, output } = await runLoad(
      database,
      { folder: temporary.path, table: "t", extension: each.format, input: sourceOf(each), flags },
      way,
    );
    const told = rejects.map(({ record: at, code }) => [at, code]);
    expect(error, output).toBeNull();
    return { counts, rejects: told, rows: await database.rows(COLUMNS) };
  };

  test("values in batches are values one at a time", async () => {
    await fc.assert(
      fc.asyncProperty(casesOf(ways), async (each) => {
        const alone = await outcomeOf(each, { ...each.way, batchRows: 1 });
        const together = await outcomeOf(each, each.way);
        expect(together, `${wayTitle(each.way)}\n${sourceOf(each)}`).toEqual(alone);
      }),
      { numRuns: timesOf(engine.name === "sqlserver" ? "values, translated" : "values") },
    );
  });
});
