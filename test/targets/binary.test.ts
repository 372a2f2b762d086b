/** `--binary`: bytes written as hexadecimal digits or base64 come to binary columns as bytes, however they are loaded. */
import { describe, expect, test } from "vitest";
import { load } from "../../src/library/load.ts";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { ValuesShell } from "../helpers/values-shell.ts";

const TYPES = { postgres: "bytea", sqlite: "blob", sqlserver: "varbinary(40)" } as const;
const HEX = {
  postgres: "encode(b, 'hex')",
  sqlite: "case typeof(b) when 'blob' then lower(hex(b)) else typeof(b) end",
  sqlserver: "lower(convert(varchar(80), b, 2))",
} as const;

/** The same bytes under ids 1 to 6; the last is the second again, and NULL is NULL. */
const IN_HEX = ["DEADBEEF", "\\x00ff", "0x00FF27", "", "NULL", "00ff"];
const IN_BASE64 = ["3q2+7w==", "AP8", "AP8n", "", "NULL", "AP8="];
const BYTES = ["1|deadbeef", "2|00ff", "3|00ff27", "4|", "5|null", "6|00ff"];
/** Where the bytes are the key: the last record is a later state of the second. */
const KEYED = ["|3", "00ff|5", "00ff27|2", "deadbeef|0"];

const csvOf = (values: readonly string[]): string =>
  `id,b,s\n${values.map((each, at) => `${at + 1},${each === "NULL" ? each : `"${each}"`},${each}\n`).join("")}`;
const jsonOf = (values: readonly string[]): string =>
  values
    .map((b, at) => `${JSON.stringify({ id: at + 1, b: b === "NULL" ? null : b, s: b })}\n`)
    .join("");

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const type = TYPES[engine.name];
  const hex = HEX[engine.name];
  const table = `create table t (id int not null primary key, b ${type}, s varchar(40))`;
  const keyed = `create table t (b ${type} not null primary key, n int)`;

  for (const way of waysOf(engine, [2, 100])) {
    const { strategy, rowSource, batchRows } = way;
    const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];

    test(`bytes are what they mean: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      for (const [encoding, values] of [
        ["hex", IN_HEX],
        ["base64", IN_BASE64],
      ] as const) {
        for (const [name, text] of [
          ["in.csv", csvOf(values)],
          ["in.ndjson", jsonOf(values)],
        ] as const) {
          await shell.start(table);
          const flags = ["--key", "id", "--null", "NULL", "--binary", encoding, ...how];

          const { exit, stderr } = await shell.load(text, flags, name);
          const again = await shell.run([name, ...flags, "--check"]);

          expect([exit, again.exit], stderr + again.stderr).toEqual([0, 0]);
          expect(await shell.rows(`select id, ${hex} from t order by id`)).toEqual(BYTES);
          expect(await shell.rows("select s from t where id = 1")).toEqual([values[0]]);
        }
      }
    });

    test(`bytes are a key: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      await shell.start(keyed);
      const flags = ["--key", "b", "--binary", "base64", ...how];
      const bytes = IN_BASE64.filter((each) => each !== "NULL");
      const lines = bytes.map((each, at) => `"${each}",${at === 4 ? 5 : at}\n`);

      const first = await shell.load(`b,n\n${lines.join("")}`, flags);
      const equal = await shell.load(`b,n\n${lines.slice(1).join("")}`, [
        ...flags,
        "--delete-missing",
        "--max-delete",
        "50%",
      ]);

      expect([first.exit, equal.exit], first.stderr + equal.stderr).toEqual([0, 0]);
      expect(equal.report.counts.removed).toBe(1);
      expect(await shell.rows(`select ${hex}, n from t order by 1`)).toEqual(KEYED.slice(0, 3));
    });
  }

  refusals(database, table);

  test("a row is looked up by its bytes", async () => {
    const shell = new ValuesShell(database);
    await shell.start(
      `create table p (id int not null primary key, b ${type} not null unique)`,
      "create table t (id int not null primary key, p_id int references p (id))",
    );
    await database.exec(
      `insert into p (id, b) values (7, ${{ postgres: "'\\xdeadbeef'", sqlite: "x'deadbeef'", sqlserver: "0xdeadbeef" }[engine.name]})`,
    );
    const lookup = ["--key", "id", "--binary", "base64", "--lookup", "p_id = p(b = code)"];

    const ran = await shell.load("id,code\n1,3q2+7w\n", lookup);
    const made = await shell.load("id,code\n2,AP8=\n", lookup);

    expect([ran.exit, made.exit], ran.stderr).toEqual([0, 4]);
    expect(await shell.rows("select id, p_id from t")).toEqual(["1|7"]);
  });

  test("--create makes the column of --type", async () => {
    const shell = new ValuesShell(database);
    await shell.start();
    const flags = ["--create", "--key", "id", "--type", `b:${type}`, "--binary", "hex"];

    const { exit, stderr } = await shell.load("id,b\n1,00ff\n", flags);

    expect(exit, stderr).toBe(0);
    expect(await shell.rows(`select id, ${hex} from t`)).toEqual(["1|00ff"]);
  });

  test("rows of the library hold bytes as bytes", async () => {
    const shell = new ValuesShell(database);
    for (const binary of ["hex", "base64"] as const) {
      await shell.start(table);
      await load([{ id: 1, b: Buffer.from([0, 255]) }], {
        to: database.url,
        table: "t",
        key: "id",
        binary,
      });
      expect(await shell.rows(`select id, ${hex} from t`)).toEqual(["1|00ff"]);
    }
  });
});

function refusals(database: TestDatabase, table: string): void {
  test("what is not whole bytes is rejected with its place and the bytes it had", async () => {
    for (const [encoding, value, why] of [
      ["hex", "abc", "3 hexadecimal digits, an odd number"],
      ["hex", "0xag", `"g\\" at character 4 is no hexadecimal digit`],
      ["hex", "ab cd", "at character 3 is no hexadecimal digit"],
      ["base64", "3q2+7", "its length is 5"],
      ["base64", "3q2+7w=", "its length is 7"],
      ["base64", "3q2-7w==", "at character 4 is no character of base64"],
      ["base64", "3q2+7x==", "bits beyond the last byte"],
      ["base64", "3q=+7w==", "at character 3"],
    ] as const) {
      const shell = new ValuesShell(database);
      await shell.start(table);
      const text = `id,b\n1,ab\n2,${value}\n`.replace("ab\n", encoding === "hex" ? "ab\n" : "qw\n");
      const flags = ["--key", "id", "--binary", encoding, "--max-rejects", "1"];

      const { exit, report, stderr } = await shell.load(text, flags);

      expect([exit, report.counts.inserted], stderr).toEqual([3, 1]);
      expect(report.rejects[0]).toMatchObject({ code: "ROW_TYPE", count: 1 });
      expect(JSON.stringify(report.rejects)).toContain(why);
      expect(shell.file("in.csv.rejects.csv")).toBe(`id,b\n2,${value}\n`);
    }
  });

  test("JSON values that are no strings are rejected", async () => {
    const shell = new ValuesShell(database);
    await shell.start(table);
    const text = '{"id":1,"b":12}\n{"id":2,"b":true}\n{"id":3,"b":["00"]}\n{"id":4,"b":"12"}\n';
    const flags = ["--key", "id", "--binary", "hex", "--max-rejects", "3"];

    const { report, stderr } = await shell.load(text, flags, "in.ndjson");

    expect(report.counts, stderr).toMatchObject({ inserted: 1, rejected: 3 });
    expect(JSON.stringify(report.rejects)).toContain("bytes are a string in hex");
  });

  test("a table without binary columns is an error, and a plan shows a value as it is read", async () => {
    const shell = new ValuesShell(database);
    await shell.start("create table t (id int not null primary key, s varchar(40))");
    const none = await shell.load("id,s\n1,00\n", ["--key", "id", "--binary", "hex"]);
    expect(none.report.error).toMatchObject({ code: "OPTION_CONFLICT", fix: "leave --binary out" });

    await shell.start();
    const create = ["--create", "--key", "id", "--binary", "hex"];
    const made = await shell.load("id,b,n\n1,ab,5\n", create);
    const { fix = "" } = made.report.error ?? {};
    expect(fix).toMatch(/^say which column holds bytes: --type \S+; or leave --binary out$/);
    const [, type = ""] = /--type '?([^' ;]+)/.exec(fix) ?? [];
    const again = await shell.load("id,b,n\n1,ab,5\n", [...create, "--type", type]);
    expect(again.exit, again.stderr).toBe(0);
    await shell.start();
    const several = await shell.load("id,a,b\n1,ab,ff\n", create);
    expect(several.report.error?.fix).toContain("COLUMN:");

    await shell.start(table);
    await shell.load("id,b\n1,3q2+7w==\n", ["--key", "id", "--binary", "base64"]);
    const shown = await shell.print(
      `plan in.csv --key id --binary base64 --table t --to ${database.url}`.split(" "),
    );

    expect(shown).toMatch(/b: "3q2\+7w==" is read as (\\x|0x)?deadbeef\n/);
  });
}
