/** What the fix of a reject prints, typed as it is printed: with the flag the record goes in. */
import { describe, expect, test } from "vitest";
import { ENGINES, tableEngines, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

interface FixCase {
  readonly title: string;
  readonly text: string | Uint8Array;
  readonly file?: string;
  readonly flags?: readonly string[];
  /** The flag that the fix names. */
  readonly fix: string;
  /** The same as words of a command line; absent: the words of `fix`. */
  readonly typed?: readonly string[];
  /** Only on these. */
  readonly on?: readonly string[];
}

const TABLE = "create table t (id int primary key, d date, n decimal(9,2), s varchar(20));";

const CASES: readonly FixCase[] = [
  { title: "latin1", text: Buffer.from("id,s\n1,M\xfcller\n", "latin1"), fix: "--encoding latin1" },
  {
    title: "windows-1252",
    text: Buffer.from([...Buffer.from("id,s\n1,5 "), 0x80, 10]),
    fix: "--encoding windows-1252",
  },
  {
    title: "Cyrillic",
    text: Buffer.from([...Buffer.from("id,s\n1,"), 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 10]),
    fix: "--encoding windows-1251",
  },
  {
    title: "Japanese",
    text: Buffer.from([...Buffer.from("id,s\n1,"), 0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 10]),
    fix: "--encoding shift_jis",
  },
  { title: "blanks around quotes", text: 'id,s\n1, "a, b" \n', fix: "--trim" },
  {
    title: "quotes after a backslash",
    text: 'id,s\n1,"a \\"b\\" c"\n',
    fix: "--escape '\\'",
    typed: ["--escape", "\\"],
  },
  {
    title: "quotes that mean nothing",
    text: 'id,s\n1,5" pipe\n',
    fix: "--quote ''",
    typed: ["--quote", ""],
  },
  { title: "a short record", text: "id,n,s\n1,2\n", fix: "--missing-fields null" },
  { title: "a long record", text: "id,s\n1,a,b\n", fix: "--extra-fields ignore" },
  {
    title: "a comment",
    text: "id,s\n# made today\n1,a\n",
    fix: "--comment '#'",
    typed: ["--comment", "#"],
  },
  {
    title: "a word for no value",
    text: "id,n\n1,N/A\n",
    fix: "--null N/A",
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a dash for no value",
    text: "id,n\n1,-\n",
    fix: "--null=-",
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a word for no value in quotes",
    text: 'id,n\n1,"N/A"\n',
    fix: "--null N/A --null-quoted",
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a decimal comma",
    text: "id;n\n1;12,5\n",
    flags: ["-d", ";"],
    fix: "--decimal ','",
    typed: ["--decimal", ","],
    on: ["postgres", "sqlserver"],
  },
  {
    title: "points between thousands",
    text: "id;n\n1;1.234,5\n",
    flags: ["-d", ";"],
    fix: "--decimal ',' --thousands '.'",
    typed: ["--decimal", ",", "--thousands", "."],
    on: ["postgres", "sqlserver"],
  },
  {
    title: "blanks between thousands",
    text: "id;n\n1;1 234\n",
    flags: ["-d", ";"],
    fix: "--thousands ' '",
    typed: ["--thousands", " "],
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a date with the day first",
    text: "id,d\n1,31.12.2025\n",
    fix: "--date-format %d.%m.%Y",
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a day and a time of it",
    text: "id,d\n1,31.12.2025 18:30\n",
    fix: "--date-format '%d.%m.%Y %H:%M'",
    typed: ["--date-format", "%d.%m.%Y %H:%M"],
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a day and half of it",
    text: "id,d\n1,31/12/2025 6:30:05 pm\n",
    fix: "--date-format '%d/%m/%Y %I:%M:%S %p'",
    typed: ["--date-format", "%d/%m/%Y %I:%M:%S %p"],
    on: ["postgres", "sqlserver"],
  },
  {
    title: "no time, as pandas says it",
    text: "id,d\n1,NaT\n",
    fix: "--null NaT",
    on: ["postgres"],
  },
  {
    title: "an error of a sheet",
    text: "id,n\n1,#DIV/0!\n",
    fix: "--null '#DIV/0!'",
    typed: ["--null", "#DIV/0!"],
    on: ["postgres", "sqlserver"],
  },
  { title: "blanks alone", text: "id,n\n1,  \n", fix: "--trim", on: ["postgres"] },
  {
    title: "blanks in quotes",
    text: 'id,n\n1,"  "\n',
    fix: "--null '  ' --null-quoted",
    typed: ["--null", "  ", "--null-quoted"],
    on: ["postgres"],
  },
  {
    title: "an object around a value",
    file: "in.ndjson",
    text: '{"id":1,"d":{"$date":"2026-05-04"}}\n',
    fix: "--map 'd.$date:d'",
    typed: ["--map", "d.$date:d"],
    on: ["postgres", "sqlserver"],
  },
  {
    title: "a CSV by the name of JSON",
    file: "in.ndjson",
    text: "id,s\n1,a\n",
    fix: "--format csv",
  },
  {
    title: "the same, of a document",
    file: "in.json",
    text: "id,s\n1,a\n",
    fix: "--format csv",
  },
  { title: "a quoted empty field", text: 'id,n\n1,""\n', fix: "--empty null", on: ["postgres"] },
  {
    title: "a document over several lines",
    file: "in.ndjson",
    text: '{\n "id": 1,\n "s": "a"\n}\n',
    fix: "--format json",
  },
  {
    title: "two records on a line",
    file: "in.ndjson",
    text: '{"id":1}{"id":2}\n',
    fix: "--format json",
  },
  { title: "a key that is there, in an insert", text: "id,s\n7,new\n", fix: "--key id" },
  { title: "the same, to leave it", text: "id,s\n7,new\n", fix: "--key id --ignore" },
];

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  const load = async (cwd: string, file: string, flags: readonly string[]): Promise<RunResult> => {
    await database.reset();
    await database.exec(`${TABLE} insert into t (id, s) values (7, 'old');`);
    const args = [file, "--to", database.url, "--table", "t", "--json", ...flags];
    return await runUpsurge(args, { cwd });
  };

  const cases = CASES.filter(({ on }) => on?.includes(engine.name) ?? true);
  test.each(cases)("$title: $fix", async ({ text, file = "in.csv", flags = [], fix, typed }) => {
    const cwd = tempDir({ [file]: text });

    const refused = await load(cwd, file, flags);
    const corrected = await load(cwd, file, [...flags, ...(typed ?? fix.split(" "))]);

    const report = JSON.parse(refused.stdout) as { readonly error?: { readonly fix: string } };
    expect(report.error?.fix).toContain(fix);
    expect(corrected.exitCode, corrected.stderr).toBe(0);
  });

  test("a dry run tells rejects by code, with the first three places and their fix", async () => {
    const short = "1\n2\n3\n4\n";
    const cwd = tempDir({ "in.csv": `id,s\n${short}5,a\n6,a,b\n` });
    await database.reset();
    await database.exec(TABLE);
    const args = ["in.csv", "--to", database.url, "--table", "t", "--max-rejects", "9", "-n"];

    const { stdout } = await runUpsurge(args, { cwd });
    const { stdout: json } = await runUpsurge([...args, "--json"], { cwd });

    expect(stdout).toContain(
      "why they were rejected:\n  5 ROW_FIELD_COUNT: 1 field found, 2 expected\n",
    );
    expect(stdout).toContain("    in in.csv, line 2; in.csv, line 3; in.csv, line 4 and 2 more\n");
    expect(stdout).toContain("    fix: pass --missing-fields null");
    const { rejects } = JSON.parse(json) as { readonly rejects: readonly unknown[] };
    expect(rejects).toEqual([expect.objectContaining({ code: "ROW_FIELD_COUNT", count: 5 })]);
  });

  test("a job whose source is to be corrected is told no --reset-job, whatever its columns are called", async () => {
    await database.reset();
    await database.exec('create table t ("a--b" int not null primary key, n int);');
    const cwd = tempDir({ "in.csv": "a--b,n\n,1\n" });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--key", "a--b", "--commit", "2"];

    const { stderr } = await runUpsurge(args, { cwd });

    expect(stderr).toContain("fill the key: a--b takes no NULL");
    expect(stderr).not.toContain("--reset-job");
  });
});

describe("postgres", () => {
  const postgres = ENGINES.find(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no PostgreSQL");
  const database = useDatabase(postgres);

  test.each([
    ["31/12/2025", "DMY"],
    ["12/31/2025", "MDY"],
  ])("the date style of %s is set by the variable that is printed", async (date, order) => {
    await database.reset();
    await database.exec(TABLE);
    const cwd = tempDir({ "in.csv": `id,d\n1,${date}\n` });
    const args = ["in.csv", "--to", database.url, "--table", "t"];
    const other = order === "DMY" ? "MDY" : "DMY";

    const refused = await runUpsurge(args, { cwd, env: { PGDATESTYLE: other } });
    const loaded = await runUpsurge(args, { cwd, env: { PGDATESTYLE: order } });

    expect(refused.stderr).toContain(`PGDATESTYLE=${order}`);
    expect(loaded.exitCode).toBe(0);
    expect(await database.rows("select d::text from t")).toEqual([["2025-12-31"]]);
  });

  test("a blank in a column that the database fills takes nothing from other records", async () => {
    await database.reset();
    await database.exec(
      "create table t (id serial primary key, s text not null, n int not null default 7)",
    );
    const cwd = tempDir({ "in.csv": "id,s,n\n10,a,1\n,b,\n", "in.ndjson": '{"s":"c","n":null}\n' });
    const into = ["--to", database.url, "--table", "t"];

    const refused = await runUpsurge(["in.csv", ...into], { cwd });
    const flag = /pass (--default-on-empty) (\w+),/.exec(refused.stderr)?.slice(1) ?? [];
    const again = await runUpsurge(["in.csv", ...into, ...flag], { cwd });
    const [, other] = /pass --default-on-empty (\w+),/.exec(again.stderr) ?? [];
    const both = [`${flag[0]}`, `${flag[1]},${other}`];
    const loaded = await runUpsurge(["in.csv", ...into, ...both], { cwd });

    expect([flag, other], refused.stderr).toEqual([["--default-on-empty", "id"], "n"]);
    expect(loaded.exitCode, loaded.stderr).toBe(0);
    expect(await database.rows("select id = 10, s, n from t order by s")).toEqual([
      ["t", "a", "1"],
      ["f", "b", "7"],
    ]);
    const { stderr } = await runUpsurge(["in.ndjson", ...into], { cwd });
    expect(stderr).toContain("leave the member out of the record, so that the database fills n;");
  });

  test("a blank in a text column that takes no NULL is kept by --keep-empty", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, s text not null);");
    const cwd = tempDir({ "in.csv": "id,s\n1,\n" });
    const into = ["--to", database.url, "--table", "t"];

    const refused = await runUpsurge(["in.csv", ...into], { cwd });
    const loaded = await runUpsurge(["in.csv", ...into, "--keep-empty", "s"], { cwd });

    expect(refused.stderr).toContain("pass --keep-empty s to keep an empty text");
    expect(loaded.exitCode).toBe(0);
  });

  test("a job that has committed nothing takes the flag together with --reset-job", async () => {
    await database.reset();
    await database.exec(TABLE);
    const cwd = tempDir({ "in.csv": "id,n\n1,N/A\n" });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--key", "id", "--commit", "2"];

    const refused = await runUpsurge(args, { cwd });
    const corrected = await runUpsurge([...args, "--null", "N/A", "--reset-job"], { cwd });

    expect(refused.stderr).toContain("pass --null N/A, which makes NULL of it (add --reset-job");
    expect(corrected.exitCode, corrected.stderr).toBe(0);
  });

  test("a secret that a record holds is masked in what is told of its reject", async () => {
    await database.reset();
    await database.exec(TABLE);
    const cwd = tempDir({ "in.csv": "id,n\n1,hunter2-hunter2\n" });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--max-rejects", "1", "-n"];
    const env = { PGPASSWORD: "hunter2-hunter2" };

    const summary = await runUpsurge(args, { cwd, env });
    const report = await runUpsurge([...args, "--json"], { cwd, env });

    expect(summary.stdout).toContain('1 ROW_TYPE: invalid input syntax for type numeric: "***"');
    expect(summary.stdout + report.stdout).not.toContain("hunter2");
  });

  test("a reject of rows that are looked up first names the table, and none of our own", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, s text not null);");
    const cwd = tempDir({ "in.csv": "id,s\n1,\n" });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--key", "id"];

    const { stderr } = await runUpsurge([...args, "--strategy", "select-then-write"], { cwd });

    expect(stderr).toContain('of relation "t"');
    expect(stderr).not.toContain("upsurge_stage");
  });
});

describe("partitions of PostgreSQL", () => {
  const postgres = ENGINES.find(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no PostgreSQL");
  const database = useDatabase(postgres);

  test.each([
    ["range (n)", "for values from (0) to (10)", []],
    ["list (n)", "for values in (1)", ["--mode", "insert"]],
  ])(
    "a row that no partition by %s takes: the statement that is printed makes one",
    async (by, of, flags) => {
      await database.reset();
      await database.exec(`create table "T 1" (id int, n int, primary key (id, n)) partition by ${by};
      create table p partition of "T 1" ${of};`);
      const cwd = tempDir({ "in.csv": "id,n\n1,1\n2,77\n" });
      const args = ["in.csv", "--to", database.url, "--table", "T 1", "--key", "id,n", ...flags];

      const refused = await runUpsurge(args, { cwd });
      const [statement = ""] = /create table .* default(?=;)/.exec(refused.stderr) ?? [];
      await database.exec(statement);
      const loaded = await runUpsurge(args, { cwd });

      expect(refused.exitCode).toBe(4);
      expect(loaded.exitCode, loaded.stderr).toBe(0);
      expect(await database.rows('select * from "T 1_default"')).toEqual([["2", "77"]]);
    },
  );

  test("where partitions are by hash, and in a partition, no statement is printed that would fail", async () => {
    await database.reset();
    await database.exec(`create table h (id int primary key) partition by hash (id);
      create table h0 partition of h for values with (modulus 3, remainder 0);
      create table r (id int primary key) partition by range (id);
      create table r0 partition of r for values from (0) to (2);`);
    const cwd = tempDir({ "in.csv": "id\n1\n2\n3\n4\n5\n" });
    const to = ["in.csv", "--to", database.url, "--table"];

    const hashed = await runUpsurge([...to, "h"], { cwd });
    const inPart = await runUpsurge([...to, "r0"], { cwd });

    expect(hashed.stderr).toContain("fix:   create the partition that the record belongs to, and");
    expect(hashed.stderr).not.toContain("default");
    expect(inPart.stderr).toContain("load into the table that this one is a partition of");
  });
});
