/**
 * The law of nested records, by random graphs: whatever the strategy, row source and batch size, the tables, the counts of each
 * level and the rejected records are those of records applied one at a time, each with everything in it. The oracle is a model
 * of its own, which asks no database.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { canonical } from "../helpers/nest/canonical.ts";
import { graphCases, making } from "../helpers/nest/graphs.ts";
import type { NestCase, NestOption } from "../helpers/nest/graphs.ts";
import { NestModel } from "../helpers/nest/model.ts";
import type { CountsByLevel } from "../helpers/nest/model.ts";
import { flagsOf, linesOf, rowsIn, runNested } from "../helpers/nest/nest-load.ts";
import { setupOf } from "../helpers/nest/schema.ts";
import { shapesOn } from "../helpers/nest/shapes/shapes.ts";
import type { NestShape } from "../helpers/nest/shapes/parts.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const OPTIONS: readonly NestOption[] = ["position", "when", "missing", "find", "deletes"];

/** Rows of rejected records in one figure: which of several faults is told of is not the law's. */
function withoutFault(counts: CountsByLevel, root: string): CountsByLevel {
  return Object.fromEntries(
    Object.entries(counts).map(([level, { rejected = 0, dropped = 0, ...fates }]) => [
      level,
      level === root
        ? { ...fates, ...(rejected > 0 && { rejected }), ...(dropped > 0 && { dropped }) }
        : { ...fates, ...(rejected + dropped > 0 && { dropped: rejected + dropped }) },
    ]),
  );
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const ways = waysOf(engine, [1, 3, 1000]);

  const contents = async ({ tables }: NestShape): Promise<ReturnType<typeof canonical>> =>
    canonical(tables, await rowsIn(database, tables, engine.name));

  const holds = async ({ shape, root: asked, loads }: NestCase, way: Way): Promise<void> => {
    await database.reset();
    for (const sql of setupOf(shape.tables, engine.name)) await database.exec(sql);
    const model = new NestModel(shape.tables, engine.name);
    const told = [wayTitle(way)];
    for (const [at, records] of loads.entries()) {
      // What the second load looks up, the first one makes.
      const root = at === 0 ? making(asked) : asked;
      const flags = [...flagsOf(root), ...(shape.flags ?? [])];
      told.push(JSON.stringify(flags));
      const { counts, rejects } = model.load(root, records);
      const expected = canonical(
        shape.tables,
        Object.fromEntries([...model.tables].map(([name, { rows }]) => [name, rows])),
      );
      const before = await contents(shape);
      const input = linesOf(records);
      const from = { folder: temporary.path, table: root.table, input, flags };
      told.push(input);
      // The same load without effect counts the same.
      const rehearsal = await runNested(database, { ...from, flags: [...flags, "--dry-run"] }, way);
      expect(await contents(shape), told.join("\n") + rehearsal.output).toEqual(before);
      const result = await runNested(database, from, way);
      told.push(result.output);
      const shown = told.join("\n");
      expect(rehearsal.counts, shown).toEqual(result.counts);

      expect(result.error, shown).toBeNull();
      expect(withoutFault(result.counts, root.table), shown).toEqual(
        withoutFault(counts, root.table),
      );
      const rejected = result.rejects.map(({ record }) => record).toSorted((a, b) => a - b);
      expect(rejected, shown).toEqual(rejects.map(([record]) => record));
      expect(
        canonical(shape.tables, await rowsIn(database, shape.tables, engine.name)),
        shown,
      ).toEqual(expected);
    }
  };

  test.each(shapesOn(engine.name))(
    "graphs in batches are graphs one at a time: $title",
    async (shape) => {
      const property = fc.asyncProperty(
        graphCases(shape, OPTIONS),
        fc.constantFrom(...ways),
        holds,
      );
      const numRuns = timesOf(engine.name === "sqlserver" ? "nested, translated" : "nested");
      await fc.assert(property, { numRuns });
    },
  );
});
