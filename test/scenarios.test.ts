/**
 * Runs collections of small loads with exact expectations: the project's own, and a larger one where it is at hand, beside the
 * project or at UPSURGE_TEST_SCENARIOS. Every case runs over engines, strategies, row sources and batch sizes, which must not
 * change what comes out.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysFor, wayTitle } from "./helpers/engines.ts";
import type { TestDatabase, Way } from "./helpers/engines.ts";
import { runLoad } from "./helpers/load.ts";
import type { LoadResult } from "./helpers/load.ts";
import { loadOf, settingsOf, textRows } from "./helpers/scenario.ts";
import type { Scenario, ScenarioKey } from "./helpers/scenario.ts";
import { useTempDir } from "./helpers/temp-dir.ts";

const OWN = fileURLToPath(new URL("../fixtures/scenarios/scenarios.json", import.meta.url));
const OTHER = process.env["UPSURGE_TEST_SCENARIOS"] ?? "../shared/scenarios/scenarios.json";
const SCENARIOS = [OWN, ...(existsSync(OTHER) ? [OTHER] : [])].flatMap(
  (path) => JSON.parse(readFileSync(path, "utf8")) as Scenario[],
);
const BATCH_ROWS = [1, 2, 7, 1000];

/** What the collection calls the engines. */
const KEYS = { sqlite: "sqlite", postgres: "pg", sqlserver: "mssql" } as const;

describe.each(ENGINES)("$title", (engine) => {
  const key = KEYS[engine.name];
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const cases = SCENARIOS.filter(
    (scenario) => scenario.engines.includes(key) && (scenario.setup_sql[key] ?? "") !== "",
  ).flatMap((scenario, at) => {
    // One row at a time is slow for tens of thousands of rows, and tells nothing new.
    const sizes = scenario.input_format === "generated" ? [1000] : BATCH_ROWS;
    return waysFor("scenarios", engine, sizes, at).map((way) => {
      return [`${scenario.id} / ${engine.title} / ${wayTitle(way)}`, scenario, way] as const;
    });
  });

  test.each(cases)("%s", async (_, scenario, way) => {
    await database.reset();
    await database.exec(scenario.setup_sql[key] ?? "");
    const before = await database.rows(scenario.check_select);

    const results = await runSteps({ scenario, key, folder: temporary.path, database }, way);

    const output = results.map((result) => result.output).join("");
    if (scenario.expected_error !== undefined) {
      expect(
        results.map((result) => result.exit),
        output,
      ).toEqual([2]);
      expect(await database.rows(scenario.check_select)).toEqual(before);
      return;
    }
    expect(sum(results), output).toEqual(scenario.expected_counts ?? {});
    const rows = await database.rows(scenario.check_select);
    expect(key === "mssql" ? rows.map(withoutScale) : rows).toEqual(textRows(scenario, key));
    const rejects = results.flatMap((result) => result.rejects);
    expect(rejects.map(({ record, dbCode }) => ({ record, dbCode }))).toEqual(
      (scenario.expected_rejects ?? []).map((reject) => ({
        record: reject.row,
        dbCode: reject[key] === undefined ? null : String(reject[key]),
      })),
    );
  });
});

/** The collection has the numbers of SQL Server's decimals as a driver gives them: 1, not 1.00. */
function withoutScale(row: readonly (string | null)[]): (string | null)[] {
  return row.map((value) =>
    value !== null && /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, "") : value,
  );
}

interface Place {
  readonly scenario: Scenario;
  readonly key: ScenarioKey;
  readonly folder: string;
  readonly database: TestDatabase;
}

async function runSteps(
  { scenario, key, folder, database }: Place,
  way: Way,
): Promise<LoadResult[]> {
  const setup = scenario.setup_sql[key] ?? "";
  const rejects = scenario.expected_rejects;
  const results: LoadResult[] = [];
  for (const step of scenario.steps ?? [scenario]) {
    const { input, extension, flags, strategy } = loadOf(step, { key, setup, rejects });
    const limit = rejects === undefined ? ["--max-rejects", "0"] : [];
    const load = { folder, table: step.target, extension, input, flags: [...flags, ...limit] };
    results.push(
      await runLoad(
        database,
        { ...load, env: settingsOf(setup) },
        { ...way, strategy: strategy ?? way.strategy },
      ),
    );
  }
  return results;
}

function sum(results: readonly LoadResult[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of results.flatMap((result) => Object.entries(result.counts))) {
    total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
