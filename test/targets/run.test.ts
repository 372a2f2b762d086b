/** `upsurge run`: folders of files into their tables, parents first, all of it or nothing. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";

const TABLES = [
  "create table countries (code varchar(2) primary key, name varchar(50) not null)",
  "create table cities (id int primary key, name varchar(50), country varchar(2) not null references countries (code))",
  "create table people (id int primary key, email varchar(50) not null unique, city int references cities (id))",
];

const COUNTRIES = "code,name\nch,Switzerland\nnl,Netherlands\n";
const CITIES = `${[
  '{"id": 1, "name": "Bern", "country": "ch"}',
  '{"id": 2, "name": "Delft", "country": "nl"}',
].join("\n")}\n`;
const PEOPLE = "id,email,city\n1,ada@x.org,2\n2,bob@x.org,\n";

const ORDERS = [
  ["countries", "cities", "people"],
  ["countries", "people", "cities"],
  ["cities", "countries", "people"],
  ["cities", "people", "countries"],
  ["people", "countries", "cities"],
  ["people", "cities", "countries"],
] as const;

/** The files of the three tables, their names in this order. */
function seeds(order: readonly string[], folder = "seeds"): Record<string, string> {
  const contents: Readonly<Record<string, readonly [string, string]>> = {
    countries: ["csv", COUNTRIES],
    cities: ["ndjson", CITIES],
    people: ["csv", PEOPLE],
  };
  return Object.fromEntries(
    order.map((table, at) => {
      const [ending, content] = contents[table] ?? ["csv", ""];
      return [`${folder}/${at + 1}0_${table}.${ending}`, content];
    }),
  );
}

/** What the tables hold. */
async function contents(shell: RunShell): Promise<unknown> {
  return {
    countries: await shell.rows("select code, name from countries order by code"),
    cities: await shell.rows("select id, name, country from cities order by id"),
    people: await shell.rows("select id, email, city from people order by id"),
  };
}

/** A database with the three tables, and a folder with a file for each. */
async function started(
  database: TestDatabase,
  files = seeds(["people", "cities", "countries"]),
): Promise<RunShell> {
  const shell = new RunShell(database);
  await shell.start(...TABLES);
  shell.write(files);
  return shell;
}

const FILLED = {
  countries: [
    ["ch", "Switzerland"],
    ["nl", "Netherlands"],
  ],
  cities: [
    ["1", "Bern", "ch"],
    ["2", "Delft", "nl"],
  ],
  people: [
    ["1", "ada@x.org", "2"],
    ["2", "bob@x.org", null],
  ],
};
const EMPTY = { countries: [], cities: [], people: [] };

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(ORDERS)("files named in the order %s, %s, %s load parents first", async (...order) => {
    const shell = await started(database, seeds(order));

    const first = await shell.run("seeds");
    expect(first.tables, first.output).toEqual([
      ["countries", { inserted: 2 }],
      ["cities", { inserted: 2 }],
      ["people", { inserted: 2 }],
    ]);
    const second = await shell.run("seeds");

    expect(second.report.counts).toMatchObject({ read: 6, unchanged: 6 });
    expect([first.exit, second.exit, await contents(shell)]).toEqual([0, 0, FILLED]);
  });

  test.each(waysOf(engine, [1]).map((way) => [wayTitle(way), way] as const))(
    "the same by %s",
    async (_, { strategy, rowSource, batchRows }) => {
      const shell = await started(database);
      const flags = ["--strategy", strategy, "--row-source", rowSource];
      const { exit, output } = await shell.run("seeds", ...flags, `--batch-rows=${batchRows}`);

      expect([exit, await contents(shell)], output).toEqual([0, FILLED]);
    },
  );

  test("what was changed is updated, and --check says so before and keeps nothing", async () => {
    const shell = await started(database);
    await shell.run("seeds");
    shell.write({ "seeds/10_people.csv": `${PEOPLE.replace("ada", "eve")}3,cy@x.org,1\n` });

    const check = await shell.run("seeds", "--check");
    expect([check.exit, check.report.status, await contents(shell)]).toEqual([
      3,
      "changes",
      FILLED,
    ]);
    const ran = await shell.run("seeds");

    const changed = { inserted: 1, updated: 1, unchanged: 1 };
    expect(check.tables[2]).toEqual(["people", changed]);
    expect(ran.tables[2]).toEqual(["people", changed]);
    expect(ran.report.counts).toMatchObject({ read: 7, inserted: 1, updated: 1, unchanged: 5 });
  });

  test("a record that is refused stops the run, and no table keeps anything", async () => {
    const shell = await started(database);
    shell.write({ "seeds/10_people.csv": `${PEOPLE}3,cy@x.org,9\n` });
    const { exit, error, report, output } = await shell.run("seeds");

    expect([exit, error], output).toEqual([4, "REJECT_LIMIT"]);
    expect(report.failedLoad).toBe(join("seeds", "10_people.csv"));
    expect(report.error?.where).toContain("10_people.csv, record 3, line 4");
    expect(report.counts).toMatchObject({ inserted: 0, rejected: 1 });
    expect(await contents(shell)).toEqual(EMPTY);
  });

  test("rejects within the limit are in a file next to their source, which is no load", async () => {
    const shell = await started(database);
    shell.write({ "seeds/10_people.csv": `${PEOPLE}3,cy@x.org,9\n` });
    const { exit, tables, report, output } = await shell.run("seeds", "--max-rejects", "1");

    expect([exit, tables[2]], output).toEqual([3, ["people", { inserted: 2, rejected: 1 }]]);
    const file = report.tables[2]?.rejectFile ?? "";
    expect(readFileSync(join(shell.folder, file), "utf8")).toBe("id,email,city\n3,cy@x.org,9\n");
    const again = await shell.run("seeds", "--only", "countries");
    expect(again.report.leftOut.map(({ path }) => path)).toContain(file);
    rmSync(join(shell.folder, file));
    rmSync(join(shell.folder, report.tables[2]?.rejectReport ?? ""));
    const ok = await shell.run("seeds", "--max-rejects", "1", "--rejects-ok");
    expect([ok.exit, ok.report.status]).toEqual([0, "rejects"]);
  });
});

describe.each(tableEngines())("$title: folders, keys and modes", (engine) => {
  const database = useDatabase(engine);

  test("a later folder loads later, whatever refers to what", async () => {
    const shell = await started(database);
    shell.write({
      "seeds.dev/countries.csv": "code,name\nnl,Holland\nfr,France\n",
      "seeds.dev/people.csv": "id,email,city\n9,dev@x.org,1\n",
    });
    const { tables, output } = await shell.run("seeds", "seeds.dev");

    expect(tables, output).toEqual([
      ["countries", { inserted: 2 }],
      ["countries", { inserted: 1, updated: 1 }],
      ["cities", { inserted: 2 }],
      ["people", { inserted: 2 }],
      ["people", { inserted: 1 }],
    ]);
    expect(await shell.rows("select name from countries order by code")).toEqual([
      ["Switzerland"],
      ["France"],
      ["Holland"],
    ]);
  });

  test("a folder that is given twice is loaded twice", async () => {
    const shell = await started(database);
    const { report, output } = await shell.run("seeds", "seeds");

    expect(report.counts, output).toMatchObject({ read: 12, inserted: 6, unchanged: 6 });

    const refused = await shell.run("seeds", "seeds", "--max-rejects", "1");
    expect(refused.report.error, refused.output).toMatchObject({
      code: "OPTION_CONFLICT",
      fix: "name each folder once, or leave --max-rejects out",
    });
  });

  test("a folder of files is one load, in their order", async () => {
    const shell = await started(database, {
      "seeds/countries/b.csv": "code,name\nch,Suisse\n",
      "seeds/countries/a.csv": COUNTRIES,
      "seeds/countries/notes.txt": "x",
    });
    const { tables, report, output } = await shell.run("seeds");

    expect(tables, output).toEqual([["countries", { inserted: 2, updated: 1 }]]);
    expect(report.tables[0]?.sources.map(({ read }) => read)).toEqual([2, 1]);
    expect(report.leftOut).toEqual([
      {
        path: join("seeds", "countries", "notes.txt"),
        reason: "its name has no ending of a format that is read",
      },
    ]);
  });

  test("without its primary key a file is matched by the unique key it has whole", async () => {
    const shell = await started(database, {
      ...seeds(["countries", "cities"]),
      "seeds/people.csv": "email,city\nada@x.org,1\n",
    });
    await shell.start(
      ...TABLES.slice(0, 2),
      "create table people (id int default 5 primary key, email varchar(50) not null unique, city int)",
    );
    const { report, output } = await shell.run("seeds");
    const people = report.tables.find(({ load }) => load.endsWith("people.csv"));
    const again = await shell.run("seeds");

    expect(people?.key?.columns, output).toEqual(["email"]);
    expect(again.report.counts.unchanged, again.output).toBe(5);
    expect(await shell.rows("select id, email, city from people")).toEqual([
      ["5", "ada@x.org", "1"],
    ]);
  });

  test("--only loads some tables, --ignore leaves rows alone, --mode insert rejects them", async () => {
    const shell = await started(database);
    const only = await shell.run("seeds", "--only", "countries");
    shell.write({ "seeds/30_countries.csv": COUNTRIES.replace("Switzerland", "Suisse") });
    const ignore = await shell.run("seeds", "--ignore");
    const insert = await shell.run("seeds", "--mode", "insert", "--max-rejects", "9");

    expect(only.tables).toEqual([["countries", { inserted: 2 }]]);
    expect(ignore.tables[0]).toEqual(["countries", { ignored: 2 }]);
    expect(insert.report.counts).toMatchObject({ rejected: 6 });
    expect(await contents(shell)).toEqual(FILLED);
  });
});

describe.each(tableEngines())("$title: plans and files", (engine) => {
  const database = useDatabase(engine);

  test("ids that only the database may give are asked for with the flag that takes them", async () => {
    if (engine.name === "sqlite") return;
    const always = engine.name === "postgres" ? "generated always as identity" : "identity";
    const shell = new RunShell(database);
    const ids = `id bigint ${always} primary key`;
    await shell.start(`create table numbered (${ids}, n int); create table others (${ids}, n int)`);
    shell.write({ "seeds/numbered.csv": "id,n\n7,1\n", "seeds/others.csv": "id,n\n8,2\n" });
    const refused = await shell.run("seeds");
    const kept = await shell.run("seeds", "--keep-identity");

    expect([refused.exit, refused.report.error?.fix], refused.output).toEqual([
      2,
      expect.stringContaining("--keep-identity"),
    ]);
    expect([kept.exit, kept.report.counts.inserted], kept.output).toEqual([0, 2]);
  });

  test("the plan shows the order, why, and what is not loaded; nothing is written", async () => {
    const shell = await started(database);
    shell.write({ "seeds/README.md": "x" });
    const plan = await shell.plan("seeds");

    const order = [...plan.matchAll(/^ {2}\d\. +(\S+)/gm)].map(([, table = ""]) => table);
    expect(order.map((name) => name.split(".").at(-1))).toEqual(["countries", "cities", "people"]);
    expect(plan).toMatch(/why:\n[^]*cities refers to (\w+\.)?countries\n/);
    expect(plan).toContain("README.md: its name has no ending of a format that is read");
    expect(await contents(shell)).toEqual(EMPTY);
  });

  test("gzip, a byte order mark and other formats are read as they are in a load", async () => {
    const shell = await started(database, {
      "seeds/countries.tsv": "\u{FEFF}code\tname\nch\tSwitzerland\n",
      "seeds/cities.json": '[{"id": 1, "name": "Bern", "country": "ch"}]',
    });

    expect((await shell.run("seeds")).report.counts).toMatchObject({ read: 2, inserted: 2 });
  });

  test("no reject file is left by a run that had no rejects", async () => {
    const shell = await started(database);
    await shell.run("seeds", "--max-rejects", "1");

    expect(readdirSync(join(shell.folder, "seeds")).filter((name) => /rejects/.test(name))).toEqual(
      [],
    );
  });
});
