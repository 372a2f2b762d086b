/** `upsurge run --delete-missing`: tables become what their files have, children before parents. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";

const TABLES = [
  "create table countries (code varchar(2) primary key, name varchar(50) not null)",
  "create table cities (id int primary key, name varchar(50), country varchar(2) not null references countries (code), check (id < 1000))",
];

const COUNTRIES = "code,name\nch,Switzerland\nnl,Netherlands\nfr,France\n";
const CITIES = "id,name,country\n1,Bern,ch\n2,Delft,nl\n3,Lyon,fr\n4,Paris,fr\n";

/** Both tables filled from the folder `seeds`. */
async function filled(database: TestDatabase): Promise<RunShell> {
  const shell = new RunShell(database);
  await shell.start(...TABLES);
  shell.write({ "seeds/cities.csv": CITIES, "seeds/countries.csv": COUNTRIES });
  const { exit, output } = await shell.run("seeds", "--delete-missing");
  expect(exit, output).toBe(0);
  return shell;
}

async function contents(shell: RunShell): Promise<unknown> {
  return [
    await shell.rows("select code from countries order by code"),
    await shell.rows("select id from cities order by id"),
  ];
}

const ALL = [
  [["ch"], ["fr"], ["nl"]],
  [["1"], ["2"], ["3"], ["4"]],
];

/** France is gone with its cities, Delft has another name, and there is a new city. */
const CHANGED = {
  "seeds/countries.csv": "code,name\nch,Switzerland\nnl,Netherlands\n",
  "seeds/cities.csv": "id,name,country\n1,Bern,ch\n2,DELFT,nl\n5,Basel,ch\n",
};

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("rows that went out of their files go, those that refer to others first", async () => {
    const shell = await filled(database);
    shell.write(CHANGED);

    const shown = await shell.plan("seeds", "--delete-missing");
    expect(shown).toMatch(
      /deleted at the end, children first:\n {2}\S*cities: .*\n {2}\S*countries: /,
    );

    const tried = await shell.run("seeds", "--delete-missing", "--check");
    const done = await shell.run("seeds", "--delete-missing");
    const counts = [
      ["countries", { unchanged: 2, removed: 1 }],
      ["cities", { inserted: 1, updated: 1, unchanged: 1, removed: 2 }],
    ];
    expect([tried.exit, tried.tables], tried.output).toEqual([3, counts]);
    expect([done.exit, done.tables], done.output).toEqual([0, counts]);
    expect(done.report.tables.map(({ deletes }) => deletes)).toMatchObject([
      { scope: 3, missing: 1 },
      { scope: 4, missing: 2 },
    ]);
    expect(await contents(shell)).toEqual([
      [["ch"], ["nl"]],
      [["1"], ["2"], ["5"]],
    ]);

    const again = await shell.run("seeds", "--delete-missing", "--check");
    expect([again.exit, again.report.counts.unchanged], again.output).toEqual([0, 5]);
  });

  test("a reject of one table keeps the rows of all of them", async () => {
    const shell = await filled(database);
    shell.write({
      ...CHANGED,
      "seeds/cities.csv": "id,name,country\n1,Bern,ch\n5000,Basel,ch\n",
    });

    const allowing = ["--max-rejects", "5", "--rejects-ok"];
    const { exit, report, output } = await shell.run("seeds", "--delete-missing", ...allowing);

    expect([exit, report.status, report.counts.removed], output).toEqual([3, "rejects", 0]);
    expect(report.tables.map(({ deletes }) => deletes?.missing)).toEqual([null, null]);
    const said = report.tables.flatMap(({ warnings }) => warnings).join("\n");
    expect(said).toMatch(/no row of \S*cities was deleted: a record was rejected/);
    expect(said).toMatch(/no row of \S*countries was deleted: a record of \S*cities was rejected/);
    expect(await contents(shell)).toEqual(ALL);
  });

  stopped(database);
  shared(database);
});

/** Cities that no record of `CITIES` has: more than may go by default. */
const MANY = `id,name,country\n${Array.from({ length: 30 }, (_, at) => `${at + 10},c,ch\n`).join("")}`;

function stopped(database: TestDatabase): void {
  test.each([
    ["more rows than may go", { "cities.csv": CITIES }, "DELETE_LIMIT"],
    ["all rows of a table", { "cities.csv": "id,name,country\n9,Bern,ch\n" }, "DELETE_LIMIT"],
    ["a file without a record", { "cities.csv": "id,name,country\n" }, "STEP_NO_RECORD"],
    ["a file that is cut", { "cities.csv": "id,name,country\n1,Bern,ch" }, "SOURCE_INCOMPLETE"],
    ["a parent that is referred to", { "countries.csv": "code,name\nch,X\n" }, "DELETE_FORBIDDEN"],
  ])("%s stops the run, and nothing is kept of any table", async (_, files, code) => {
    const shell = await filled(database);
    shell.write({ "more/cities.csv": MANY });
    await shell.run("more");
    const before = await contents(shell);
    const limit = code === "DELETE_LIMIT" ? [] : ["--max-delete", "90%"];
    shell.write(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`seeds/${name}`, text])),
    );

    const { exit, error, report, output } = await shell.run("seeds", "--delete-missing", ...limit);

    expect([exit, error], output).toEqual([4, code]);
    expect(report.failedLoad).toMatch(/^seeds.(cities|countries)\.csv$/);
    expect(await contents(shell)).toEqual(before);
  });

  test("an empty file empties its table where that was said", async () => {
    const shell = await filled(database);
    shell.write({ "seeds/cities.csv": "id,name,country\n" });
    const flags = ["--delete-missing", "--max-delete", "100%"];
    const { exit, tables, output } = await shell.run("seeds", ...flags);
    expect([exit, tables[1]], output).toEqual([0, ["cities", { removed: 4 }]]);
  });
}

function tenant(name: string): string {
  const own = `const: { tenant: ${name} }, delete-missing: true, delete-where: "tenant = '${name}'"`;
  return `  - { from: ${name}.csv, table: prices, ${own} }\n`;
}

function shared(database: TestDatabase): void {
  test("two loads of one table do not delete the rows of each other", async () => {
    const shell = await filled(database);
    shell.write({ "seeds.dev/cities.csv": "id,name,country\n8,Test,ch\n" });

    const { exit, error, output } = await shell.run("seeds", "seeds.dev", "--delete-missing");

    expect([exit, error], output).toEqual([2, "RUN_TABLE_TWICE"]);
    expect(await contents(shell)).toEqual(ALL);
  });

  test("two tenants share a table, each with rows of its own", async () => {
    const shell = new RunShell(database);
    await shell.start(
      "create table prices (id int primary key, tenant varchar(9) not null, price int)",
      "insert into prices values (1, 'a', 1), (2, 'a', 1), (3, 'b', 1), (4, 'b', 1), (5, 'c', 1)",
    );
    shell.write({
      "a.csv": "id,price\n1,2\n6,1\n",
      "b.csv": "id,price\n4,1\n7,1\n",
      "tenants.yaml": `loads:\n${["a", "b"].map(tenant).join("")}`,
    });

    const { exit, tables, output } = await shell.run("tenants.yaml");

    expect([exit, tables], output).toEqual([
      0,
      [
        ["prices", { inserted: 1, updated: 1, removed: 1 }],
        ["prices", { inserted: 1, unchanged: 1, removed: 1 }],
      ],
    ]);
    const rows = await shell.rows("select id, tenant, price from prices order by id");
    expect(rows.map((row) => row.join(""))).toEqual(["1a2", "4b1", "5c1", "6a1", "7b1"]);
  });
}

/** Owners with a number of their own, of engine and database. */
const OWNERS = {
  sqlite: "id integer primary key",
  postgres: "id int generated by default as identity primary key",
  sqlserver: "id int identity(1, 1) primary key",
} as const;

describe.each(tableEngines())("$title: rows that look-ups of the run name", (engine) => {
  const database = useDatabase(engine);
  const PETS = "k,owner\n1,ann\n2,bob\n3,cid\n4,bob\n";
  const start = async (references: string, ...rows: readonly string[]): Promise<RunShell> => {
    const shell = new RunShell(database);
    await shell.start(
      `create table owners (${OWNERS[engine.name]}, name varchar(9) not null unique)`,
      `create table pets (k int primary key, owner_id int${references})`,
      ...rows.map((name) => `insert into owners (name) values ('${name}')`),
    );
    shell.write({ "owners.csv": "name\nann\n", "pets.csv": PETS });
    return shell;
  };
  const manifest = (more: string, key = "name"): string => `loads:
  - { from: owners.csv, key: ${key}, delete-missing: true${more} }
  - { from: pets.csv, key: k, lookup: { owner_id: owners(name = owner) -> id }, lookup-missing: insert }
`;
  const names = async (shell: RunShell): Promise<string> =>
    (await shell.rows("select name from owners order by name")).join(" ");

  test.each([
    ["", ""],
    [" references owners (id)", ""],
    [" references owners (id)", ", max-delete: 100%"],
  ])("are rows that a record has%s%s: the second run changes nothing", async (references, more) => {
    const shell = await start(references);
    shell.write({ "seed.yaml": manifest(more) });
    const first = await shell.run("seed.yaml");
    const second = await shell.run("seed.yaml");

    expect([first.exit, first.tables], first.output).toEqual([
      0,
      [
        ["owners", { inserted: 1 }],
        ["pets", { inserted: 4, created: 2 }],
      ],
    ]);
    expect([second.exit, second.tables], second.output).toEqual([
      0,
      [
        ["owners", { unchanged: 1 }],
        ["pets", { unchanged: 4 }],
      ],
    ]);
    expect(await names(shell)).toBe("ann bob cid");
  });

  test("do not count against --max-delete, and others go", async () => {
    const shell = await start("", "ann", "bob", "eve", "fay", "gil");
    shell.write({ "seed.yaml": manifest(", max-delete: 3") });
    const { exit, tables, output } = await shell.run("seed.yaml");

    expect([exit, tables], output).toEqual([
      0,
      [
        ["owners", { unchanged: 1, removed: 3 }],
        ["pets", { inserted: 4, created: 1 }],
      ],
    ]);
    expect(await names(shell)).toBe("ann bob cid");
  });

  test("go once no record names them any more", async () => {
    const shell = await start("", "ann", "bob", "dan");
    shell.write({
      "seed.yaml": manifest(", max-delete: 2"),
      "pets.csv": "k,owner\n1,ann\n2,dan\n",
    });
    const { exit, output } = await shell.run("seed.yaml");

    expect(exit, output).toBe(0);
    expect(await names(shell)).toBe("ann dan");
  });

  test("are known by the id as well, and in commits of one record and look-ups that make nothing", async () => {
    const shell = await start("", "ann", "bob", "eve");
    const [[id] = []] = await shell.rows("select id from owners where name = 'ann'");
    shell.write({
      "owners.csv": `id,name\n${id},ann\n`,
      "seed.yaml": manifest(", max-delete: 1, keep-identity: true", "id"),
    });
    const { exit, tables, output } = await shell.run("seed.yaml", "--batch-rows", "1");

    expect([exit, tables[0]], output).toEqual([0, ["owners", { unchanged: 1, removed: 1 }]]);
    expect(await names(shell)).toBe("ann bob cid");
  });

  test("where only their look-up says so: one that rejects what is missing does not keep rows", async () => {
    const shell = await start("", "ann", "bob", "cid");
    const rejecting = manifest(", max-delete: 2").replace(
      "lookup-missing: insert",
      "lookup-missing: reject",
    );
    shell.write({ "seed.yaml": rejecting });
    const { exit, tables, output } = await shell.run("seed.yaml");

    expect([exit, tables[0]], output).toEqual([0, ["owners", { unchanged: 1, removed: 2 }]]);
  });
});

/** A load without deletes, and one whose records take rows away that they do not mention. */
const NESTED = `loads:
  - { from: tags.csv, key: k }
  - { from: shelves.ndjson, key: k, nest: { books: { table: books, key: [k, n], missing: delete } } }
`;

describe.each(tableEngines())("$title: --max-delete of a run", (engine) => {
  const database = useDatabase(engine);
  const nested = async (manifest: string, ...flags: readonly string[]) => {
    const shell = new RunShell(database);
    await shell.start(
      "create table tags (k int primary key)",
      "create table shelves (k int primary key, v int)",
      "create table books (k int references shelves (k), n int, primary key (k, n))",
      "insert into shelves (k, v) values (1, 1)",
      ...[1, 2, 3, 4, 5, 6].map((n) => `insert into books (k, n) values (1, ${n})`),
    );
    const record = { k: 1, v: 2, books: [{ n: 1 }, { n: 2 }, { n: 3 }] };
    shell.write({
      "tags.csv": "k\n1\n",
      "shelves.ndjson": `${JSON.stringify(record)}\n`,
      "seed.yaml": manifest,
    });
    const { exit, output } = await shell.run("seed.yaml", ...flags);
    const [[left] = []] = await shell.rows("select count(*) from books");
    return { exit, output, left };
  };

  test("holds for nested records where a manifest says it for all loads", async () => {
    const { exit, output, left } = await nested(`defaults: { max-delete: 2 }\n${NESTED}`);

    expect([exit, left, output.includes("DELETE_LIMIT")], output).toEqual([4, "6", true]);
  });

  test("may be a flag, and is that of the loads that take rows away", async () => {
    const few = await nested(NESTED, "--max-delete", "2");
    expect([few.exit, few.left, few.output.includes("DELETE_LIMIT")], few.output).toEqual([
      4,
      "6",
      true,
    ]);
    const more = await nested(NESTED, "--max-delete", "3");
    expect([more.exit, more.left], more.output).toEqual([0, "3"]);
  });

  test("is refused where no load takes rows away", async () => {
    const kept = NESTED.replace(", missing: delete", "");
    const { exit, output } = await nested(kept, "--max-delete", "3");

    expect([exit, output.includes("OPTION_CONFLICT")], output).toEqual([2, true]);
  });
});
