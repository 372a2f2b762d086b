/**
 * The law of runs over tables that refer to each other in a circle, and to themselves: whatever the order of the records and
 * files, the tables hold the last record of each key, and a run of that finds nothing to change.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { timesOf } from "../tiers/tiers.ts";

type Value = number | null;
type Row = readonly Value[];

const PEOPLE =
  "create table people (id int not null primary key, team int not null references teams (id), boss int references people (id))";
const LEAD =
  "alter table teams add constraint teams_lead foreign key (lead) references people (id)";

const ID = fc.integer({ min: 1, max: 5 });
/** Each id at least once, so that nothing refers to a row that is nowhere; in any order, and some again. */
function rowsWith(...columns: readonly fc.Arbitrary<Value>[]): fc.Arbitrary<Row[]> {
  const row = (id: fc.Arbitrary<number>): fc.Arbitrary<Row> => fc.tuple(id, ...columns);
  return fc
    .tuple(
      fc.tuple(...[1, 2, 3, 4, 5].map((id) => row(fc.constant(id)))),
      fc.array(row(ID), { maxLength: 6 }),
    )
    .chain(([once, more]) =>
      fc.shuffledSubarray([...once, ...more], { minLength: 5 + more.length }),
    );
}

function csv(header: string, rows: readonly Row[]): string {
  return [header, ...rows.map((row) => row.join(","))].map((line) => `${line}\n`).join("");
}

/** The last record of each key, as the database tells it. */
function lastOf(rows: readonly Row[]): (string | null)[][] {
  const last = new Map(rows.map((row) => [row[0], row]));
  return [...last.values()]
    .toSorted(([a], [b]) => (a ?? 0) - (b ?? 0))
    .map((row) => row.map((value) => (value === null ? null : String(value))));
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const isSqlite = engine.name === "sqlite";
  const lead = isSqlite ? "lead int references people (id)" : "lead int";
  const tables = [`create table teams (id int not null primary key, ${lead})`, PEOPLE];
  if (!isSqlite) tables.push(LEAD);

  test("tables that refer to each other hold the last record of each key", async () => {
    const files = fc.record({
      teams: rowsWith(fc.option(ID)),
      people: rowsWith(ID, fc.option(ID)),
      way: fc.constantFrom(...waysOf(engine, [1, 3, 1000])),
    });
    await fc.assert(
      fc.asyncProperty(files, async ({ teams, people, way }) => {
        const shell = new RunShell(database);
        await shell.start(...tables);
        shell.write({
          "seeds/people.csv": csv("id,team,boss", people),
          "seeds/teams.csv": csv("id,lead", teams),
        });
        const flags = ["--strategy", way.strategy, "--row-source", way.rowSource];
        const ran = await shell.run("seeds", ...flags, "--batch-rows", String(way.batchRows));
        expect(ran.exit, ran.output).toBe(0);
        expect(await shell.rows("select id, lead from teams order by id")).toEqual(lastOf(teams));
        expect(await shell.rows("select id, team, boss from people order by id")).toEqual(
          lastOf(people),
        );
        expect(ran.report.counts.inserted, ran.output).toBe(10);

        shell.write({
          "last/people.csv": csv("id,team,boss", numbered(lastOf(people))),
          "last/teams.csv": csv("id,lead", numbered(lastOf(teams))),
        });
        const again = await shell.run("last", "--check");
        expect([again.exit, again.report.counts.unchanged], again.output).toEqual([0, 10]);
      }),
      { numRuns: Math.ceil(timesOf("a run") / (engine.name === "sqlserver" ? 4 : 1)) },
    );
  });
});

function numbered(rows: readonly (readonly (string | null)[])[]): Row[] {
  return rows.map((row) => row.map((value) => (value === null ? null : Number(value))));
}
