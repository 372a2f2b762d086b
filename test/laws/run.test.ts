/** The law of a run: its tables and counts are those of its files loaded one after the other, parents first. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { timesOf } from "../tiers/tiers.ts";

const TABLES = [
  "create table parents (id int primary key, n int not null check (n < 8))",
  "create table children (id int primary key, parent int references parents (id), n int)",
  "insert into parents values (1, 1)",
  "insert into children values (1, 1, 1)",
];

const id = fc.integer({ min: 1, max: 5 });
const RUNS = fc.record({
  parents: fc.array(fc.tuple(id, fc.integer({ min: 0, max: 9 })), { maxLength: 8 }),
  children: fc.array(fc.tuple(id, fc.option(id), fc.integer({ min: 0, max: 3 })), { maxLength: 8 }),
  /** Part of the parents is in a folder that loads later. */
  later: fc.array(fc.tuple(id, fc.integer({ min: 0, max: 9 })), { maxLength: 3 }),
});

type Files = typeof RUNS extends fc.Arbitrary<infer T> ? T : never;
type Rows = (string | null)[][];

const BEFORE = [[["1", "1"]], [["1", "1", "1"]]];

function keysOf(records: readonly (readonly (number | null)[])[]): Set<string> {
  return new Set(records.map(([key]) => String(key)));
}

function csv(header: string, rows: readonly (readonly (number | null)[])[]): string {
  return [header, ...rows.map((row) => row.join(","))].map((line) => `${line}\n`).join("");
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const tables = async (): Promise<unknown> => [
    await database.rows("select id, n from parents order by id"),
    await database.rows("select id, parent, n from children order by id"),
  ];

  test("a run equals its loads, one after the other", async () => {
    const ways = waysOf(engine, [1, 3, 1000]);
    await fc.assert(
      fc.asyncProperty(RUNS, fc.constantFrom(...ways), async (files, way) => {
        const shell = new RunShell(database);
        const parents = csv("id,n", files.parents);
        const children = csv("id,parent,n", files.children);
        const later = csv("id,n", files.later);
        await shell.start(...TABLES);
        shell.write({
          "a/children.csv": children,
          "a/parents.csv": parents,
          "b/parents.csv": later,
        });
        const flags = ["--strategy", way.strategy, "--row-source", way.rowSource];
        const batch = ["--batch-rows", String(way.batchRows), "--max-rejects", "100"];
        const ran = await shell.run("a", "b", ...flags, ...batch);
        const found = { tables: await tables(), counts: ran.tables.map(([, counts]) => counts) };

        await shell.start(...TABLES);
        const counts = [];
        for (const [table, input] of [
          ["parents", parents],
          ["parents", later],
          ["children", children],
        ] as const) {
          const load = { folder: shell.folder, table, extension: "csv", input } as const;
          counts.push((await runLoad(database, { ...load, flags: ["--key", "id"] }, way)).counts);
        }

        expect(found, ran.output).toEqual({ tables: await tables(), counts });
      }),
      { numRuns: timesOf("a run") },
    );
  });

  test("its deletes come after all loads, children first, and not where a record was rejected", async () => {
    const ways = waysOf(engine, [1, 3, 1000]);
    await fc.assert(
      fc.asyncProperty(RUNS, fc.constantFrom(...ways), async (files, way) => {
        const shell = new RunShell(database);
        const parents = csv("id,n", files.parents);
        const children = csv("id,parent,n", files.children);
        await shell.start(...TABLES);
        shell.write({ "a/children.csv": children, "a/parents.csv": parents });
        const flags = ["--strategy", way.strategy, "--row-source", way.rowSource];
        const batch = ["--batch-rows", String(way.batchRows), "--max-rejects", "100"];
        const all = ["--delete-missing", "--max-delete", "100%"];
        const ran = await shell.run("a", ...flags, ...batch, ...all);
        const found = await tables();

        await shell.start(...TABLES);
        let rejected = 0;
        for (const [table, input] of [
          ["parents", parents],
          ["children", children],
        ] as const) {
          const load = { folder: shell.folder, table, extension: "csv", input } as const;
          const { counts } = await runLoad(database, { ...load, flags: ["--key", "id"] }, way);
          rejected += counts.rejected ?? 0;
        }
        if (rejected > 0) {
          expect([ran.exit, found], ran.output).toEqual([3, await tables()]);
          return;
        }
        const { left, refers } = await withoutMissing(files);
        // A parent that a child of the file refers to, and the file of parents does not have.
        expect([ran.exit, ran.error], ran.output).toEqual(
          refers ? [4, "DELETE_FORBIDDEN"] : [0, null],
        );
        expect(found, ran.output).toEqual(refers ? BEFORE : left);
      }),
      { numRuns: timesOf("a run") },
    );
  });

  /** The tables without the rows that no record has. */
  async function withoutMissing(files: Files): Promise<{ left: unknown; refers: boolean }> {
    const [parents = [], children = []] = (await tables()) as Rows[];
    const [ofParents, ofChildren] = [keysOf(files.parents), keysOf(files.children)];
    const stay = children.filter(([key]) => ofChildren.has(key ?? ""));
    return {
      left: [parents.filter(([key]) => ofParents.has(key ?? "")), stay],
      refers: stay.some(([, parent]) => parent !== null && !ofParents.has(parent ?? "")),
    };
  }
});
