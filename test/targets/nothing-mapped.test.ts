/** A row that holds nothing of its record is never written: neither by a load of such records nor among others. */
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import type { Ran } from "../helpers/job-shell.ts";

const TABLE = "create table t (ts varchar(20), msg varchar(20) default 'none')";

const NOTHING: readonly (readonly [string, string])[] = [
  ["in.csv", "ts;msg\n1;a\n2;b\n"],
  ["in.csv", ",\n1,2\n"],
  ["in.ndjson", '{"time":1}\n{"message":"x"}\n'],
  ["in.json", '[{"time":1}]'],
];
const WITH: readonly (readonly string[])[] = [
  [],
  ["--missing-fields", "null"],
  ["--missing-fields", "default"],
  ["--const", "msg=x"],
  ["--stamp", "msg = 'x'"],
];

type Load = (file: string, text: string, flags: readonly string[]) => Promise<[Ran, string[]]>;

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const load: Load = async (file, text, flags) => {
    const shell = await JobShell.open(engine, database, TABLE);
    shell.write(file, text);
    const ran = await shell.bare([file, ...flags]);
    const rows = await database.rows("select ts, msg from t order by ts");
    return [ran, rows.map((row) => row.join("|"))];
  };

  recordsThatFitNothing(load);

  test.each(NOTHING)("%s %j is refused, whatever flags say", async (file, text) => {
    for (const flags of WITH) {
      const [ran, rows] = await load(file, text, ["--extra-fields", "ignore", ...flags]);
      expect([ran.exit, ran.code], `${flags.join(" ")}\n${ran.stderr}`).toEqual([
        2,
        "PLAN_NO_KNOWN_FIELD",
      ]);
      expect(ran.stderr).toContain(`where: ${file}`);
      expect(rows).toEqual([]);
    }
  });

  test("the fix names the delimiter under which the header has columns", async () => {
    for (const [delimiter, typed] of [
      [";", ";"],
      ["\t", "\\t"],
      ["|", "|"],
    ] as const) {
      const text = `ts${delimiter}msg\n1${delimiter}a\n`;
      for (const more of [[], ["--extra-fields", "ignore"]]) {
        const [refused] = await load("in.csv", text, more);
        expect(refused.fix).toContain(`--delimiter '${typed}'`);
      }
      const [went, rows] = await load("in.csv", text, ["--delimiter", typed]);
      expect([went.exit, rows]).toEqual([0, ["1|a"]]);
    }
  });

  test("of several sources, the one that fits nothing is named", async () => {
    const shell = await JobShell.open(engine, database, TABLE);
    shell.write("a.csv", "ts,msg\n1,a\n");
    shell.write("b.csv", "time,message\n2,b\n");
    const files = ["a.csv", "b.csv", "--extra-fields", "ignore"];

    const known = await shell.bare(files);
    const piped = await shell.bare(["a.csv", "-", "--extra-fields", "ignore"], "time\n2\n");

    expect([known.code, known.stderr]).toEqual([
      "PLAN_NO_KNOWN_FIELD",
      expect.stringContaining("no field of b.csv has a column"),
    ]);
    expect([piped.code, piped.stderr]).toEqual([
      "PLAN_NO_KNOWN_FIELD",
      expect.stringContaining("no field of standard input has a column"),
    ]);
    expect(await database.rows("select ts from t")).toEqual([]);
  });
});

/** Records without a known field, among others that have one. */
function recordsThatFitNothing(load: Load): void {
  test("a record without a known field is a reject among others, with a reason of its own", async () => {
    for (const text of [
      '{"ts":1}\n{"time":2}\n{"ts":3,"time":3}\n{}\n',
      '[{"ts":1},{"time":2},{"ts":3,"time":3},{}]',
    ]) {
      for (const flags of [[], ["--const", "msg=x"], ["--missing-fields", "default"]]) {
        const file = text.startsWith("[") ? "in.json" : "in.ndjson";
        const more = ["--extra-fields", "ignore", "--max-rejects", "1", "--reject-file", "r"];
        const [ran, rows] = await load(file, text, [...more, ...flags]);
        expect(ran.exit, ran.stderr).toBe(3);
        expect(ran.report.counts).toMatchObject({ read: 4, inserted: 3, rejected: 1 });
        const msg = flags.includes("--const") ? "x" : "none";
        // An empty object leaves nothing out: it is a row of defaults.
        expect(rows.toSorted()).toEqual([`1|${msg}`, `3|${msg}`, `|${msg}`].toSorted());
      }
    }
    const [stopped] = await load("in.ndjson", '{"ts":1}\n{"time":2,"b":3}\n', [
      "--extra-fields",
      "ignore",
    ]);
    expect(stopped.stderr).toContain("no field of the record has a column; it has time, b");
    expect(stopped.stderr).toContain("ROW_NO_KNOWN_FIELD");
  });

  test("a record of CSV that ends before its first known field is a reject as well", async () => {
    const flags = ["--extra-fields", "ignore", "--missing-fields", "default"];
    const [ran, rows] = await load("in.csv", "x,ts\na\nb,2\n", [
      ...flags,
      "--max-rejects",
      "1",
      "--reject-file",
      "r",
    ]);
    expect([ran.exit, ran.report.counts.rejected], ran.stderr).toEqual([3, 1]);
    expect(rows).toEqual(["2|none"]);
  });
}
