/** A run of a manifest leaves what its loads leave one by one with the same flags, in the order of the foreign keys, or nothing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { RunShell } from "../helpers/run-shell.ts";

const TABLES = [
  "create table countries (code varchar(2) primary key, name varchar(50) not null, seen int)",
  "create table cities (id int primary key, name varchar(50), country varchar(2) not null references countries (code), source varchar(20), check (id < 90))",
  "create table people (id int primary key, email varchar(50) not null unique, city int references cities (id), visits int)",
  "create table notes (id int primary key, text varchar(50))",
  "insert into countries values ('ch', 'Suisse', 1)",
  "insert into notes values (1, 'old'), (2, 'older')",
];

const FILES = {
  "in/countries.csv": "Code;Name;x\nch;Switzerland;1\nnl;NO;2\n",
  "in/cities/1.csv": "id,name,country\n1,Bern,ch\n",
  "in/cities/2.csv": "id,name,country\n2,Delft,nl\n95,Nowhere,ch\n",
  "in/people.csv": "id,email,city,visits\n1,ada@x.org,2,1\n2,bob@x.org,,1\n",
  "in/again.csv": "id,email,city,visits\n7,ada@x.org,1,5\n3,eve@x.org,1,5\n4,zoe@x.org,1,5\n",
  "in/notes.csv": "id,text\n3,new\n",
};

const MANIFEST = `
defaults: { max-rejects: 0, batch-rows: 2 }
loads:
  - from: again.csv
    table: people
    key: email
    update-columns: [-id, -city]
    set: { visits: target.visits + excluded.visits }
    update-where: target.visits < 100
    limit: 2
  - from: people.csv
    ignore: true
    any-constraint: true
  - from: cities/*.csv
    const: { source: import }
    max-rejects: 1
    reject-file: bad.csv
  - from: countries.csv
    delimiter: ;
    map: { Name: name, x: }
    stamp: { seen: "2" }
  - from: notes.csv
    truncate: true
    before: insert into notes values (8, 'before')
    after:
      - insert into notes values (9, 'after')
      - update notes set text = 'last' where id = 9
`;

/** The same loads, in the order in which their tables refer to each other. */
const LOADS: readonly (readonly string[])[] = [
  "in/countries.csv --table countries --key code --delimiter ; --map Name:name --map x: --stamp|seen = 2",
  "in/cities/*.csv --table cities --key id --const source=import --max-rejects 1 --reject-file one.csv",
  "in/again.csv --table people --key email --update-columns=-id,-city --set|visits = target.visits + excluded.visits --update-where|target.visits < 100 --limit 2",
  "in/people.csv --table people --ignore --any-constraint",
  "in/notes.csv --table notes --key id --truncate --before|insert into notes values (8, 'before') --after|insert into notes values (9, 'after') --after|update notes set text = 'last' where id = 9",
].map((line) =>
  line.split(/ (?=--)/).flatMap((part) => (part.includes("|") ? part.split("|") : part.split(" "))),
);

async function contents(shell: RunShell): Promise<unknown> {
  return {
    countries: await shell.rows("select code, name, seen from countries order by code"),
    cities: await shell.rows("select id, name, country, source from cities order by id"),
    people: await shell.rows("select id, email, city, visits from people order by id"),
    notes: await shell.rows("select id, text from notes order by id"),
  };
}

async function started(database: TestDatabase): Promise<RunShell> {
  const shell = new RunShell(database);
  await shell.start(...TABLES);
  shell.write({ ...FILES, "in/seed.yaml": MANIFEST });
  return shell;
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("a run leaves what its loads leave one by one, and counts the same", async () => {
    const apart = await started(database);
    const counts: unknown[] = [];
    for (const words of LOADS) {
      const args = [...words, "--to", database.url, "--json", "--batch-rows", "2"];
      const { stdout, stderr } = await runUpsurge(args, { cwd: apart.folder });
      expect(stdout, stderr).not.toBe("");
      counts.push((JSON.parse(stdout) as { counts: unknown }).counts);
    }
    const expected = await contents(apart);
    const shell = await started(database);

    const { report, exit, output } = await shell.run("in/seed.yaml");

    expect(exit, output).toBe(3);
    expect(await contents(shell)).toEqual(expected);
    expect(report.tables.map((load) => load.counts)).toEqual(counts);
    expect(report.tables.map(({ load }) => load)).toEqual([
      "countries.csv",
      "cities/*.csv",
      "again.csv",
      "people.csv",
      "notes.csv",
    ]);
    expect(existsSync(join(shell.folder, "in", "bad.csv"))).toBe(true);
  });

  test("a load that fails leaves nothing of any, and is named with its place", async () => {
    const shell = await started(database);
    const before = await contents(shell);
    shell.write({ "in/seed.yaml": MANIFEST.replace("max-rejects: 1", "max-rejects: 0") });
    const { report, exit, output } = await shell.run("in/seed.yaml");

    expect([exit, report.failedLoad], output).toEqual([4, "cities/*.csv"]);
    expect(report.error?.fix).toContain("(its load is at in/seed.yaml:14:5)");
    expect(await contents(shell)).toEqual(before);
  });

  test("the command line comes before the manifest, and --only chooses", async () => {
    const shell = await started(database);
    const { tables, exit } = await shell.run(
      "in/seed.yaml",
      "--only",
      "cities,countries",
      "--max-rejects",
      "0",
      "--check",
    );

    expect(exit).toBe(4);
    expect(tables.map(([table]) => table)).toEqual(["countries", "cities"]);
  });

  test("the plan tells order, keys and reasons", async () => {
    const shell = await started(database);
    const plan = await shell.plan("in/seed.yaml");

    expect(plan).toMatch(
      /1\. +\S*countries [^]*2\. +\S*cities [^]*3\. +\S*people +from again\.csv +upsert +key \S+email[^]*4\. +\S*people +from people\.csv +ignore/,
    );
    expect(plan).toMatch(/people refers to \S*cities/);
  });
});

describe("postgres", () => {
  const [engine] = tableEngines().filter(({ name }) => name === "postgres");
  if (engine === undefined) throw new Error("there is no PostgreSQL");
  const database = useDatabase(engine);

  test("sequences are moved for the loads that say so", async () => {
    const shell = new RunShell(database);
    const columns = "(id int generated by default as identity primary key, n int)";
    await shell.start(`create table a ${columns}`, `create table b ${columns}`);
    shell.write({
      "a.csv": "id,n\n7,1\n",
      "b.csv": "id,n\n7,1\n",
      "seed.yaml": "loads:\n  - { from: a.csv, sync-sequences: true }\n  - from: b.csv\n",
    });
    const { exit, output } = await shell.run("seed.yaml");

    expect(exit, output).toBe(0);
    expect(await shell.rows("insert into a (n) values (2) returning id")).toEqual([["8"]]);
    expect(await shell.rows("insert into b (n) values (2) returning id")).toEqual([["1"]]);
  });
});
