/**
 * Jobs of nested records: a load that commits in parts and is stopped at any of its moments, between levels and within them,
 * and run again each time in another way, leaves the tables, the counts of each level and the rejects of its records applied
 * one at a time, each with everything in it.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { tableEngines, useDatabase, wayTitle, waysOf } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { canonical } from "../helpers/nest/canonical.ts";
import { graphCases } from "../helpers/nest/graphs.ts";
import type { NestCase, NestOption } from "../helpers/nest/graphs.ts";
import { NestModel } from "../helpers/nest/model.ts";
import type { ModelOutcome } from "../helpers/nest/model.ts";
import { flagsOf, linesOf, rowsIn, runNested } from "../helpers/nest/nest-load.ts";
import type { NestResult } from "../helpers/nest/nest-load.ts";
import { setupOf } from "../helpers/nest/schema.ts";
import { shapesOn } from "../helpers/nest/shapes/shapes.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const OPTIONS: readonly NestOption[] = ["position", "when"];
const OTHERS = new Set(["hosts", "pages", "lands"]);

/** The moments at which a run is stopped. */
const STOPS: readonly FailPoint[] = [
  "taken-over",
  "row-locked",
  "apply",
  "level",
  "level",
  "level-applied",
  "level-applied",
  "applied",
  "reject-written",
  "moved",
  "commit",
  "committed",
  "shared",
  "seal",
];

/** One run: how it writes, and where it is stopped; a run that never comes there goes through. */
interface StoppedRun {
  readonly way: Way;
  readonly at: FailPoint;
  readonly nth: number;
}

/** The run that nothing stops. */
const LAST: StoppedRun = {
  way: { strategy: "auto", rowSource: "auto", batchRows: 3, flags: ["--commit", "3"] },
  at: "report",
  nth: 99,
};

afterEach(() => onFailPoint(null));

function runsOf(engine: Engine): fc.Arbitrary<StoppedRun[]> {
  const way = fc
    .tuple(
      fc.constantFrom(...waysOf(engine, [1, 2, 5])),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(1, 2, 3),
    )
    .map(([each, commit, writers]): Way => {
      // Where records may have rows in common, one writer does the load.
      const flags = ["--commit", String(commit), "--writers", String(writers)];
      return { ...each, flags };
    });
  const nth = fc.integer({ min: 1, max: 6 });
  return fc.array(fc.record({ way, at: fc.constantFrom(...STOPS), nth }), {
    minLength: 1,
    maxLength: 4,
    size: "max",
  });
}

/** A run that is stopped at the n-th time that it passes a moment. */
async function stopped(
  { at, nth }: StoppedRun,
  run: () => Promise<NestResult>,
): Promise<NestResult> {
  let seen = 0;
  onFailPoint((point) => {
    if (point === at && (seen += 1) === nth) throw new Error(`stopped at ${at}`);
  });
  try {
    return await run();
  } finally {
    onFailPoint(null);
  }
}

/** Which of several faults of a record is told of is not the law's: its rows count as one figure. */
function told(
  { counts }: Pick<ModelOutcome | NestResult, "counts">,
  root: string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(counts).map(([level, { rejected = 0, dropped = 0, ...fates }]) => [
      level,
      level === root || rejected + dropped === 0
        ? { ...fates, ...(rejected > 0 && { rejected }) }
        : { ...fates, dropped: rejected + dropped },
    ]),
  );
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();

  const holds = async ({ shape, root, loads }: NestCase, runs: StoppedRun[]): Promise<void> => {
    await database.reset();
    for (const name of ["rejected.ndjson", "rejected.ndjson.jsonl"])
      rmSync(join(temporary.path, name), { force: true });
    for (const sql of setupOf(shape.tables, engine.name)) await database.exec(sql);
    const records = loads.flat();
    const model = new NestModel(shape.tables, engine.name);
    const expected = model.load(root, records);
    const flags = [...flagsOf(root), ...(shape.flags ?? []), "--job", "j"];
    const input = linesOf(records);
    const from = { folder: temporary.path, table: root.table, input, flags, goesOn: true } as const;
    const seen = [JSON.stringify(flags), input];
    for (const each of [...runs, LAST]) {
      seen.push(`${wayTitle(each.way)}, stopped at ${each.at} ${each.nth}`);
      const result = await stopped(each, async () => await runNested(database, from, each.way));
      seen.push(result.output);
      const shown = seen.join("\n");
      if (result.exit === 1) continue;
      expect([0, 3], shown).toContain(result.exit);
      // A run that was stopped after its last commit had counted all, and this one has done nothing.
      if (!result.output.includes('"alreadyLoadedAt":"'))
        expect(told(result, root.table), shown).toEqual(told(expected, root.table));
      const rejected = result.rejects.map(({ record }) => record).toSorted((a, b) => a - b);
      expect(rejected, shown).toEqual(expected.rejects.map(([record]) => record));
      break;
    }
    const rows = Object.fromEntries([...model.tables].map(([name, table]) => [name, table.rows]));
    expect(
      canonical(shape.tables, await rowsIn(database, shape.tables, engine.name)),
      seen.join("\n"),
    ).toEqual(canonical(shape.tables, rows));
  };

  test.each(shapesOn(engine.name).filter(({ root }) => !OTHERS.has(root.table)))(
    "a job that is stopped anywhere ends like records one at a time: $title",
    async (shape) => {
      const property = fc.asyncProperty(graphCases(shape, OPTIONS), runsOf(engine), holds);
      await fc.assert(property, { numRuns: timesOf("nested jobs") });
    },
  );
});
