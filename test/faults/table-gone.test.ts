/**
 * A column, a key or the table itself that goes while a load is under way: told as what it is, in all ways of loading, whoever
 * did it; and no record is rejected for it.
 */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import type { Report } from "../../src/report/report.ts";
import { firstOf } from "../tiers/tiers.ts";
import { heldAt } from "./torture/scenario.ts";
import { TableShell } from "./torture/table-shell.ts";
import type { LoadEnd } from "./torture/table-shell.ts";

const COUNT = 120;
const NUMBERS = Array.from({ length: COUNT }, (_, at) => at + 1);
const CSV = `id,a\n${NUMBERS.map((id) => `${id},${id % 7}\n`).join("")}`;
const TABLE = "create table t (id int not null, a int, constraint by_id unique (id))";

/** What goes, in SQL that each database has, and what is said of it. */
const GOING: readonly (readonly [what: string, sql: string, said: RegExp])[] = [
  ["a column", "alter table t drop column a", /its column a was \w+ .* and is gone now/],
  [
    "a column's name",
    "alter table t rename column a to b",
    /its column a was \w+ .* and is gone now/,
  ],
  ["the table", "drop table t", /is gone now/],
];
const KEY = {
  postgres: "alter table t drop constraint by_id",
  sqlite: "drop table t; create table t (id int not null, a int)",
  sqlserver: "alter table t drop constraint by_id",
};
const KEY_SAID = /its unique key .*, which the load finds rows by, is gone/;

/** What goes, with its place among the others. */
function goingFrom({ name }: Engine): [...(typeof GOING)[number], number][] {
  // SQL Server renames by a procedure.
  const columns = name === "sqlserver" ? GOING.filter(([what]) => !what.includes("name")) : GOING;
  const all: typeof GOING = [...columns, ["the key", KEY[name], KEY_SAID]];
  return all.map((one, at) => [...one, at]);
}

/** Each way to bring rows to the server and to write them. */
function waysTo({ rowSources }: Engine): string[] {
  const modes = ["", "--mode update", "--ignore", "--strategy select-then-write"];
  const own = rowSources.length === 1 ? [""] : rowSources.map((each) => `--row-source ${each}`);
  return own.flatMap((source) => modes.map((mode) => `${source} ${mode}`.trim()));
}

/** A run of a part of them begins with others for each of the things that go. */
function waysFor(engine: Engine, at: number): readonly string[] {
  const ways = waysTo(engine);
  const from = (3 * at) % ways.length;
  return firstOf("ways while a table goes", [...ways.slice(from), ...ways.slice(0, from)]);
}

function expectAltered({ exit, stdout, stderr }: LoadEnd, said: RegExp): void {
  const { error, counts } = JSON.parse(stdout) as Report;
  expect([exit, error?.code], stdout + stderr).toEqual([4, "TARGET_ALTERED"]);
  expect(error?.cause).toMatch(said);
  expect(counts.rejected).toBe(0);
}

const words = (flags: string): string[] => flags.split(" ").filter((word) => word !== "");

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(goingFrom(engine))("%s, by a script of the load", async (_, sql, said, at) => {
    const shell = new TableShell(database, CSV);
    for (const way of waysFor(engine, at)) {
      await database.reset();
      await database.exec(TABLE);
      const flags = ["--key", "id", ...words(way), "--max-rejects", "100%", "--before", sql];
      expectAltered(await shell.load(flags), said);
      expect(await database.rows("select count(*) from t"), way).toEqual([["0"]]);
    }
  });

  /** Before the first batch, when nothing is locked. */
  test.each(goingFrom(engine))("%s, by somebody else", async (_, sql, said, at) => {
    for (const way of waysFor(engine, at).slice(0, 2)) {
      const shell = new TableShell(database, CSV);
      await database.reset();
      await database.exec(TABLE);
      const load = shell.command(["--key", "id", ...words(way), "--max-rejects", "100%"]);
      const ended = await heldAt(shell, load, "begin:1", async () => await database.exec(sql));
      expectAltered(ended, said);
    }
  });
});
