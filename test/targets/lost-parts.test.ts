/** Values that a column takes without a part of them: told once a column at the end of a load, whichever way the rows went. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysFor, wayTitle } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const COLUMNS = {
  postgres: "at timestamp(0), d date, h time, b bytea, c bytea, z timestamptz",
  sqlserver: "at datetime2, d date, h time, z datetimeoffset",
  sqlite: "b blob, c blob, d date, n numeric",
} as const;

/** The first of each column has nothing to lose. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  at: ["2026-05-05 10:00:00", "2026-05-05T10:00:00Z", "2026-05-05T10:00:00+02:00"],
  d: ["2026-05-05", "2026-05-05 00:00:00", "2026-05-05 10:30:00"],
  h: ["10:00:00", "10:00:00+00:00", "10:00:00-05:00"],
  b: ["\\\\x00ff", "a text", "DEADBEEF"],
  n: ["1.1000000000000000000", "0.30000000000000004", "12345678901234567.89"],
  c: ["", "plain text", "3q2+7w=="],
  z: ["2026-05-05T10:00:00Z", "2026-05-05T10:00:00+02:00", "2026-05-05T10:00:00-05:00"],
};

const TOLD: Readonly<Record<string, string>> = {
  at: 'at: "2026-05-05T10:00:00+02:00" loses its offset: its type has none',
  d: 'd: "2026-05-05 10:30:00" loses its time of day: its type has none',
  h: 'h: "10:00:00-05:00" loses its offset: its type has none',
  b: 'b: "DEADBEEF" seems to be bytes written as hexadecimal digits, and is stored as these letters; --binary hex stores the bytes',
  n: 'n: "12345678901234567.89" loses digits: its type keeps about 15; a column of texts keeps them all',
  c: 'c: "3q2+7w==" seems to be bytes written as base64, and is stored as these letters; --binary base64 stores the bytes',
};

/** SQLite has no type that takes a date for less than its text. */
const LOST = {
  postgres: ["at", "d", "h", "b", "c"],
  sqlserver: ["at", "d", "h"],
  sqlite: ["b", "c", "n"],
} as const;

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const columns = COLUMNS[engine.name].split(", ").map((each) => each.split(" ")[0] ?? "");
  const fields = ["id", ...columns];
  const rows = [0, 1, 2].map((at) => [`${at}`, ...columns.map((name) => VALUES[name]?.[at] ?? "")]);
  const csv = [fields, ...rows]
    .map((row) => `${row.join()}\n`)
    .join("")
    .replaceAll("\\\\", "\\");
  const ndjson = csv
    .split("\n")
    .slice(1, -1)
    .map((line) => {
      const texts = line.split(",");
      const members = fields.map((name, at) => [name, texts[at] === "" ? null : texts[at]]);
      return `${JSON.stringify(Object.fromEntries(members))}\n`;
    })
    .join("");

  async function warningsOf(name: string, text: string, flags: readonly string[]) {
    await database.reset();
    await database.exec(`create table t (id int primary key, ${COLUMNS[engine.name]});`);
    const cwd = tempDir({ [name]: text });
    const args = [name, "--to", database.url, "--table", "t", "--json", ...flags];
    const { exitCode, stdout, stderr } = await runUpsurge(args, { cwd });
    expect(exitCode, stderr).toBe(0);
    const { warnings } = JSON.parse(stdout) as { readonly warnings: readonly string[] };
    return warnings.filter((each) => /loses|stored as these/.test(each));
  }

  const told = LOST[engine.name].map((name) =>
    expect.stringMatching(new RegExp(`^${TOLD[name]?.replaceAll("+", "\\+")}`)),
  );

  test.each(waysFor("values", engine, [2], 0).map((way) => [wayTitle(way), way] as const))(
    "each column is told once: %s",
    async (_, { strategy, rowSource, batchRows }) => {
      const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];
      const flags = ["--key", "id", ...how];

      expect(await warningsOf("in.csv", csv, flags)).toEqual(told);
      expect(await warningsOf("in.ndjson", ndjson, flags)).toEqual(told);
      // Fields with quotes doubled in them are read one by one.
      const quoted = csv.replace("id,", "id,x,").replaceAll(/^(\d),/gm, '$1,"""",');
      expect(await warningsOf("in.csv", quoted, [...flags, "--map", "x:"])).toEqual(told);
    },
  );

  test("a plan tells the same, and values that lose nothing are passed over", async () => {
    await database.reset();
    await database.exec(`create table t (id int primary key, ${COLUMNS[engine.name]});`);
    const cwd = tempDir({ "in.csv": csv });
    const args = ["plan", "in.csv", "--to", database.url, "--table", "t"];

    const plan = await runUpsurge(args, { cwd });
    const without = csv.replace(/\n2,.*\n$/, "\n");

    for (const name of LOST[engine.name]) expect(plan.stdout).toContain(TOLD[name]);
    expect(await warningsOf("in.csv", without, ["--key", "id"])).toEqual([]);
  });
});

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title: no loss", (engine) => {
  const database = useDatabase(engine);

  async function warningsOf(column: string, values: readonly string[]): Promise<unknown> {
    await database.reset();
    await database.exec(`create table t (id int primary key, v ${column});`);
    const cwd = tempDir({
      "in.csv": `id,v\n${values.map((each, at) => `${at},${each}\n`).join("")}`,
    });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--key", "id", "--json"];
    const { stdout } = await runUpsurge(args, { cwd });
    const { warnings } = JSON.parse(stdout) as { readonly warnings: readonly string[] };
    return warnings.filter((each) => /loses|stored as these/.test(each));
  }

  test("is seen in doubles as programs write them, with 17 digits or with more", async () => {
    const doubles = ["0.10000000000000001", "-0.00012299999999999998", "1.10000002384185791016"];
    const type = engine.name === "sqlite" ? "real" : "double precision";

    expect(await warningsOf(type, [...doubles, "0.10000000000000000555"])).toEqual([]);
    const lost = engine.name === "sqlite" ? [expect.stringContaining("0.10000000000000004")] : [];
    expect(await warningsOf(type, [...doubles, "0.10000000000000004"])).toEqual(lost);
  });

  test("is seen in a day at midnight, however that is written", async () => {
    const midnights = ["2026-05-05T00:00:00.000Z", "2026-05-05 12:00 AM", "2026-05-05 12:00:00 am"];
    const noon = "2026-05-05 12:00 PM";

    expect(await warningsOf("date", midnights)).toEqual([]);
    const lost = engine.name === "sqlite" ? [] : [expect.stringContaining(noon)];
    expect(await warningsOf("date", [...midnights, noon])).toEqual(lost);
  });

  test("is seen in numbers, codes and words that have an even number of hexadecimal digits", async () => {
    const type = engine.name === "sqlite" ? "blob" : "bytea";
    const texts = ["10", "2024", "20240101", "a4", "decade", "1e10"];

    expect(await warningsOf(type, texts)).toEqual([]);
    for (const bytes of ["0x0a", "0xDEADBEEF", "00c0ffee", "0badcafe0badcafe"])
      expect(await warningsOf(type, [...texts, bytes])).toEqual([expect.stringContaining(bytes)]);
  });
});

const postgres = ENGINES.filter(({ name }) => name === "postgres");

describe.each(postgres)("$title: what is printed", (engine) => {
  const database = useDatabase(engine);

  test("keeps the instant, and the bytes, and is told no more", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, at timestamp, h time, b bytea);");
    const cwd = tempDir({
      "in.csv": "id,at,h,b\n1,2026-05-05T10:00:00+02:00,10:00:00-05:00,DEADBEEF\n",
    });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--key", "id"];

    const lossy = await runUpsurge(args, { cwd });
    const typed = [...lossy.stdout.matchAll(/loses its offset.*--value '(.*)' takes/g)];
    const values = typed.flatMap(([, text = ""]) => ["--value", text.replaceAll("'\\''", "'")]);
    const flags = [...values, "--binary", "hex"];
    const whole = await runUpsurge([...args, ...flags], { cwd });

    expect(lossy.stdout).toContain("--binary hex stores the bytes");
    expect(whole.stdout).not.toContain("warning");
    expect(await database.rows("select at::text, h::text, encode(b, 'hex') from t")).toEqual([
      ["2026-05-05 08:00:00", "15:00:00", "deadbeef"],
    ]);
  });

  test("values of nested records are looked at as those of others", async () => {
    await database.reset();
    await database.exec(`create table t (id int primary key);
      create table e (t_id int references t, n int, at timestamp, primary key (t_id, n));`);
    const records =
      '{"id":1,"events":[{"n":1,"at":"2026-05-05T10:00:00+02:00"}]}\n{"id":2,"events":[{"n":1,"at":"2026-05-05T11:00:00+02:00"}]}\n';
    const cwd = tempDir({ "in.ndjson": records });
    const args = ["in.ndjson", "--to", database.url, "--table", "t", "--key", "id"];

    const { stdout } = await runUpsurge([...args, "--nest", "events:e"], { cwd });

    expect(stdout.match(/at: "2026-05-05T10:00:00\+02:00" loses its offset/g)).toHaveLength(1);
    expect(stdout).not.toContain("11:00:00");
  });
});
