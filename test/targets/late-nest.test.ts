/** Columns that are set after the last record (`--late`, and a run by itself) of records that hold others. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { LateShell } from "../helpers/late-shell.ts";
import { RunShell } from "../helpers/run-shell.ts";

const STAFF =
  "create table staff (id int not null primary key, name varchar(20), boss int references staff (id))";
const SKILLS =
  "create table skills (staff_id int not null references staff (id), name varchar(20) not null, lvl int, primary key (staff_id, name), check (lvl < 100))";
const NEST = "skills: { table: skills, link: { staff_id: id }, key: [ staff_id, name ] }";

interface Person {
  readonly id: number;
  readonly name?: string;
  readonly boss?: number | null;
  readonly skills?: readonly { readonly name: string; readonly lvl: number }[];
}

/** Bosses come later, records come again, and two are refused for what is in them. */
const PEOPLE: readonly Person[] = [
  { id: 1, name: "a", boss: 2, skills: [{ name: "x", lvl: 1 }] },
  { id: 2, name: "b", boss: 3, skills: [{ name: "x", lvl: 3 }] },
  { id: 2, name: "bad", boss: 1, skills: [{ name: "x", lvl: 300 }] },
  { id: 3, name: "c", boss: 1 },
  { id: 4, name: "bad", boss: 1, skills: [{ name: "x", lvl: 300 }] },
  { id: 3, boss: 5, skills: [{ name: "q", lvl: 30 }] },
  { id: 5, name: "e", boss: null },
  { id: 1, name: "a", boss: 3 },
];
const TEXT = PEOPLE.map((person) => `${JSON.stringify(person)}\n`).join("");
const STAFF_ROWS = ["1 a 3", "2 b 3", "3 c 5", "5 e -"];
const SKILL_ROWS = [
  ["1", "x", "1"],
  ["2", "x", "3"],
  ["3", "q", "30"],
];
const ALL_SKILLS = "select staff_id, name, lvl from skills order by staff_id, name";

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test.each([1, 2, 3, 100])(
    "a record that is refused sets nothing: batches of %i",
    async (rows) => {
      const shell = new LateShell(database);
      await shell.start(STAFF, SKILLS);
      const flags = ["--nest", NEST, "--max-rejects", "5", "-b", String(rows)];
      const { exit, counts, report, output } = await shell.load(TEXT, flags);
      expect(exit, output).toBe(3);
      expect(counts).toMatchObject({ inserted: 4, rejected: 2 });
      expect(report.warnings).toEqual([]);
      expect(await shell.rows()).toEqual(STAFF_ROWS);
      expect(await database.rows(ALL_SKILLS)).toEqual(SKILL_ROWS);
    },
  );

  test("a run does so by itself where the key cannot wait", async () => {
    const shell = new RunShell(database);
    await shell.start(STAFF, SKILLS);
    const load = `- { from: staff.ndjson, table: staff, key: id, max-rejects: 5, nest: { ${NEST} } }`;
    shell.write({ "run.yaml": `loads:\n  ${load}\n`, "staff.ndjson": TEXT });
    const { exit, output } = await shell.run("run.yaml");
    expect(exit, output).toBe(3);
    const rows = await shell.rows("select id, name, boss from staff order by id");
    expect(rows.map((row) => row.map((each) => each ?? "-").join(" "))).toEqual(STAFF_ROWS);
    expect(await shell.rows(ALL_SKILLS)).toEqual(SKILL_ROWS);
  });

  test.each([
    ["{ table: skills, link: { staff_id: id }, key: [ staff_id, name ], when: written }", "when"],
    ["{ table: skills, link: { staff_id: boss }, key: [ staff_id, name ] }", "refer to boss"],
  ])("a level that needs the column at once is refused: %s", async (level, said) => {
    const shell = new LateShell(database);
    await shell.start(STAFF, SKILLS);
    const { exit, error, output } = await shell.load(TEXT, ["--nest", `skills: ${level}`]);
    expect([exit, error], output).toEqual([2, "PLAN_LATE"]);
    expect(output).toContain(said);
    expect(await shell.rows()).toEqual([]);
  });
});
