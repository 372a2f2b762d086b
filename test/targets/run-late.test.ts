/** `upsurge run` where foreign keys cannot wait for the commit: columns that are set after the last record of the run. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { timesOf } from "../tiers/tiers.ts";

const NAMES = ["shops", "clerks", "wares", "sales", "sale_lines", "tags", "ware_tags"] as const;
type Name = (typeof NAMES)[number];

/** `clerks` refer to clerks and to shops, and shops to the clerk who keeps the key. */
const TABLES: readonly string[] = [
  "create table shops (id int not null primary key, name varchar(20), key_holder int)",
  "create table clerks (id int not null primary key, shop int not null references shops (id), boss int references clerks (id))",
  "create table wares (id int not null primary key, name varchar(20))",
  "create table sales (id int not null primary key, clerk int not null references clerks (id))",
  "create table sale_lines (sale int not null references sales (id), line int not null, ware int references wares (id), primary key (sale, line))",
  "create table tags (name varchar(20) not null primary key)",
  "create table ware_tags (ware int not null references wares (id), tag varchar(20) not null references tags (name), primary key (ware, tag))",
];
const HOLDER =
  "alter table shops add constraint shops_holder foreign key (key_holder) references clerks (id)";
const FILES: Readonly<Record<Name, string>> = {
  shops: "id,name,key_holder\n1,North,12\n2,South,11\n3,East,\n",
  // Children first.
  clerks: "id,shop,boss\n13,2,12\n12,1,11\n11,1,\n",
  wares: "id,name\n1,Lamp\n2,Rope\n",
  sales: "id,clerk\n1,13\n2,11\n",
  sale_lines: "sale,line,ware\n1,1,2\n1,2,\n2,1,1\n",
  tags: "name\nnew\nold\n",
  ware_tags: "ware,tag\n1,new\n1,old\n2,old\n",
};
const RECORDS = 18;

function tablesOf(engine: string): readonly string[] {
  if (engine !== "sqlite") return [...TABLES, HOLDER];
  const [shops = "", ...others] = TABLES;
  return [shops.replace("key_holder int", "key_holder int references clerks (id)"), ...others];
}

/** Numbers that look random, and are the same each time. */
function* numbers(seed: number): Generator<number> {
  for (let at = seed; ; at = (at * 48_271) % 2_147_483_647) yield at;
}

/** The files in another order: `20_shops.csv`. */
function ordered(turn: number): Record<string, string> {
  const random = numbers(turn * 7919 + 17);
  const order = NAMES.map((name) => ({ name, at: random.next().value as number })).toSorted(
    (a, b) => a.at - b.at,
  );
  return Object.fromEntries(
    order.map(({ name }, at) => [`turn${turn}/${10 + at}_${name}.csv`, FILES[name]]),
  );
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const tables = tablesOf(engine.name);
  const canWait = engine.name === "sqlite";

  const title =
    "tables fill in whatever order the files are named, and a second run is all unchanged";
  test(title, { timeout: 0 }, async () => {
    // The translated server is slow.
    const turns = engine.name === "sqlserver" ? 5 : timesOf("orders of files");
    for (let turn = 1; turn <= turns; turn += 1) {
      const shell = new RunShell(database);
      await shell.start(...tables);
      shell.write(ordered(turn));
      const folder = `turn${turn}`;
      const { exit, report, output } = await shell.run(folder);
      expect([exit, report.counts.inserted], output).toEqual([0, RECORDS]);
      const again = await shell.run(folder);
      expect([again.exit, again.report.counts.unchanged], again.output).toEqual([0, RECORDS]);
      expect(await shell.rows("select id, key_holder from shops order by id")).toEqual([
        ["1", "12"],
        ["2", "11"],
        ["3", null],
      ]);
    }
  });

  test("the plan says which columns are set late, and why", async () => {
    const shell = new RunShell(database);
    await shell.start(...tables);
    shell.write(ordered(1));
    const plan = await shell.plan("turn1");
    const ran = await shell.run("turn1");

    for (const column of ["clerks.boss", "shops.key_holder"]) {
      const said = `${column} is set after the last record of the run: its foreign key cannot wait`;
      if (canWait) expect(plan).not.toContain(said);
      else expect(plan).toContain(said);
    }
    const late = ran.report.tables.flatMap((load) => (load.late === undefined ? [] : [load.late]));
    const told = late.map(({ columns, set }) => `${columns.join()} ${set}`).toSorted();
    expect(told).toEqual(canWait ? [] : ["boss 2", "key_holder 2"]);
  });

  named(database, tables);
  refused(database, { tables, canWait });
});

function named(database: TestDatabase, tables: readonly string[]): void {
  test("--late names a column of a table, with its schema or without", async () => {
    const shell = new RunShell(database);
    await shell.start(...tables);
    shell.write(ordered(2));
    const dry = await shell.run("turn2", "--late", "clerks.boss,shops.key_holder", "--dry-run");
    expect([dry.exit, dry.report.counts.inserted], dry.output).toEqual([0, RECORDS]);
    expect(dry.report.tables.filter(({ late }) => late !== undefined)).toHaveLength(2);
    expect(await shell.rows("select id from shops")).toEqual([]);
  });

  test.each([
    ["boss", /did you mean \S*clerks\.boss\?/],
    ["clerks.bos", /did you mean \S*clerks\.boss\?/],
    ["cellar.boss", /did you mean \S*clerks\.boss\?|name a column of a table of the run/],
  ])("--late %s is no column of the run", async (late, fix) => {
    const shell = new RunShell(database);
    await shell.start(...tables);
    shell.write(ordered(3));
    const { exit, error, report, output } = await shell.run("turn3", "--late", late);
    expect([exit, error], output).toEqual([2, "OPTION_VALUE"]);
    expect(report.error?.fix).toMatch(fix);
  });

  test("a folder that loads later has the last word", async () => {
    const shell = new RunShell(database);
    await shell.start(...tables);
    shell.write({ ...ordered(4), "more/shops.csv": "id,key_holder\n1,11\n" });
    const { exit, output } = await shell.run("turn4", "more", "--late", "shops.key_holder");
    expect(exit, output).toBe(0);
    expect(await shell.rows("select key_holder from shops where id = 1")).toEqual([["11"]]);
  });
}

function refused(
  database: TestDatabase,
  { tables, canWait }: { readonly tables: readonly string[]; readonly canWait: boolean },
): void {
  test("a value that refers to nothing ends the run, and names its file and record", async () => {
    const shell = new RunShell(database);
    await shell.start(...tables);
    shell.write({ ...ordered(5), "more/shops.csv": "id,name,key_holder\n4,West,99\n" });
    const flags = ["--only", "shops,clerks", "--late", "shops.key_holder"];
    const { exit, error, report, output } = await shell.run("turn5", "more", ...flags);
    expect(await shell.rows("select id from clerks")).toEqual([]);
    // Its switch leaves all keys to the commit, where clerks need one.
    if (canWait) return expect([exit, error], output).toEqual([4, "TARGET_COMMIT_REFUSED"]);
    expect([exit, error], output).toEqual([4, "LATE_VALUE"]);
    expect(report.error?.cause).toContain("more/shops.csv, record 1, line 2");
    expect(report.failedLoad).toBe("more/shops.csv");
  });

  test("a column that has a default breaks no circle: its rows would refer to that until it is set", async () => {
    const shell = new RunShell(database);
    await shell.start(
      ...tables.map((sql) => sql.replace("key_holder int", "key_holder int default 7")),
    );
    shell.write({ "a/shops.csv": FILES.shops, "a/clerks.csv": FILES.clerks });
    const { exit, error, output } = await shell.run("a");
    if (canWait) return expect(exit, output).toBe(0);
    expect([exit, error], output).toEqual([2, "RUN_CYCLE"]);
  });

  test("several keys that could break a circle: the user says which", async () => {
    const shell = new RunShell(database);
    const open = tables.map((sql) => sql.replace("shop int not null", "shop int"));
    await shell.start(...open);
    shell.write({ "a/shops.csv": FILES.shops, "a/clerks.csv": FILES.clerks });
    const { exit, error, report, output } = await shell.run("a");
    if (canWait) return expect(exit, output).toBe(0);
    expect([exit, error], output).toEqual([2, "RUN_CYCLE"]);
    const flags = /with (--late \S+) or (--late \S+);/.exec(report.error?.fix ?? "") ?? [];
    for (const flag of flags.slice(1)) {
      await shell.start(...open);
      const ran = await shell.run("a", ...flag.split(" "));
      expect([ran.exit, ran.report.counts.inserted], ran.output).toEqual([0, 6]);
    }
    expect(flags).toHaveLength(3);
  });
}

describe.each(tableEngines())("rows of a table that refer to each other, $title", (engine) => {
  const database = useDatabase(engine);
  const BOSSES = "id,boss\n1,\n2,1\n3,3\n4,2\n5,1\n6,\n7,6\n";
  const CHILD_FIRST = "id,boss\n1,2\n2,\n3,2\n";
  const start = async (file: string, more = ""): Promise<RunShell> => {
    const shell = new RunShell(database);
    await shell.start(
      `create table clerks (id int not null primary key, boss int references clerks (id)${more})`,
    );
    shell.write({ "seeds/clerks.csv": file });
    return shell;
  };
  const rows = async (): Promise<string> => {
    const found = await database.rows("select id, boss from clerks order by id");
    return `id,boss\n${found.map(([id, boss]) => `${id},${boss ?? ""}\n`).join("")}`;
  };

  test.each(["end", "load", "1", "2", "100"])("with --commit %s none is lost", async (commit) => {
    const shell = await start(BOSSES);
    const { exit, tables: counts, output } = await shell.run("seeds", "--commit", commit);
    expect([exit, counts, await rows()], output).toEqual([
      0,
      [["clerks", { inserted: 7 }]],
      BOSSES,
    ]);
  });

  test.each(["end", "load"])(
    "with --commit %s rows may refer to later ones, whether their key can wait or not",
    async (commit) => {
      for (const more of engine.name === "postgres" ? ["", " deferrable"] : [""]) {
        const shell = await start(CHILD_FIRST, more);
        const flags = ["seeds", "--commit", commit];
        const dry = await shell.run(...flags, "--dry-run");
        const { exit, tables: counts, output } = await shell.run(...flags);
        expect([exit, counts, await rows()], output).toEqual([
          0,
          [["clerks", { inserted: 3 }]],
          CHILD_FIRST,
        ]);
        expect([dry.exit, dry.tables], dry.output).toEqual([exit, counts]);
      }
    },
  );

  test.each(["1", "100"])(
    "with --commit %s a row that refers to a later one is a reject, as in a load and in a dry run",
    async (commit) => {
      const shell = await start(CHILD_FIRST);
      const flags = ["--commit", commit, "--max-rejects", "1"];
      const dry = await shell.run("seeds", ...flags, "--dry-run");
      const { exit, tables: counts, report, output } = await shell.run("seeds", ...flags);
      expect([exit, counts], output).toEqual([3, [["clerks", { inserted: 2, rejected: 1 }]]]);
      expect([dry.exit, dry.tables], dry.output).toEqual([exit, counts]);
      // It does not name --late, which does not go with --commit N.
      const fix = "correct the reference, or put the row that it refers to before it";
      expect(report.tables[0]?.rejects.map((each) => each.fix)).toEqual([fix]);
      expect(await rows()).toBe("id,boss\n2,\n3,2\n");
    },
  );
});
