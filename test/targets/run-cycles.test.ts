/** `upsurge run` of tables that refer to each other in a circle, and of rows that refer to rows of their own table. */
import { describe, expect, test } from "vitest";
import { ENGINES, tableEngines, useDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";

/** `waits`: how a foreign key says that it can be left to the commit, where it must say so; `lead`: the column's type. */
const teams = (waits = "", lead = "int"): readonly string[] => [
  `create table teams (id int primary key, lead ${lead})`,
  `create table people (id int primary key, team int not null constraint people_team references teams (id) ${waits})`,
];
const LEAD =
  "alter table teams add constraint teams_lead foreign key (lead) references people (id)";
const CIRCLE = { "seeds/people.csv": "id,team\n7,1\n", "seeds/teams.csv": "id,lead\n1,7\n" };
const STAFF = "create table staff (id int primary key, boss int references staff (id)";
const CHILD_FIRST = { "seeds/staff.csv": "id,boss\n2,1\n3,2\n1,\n" };

/** No column of it may be NULL, so that none can be set late. */
function circleIn(name: string): readonly string[] {
  if (name !== "sqlite") return [...teams("", "int not null"), LEAD];
  return [
    "create table teams (id int primary key, lead int not null references people (id))",
    "create table people (id int primary key, team int not null references teams (id))",
  ];
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const canWait = engine.name === "sqlite";

  test(`a circle of keys that ${canWait ? "can" : "cannot"} wait`, async () => {
    const shell = new RunShell(database);
    await shell.start(...circleIn(engine.name));
    shell.write(CIRCLE);
    const { exit, error, report, output } = await shell.run("seeds");

    if (canWait) {
      expect([exit, report.counts.inserted], output).toEqual([0, 2]);
      expect((await shell.run("seeds")).report.counts.unchanged).toBe(2);
      return;
    }
    expect([exit, error], output).toEqual([2, "RUN_CYCLE"]);
    expect(report.error?.fix).toMatch(/first \S*teams with --map lead:, .*, then \S*teams whole$/);
    expect(report.failedLoad).toBeNull();
    expect(await shell.rows("select id from teams")).toEqual([]);
  });

  test("rows may refer to rows before them, and to later ones", async () => {
    const shell = new RunShell(database);
    await shell.start(`${STAFF})`);
    shell.write({ "seeds/staff.csv": "id,boss\n1,\n2,1\n3,2\n" });
    expect((await shell.run("seeds")).report.counts.inserted).toBe(3);
    await shell.start(`${STAFF})`);
    shell.write(CHILD_FIRST);
    const { exit, error, report, output } = await shell.run("seeds");

    const found = [exit, error, report.counts.inserted];
    expect(found, output).toEqual([0, null, 3]);
  });
});

const [sqlite, postgres] = ENGINES;

describe.each([sqlite, postgres].flatMap((engine) => engine ?? []))("$title", (engine) => {
  const database = useDatabase(engine);
  const isPostgres = engine.name === "postgres";
  const DEFERRABLE = isPostgres ? "deferrable" : "";

  test("what waits is checked at the commit, in a dry run too, and nothing is kept", async () => {
    const shell = new RunShell(database);
    await shell.start(`${STAFF} ${DEFERRABLE})`);
    shell.write({ "seeds/staff.csv": "id,boss\n2,1\n1,9\n" });

    for (const flags of [[], ["--dry-run"]]) {
      const { exit, error, report, output } = await shell.run("seeds", ...flags);
      expect([exit, error], output).toEqual([4, "TARGET_COMMIT_REFUSED"]);
      expect(output).toContain(
        isPostgres
          ? "(boss)=(9)"
          : "the row of staff with id 1 has boss 9, which no row of staff has",
      );
      // It is no fault of the last file.
      expect(report.failedLoad).toBeNull();
    }
    expect(await shell.rows("select id from staff")).toEqual([]);
  });

  test("rows of a circle go together, and one that is still referred to stops the run", async () => {
    const shell = new RunShell(database);
    const tables = isPostgres ? [...teams("deferrable"), LEAD] : circleIn("sqlite");
    await shell.start(...tables);
    const both = (ids: readonly number[]): void =>
      shell.write({
        "seeds/people.csv": `id,team\n${ids.map((id) => `${id},${id}\n`).join("")}`,
        "seeds/teams.csv": `id,lead\n${ids.map((id) => `${id},${id}\n`).join("")}`,
      });
    both([1, 2]);
    expect((await shell.run("seeds")).exit).toBe(0);
    both([1]);
    const gone = await shell.run("seeds", "--delete-missing");
    expect([gone.exit, gone.report.counts.removed], gone.output).toEqual([0, 2]);
    both([1, 2]);
    expect((await shell.run("seeds")).exit).toBe(0);
    shell.write({ "seeds/people.csv": "id,team\n2,2\n" });
    const kept = await shell.run("seeds", "--delete-missing");
    expect([kept.exit, kept.report.counts.removed], kept.output).toEqual([4, 0]);
    expect(await shell.rows("select id from people order by id")).toEqual([["1"], ["2"]]);
  });

  test("a row that another one of its table refers to, which stays, does not go, whatever waits", async () => {
    const shell = new RunShell(database);
    await shell.start(`${STAFF} ${DEFERRABLE})`);
    shell.write({ "seeds/staff.csv": "id,boss\n1,\n2,1\n3,\n" });
    expect((await shell.run("seeds")).exit).toBe(0);
    // Nothing else of the row is told, so that it refers to 1 as before.
    shell.write({ "seeds/staff.csv": "id\n2\n3\n" });
    const { exit, error, report, output } = await shell.run("seeds", "--delete-missing");
    expect([exit, error], output).toEqual([4, "DELETE_FORBIDDEN"]);
    expect(report.error?.cause).toMatch(/rows of \S*staff refer to \(id\) = \(1\)/);
    expect(await shell.rows("select id from staff order by id")).toEqual([["1"], ["2"], ["3"]]);
  });

  test("rows that refer to later ones pass in a dry run as well", async () => {
    const shell = new RunShell(database);
    await shell.start(`${STAFF} ${DEFERRABLE})`);
    shell.write(CHILD_FIRST);

    expect((await shell.run("seeds", "--dry-run")).report.counts.inserted).toBe(3);
    expect((await shell.run("seeds")).exit).toBe(0);
  });

  test("a plan says that keys wait for the commit only where there is one for all loads", async () => {
    const shell = new RunShell(database);
    await shell.start(`${STAFF} ${DEFERRABLE})`);
    shell.write(CHILD_FIRST);
    const waits = /rows of \S*staff refer to each other: .* is checked at the commit/;

    expect(await shell.plan("seeds")).toMatch(waits);
    for (const commit of ["load", "2"])
      expect(await shell.plan("seeds", "--commit", commit)).not.toMatch(waits);
  });

  test.each([["load"], ["2"]])(
    "with --commit %s a circle is refused in a dry run, too",
    async (commit) => {
      const shell = new RunShell(database);
      await shell.start(...(isPostgres ? [...teams("deferrable"), LEAD] : circleIn("sqlite")));
      shell.write(CIRCLE);
      for (const flags of [[], ["--dry-run"], ["--check"]]) {
        const { exit, error, output } = await shell.run("seeds", "--commit", commit, ...flags);
        expect([exit, error], output).toEqual([2, "RUN_CYCLE"]);
      }
    },
  );
});

describe.each(postgres === undefined ? [] : [postgres])("$title", (engine) => {
  const database = useDatabase(engine);

  test("the fix that is printed for a circle breaks it", async () => {
    const shell = new RunShell(database);
    await shell.start(...circleIn("postgres"));
    shell.write(CIRCLE);
    const refused = await shell.run("seeds");
    const [, sql = ""] =
      /commit: (alter table .* deferrable);/.exec(refused.report.error?.fix ?? "") ?? [];
    await database.exec(sql);
    const plan = await shell.plan("seeds");
    const ran = await shell.run("seeds");

    expect([ran.exit, ran.report.counts.inserted], ran.output).toEqual([0, 2]);
    expect(plan).toMatch(/refer to each other: \w+ is checked at the commit/);
  });

  test("only the key that closes the circle waits: others reject their records", async () => {
    const shell = new RunShell(database);
    await shell.start(...teams("deferrable"), LEAD);
    shell.write({ ...CIRCLE, "seeds/teams.csv": "id,lead\n1,7\n2,99\n" });
    const { exit, tables, output } = await shell.run("seeds", "--max-rejects", "1");

    expect([exit, tables], output).toEqual([
      3,
      [
        ["people", { inserted: 1 }],
        ["teams", { inserted: 1, rejected: 1 }],
      ],
    ]);
  });
});
