/**
 * Fields that have no name, or one that others have as well: refused with flags that can be typed as they are printed, then
 * dropped, put into a column or told apart by number. On every target, packed and record by record.
 */
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import type { Ran } from "../helpers/job-shell.ts";

const TABLE = "create table t (id int not null primary key, n int, hist varchar(2000))";
/** The last of them reads every record by itself. */
const PATHS = [[], ["--comment", "#"]];

/** The flags of a fix up to what they do: those before the first word that is none. */
function flagsOf(fix: string): string[] {
  const typed = /^(?:.*?(?=--))((?:--map '[^']*' ?)+)/.exec(fix)?.[1] ?? "";
  return [...typed.matchAll(/'([^']*)'/g)].flatMap(([, value = ""]) => ["--map", value]);
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const load = async (text: string, flags: readonly string[]): Promise<[Ran, string[]]> => {
    const shell = await JobShell.open(engine, database, TABLE);
    shell.write("in.csv", text);
    const ran = await shell.bare(["in.csv", "--key", "id", ...flags]);
    const rows = await database.rows("select id, n, hist from t order by id");
    return [ran, rows.map((row) => row.join("|"))];
  };

  const FIXED: readonly (readonly [text: string, cause: string, rows: readonly string[]])[] = [
    [",id,hist\n0,1,a\n1,2,b\n", "field 1 has no name", ["1||a", "2||b"]],
    [
      "id,hist,\n1,a,\n2,b,\n",
      "field 3 has no name: the header ends with its delimiter",
      ["1||a", "2||b"],
    ],
    ['"",id,,hist\n0,1,,a\n', "the fields 1 and 3 have no name", ["1||a"]],
    ["id,n,n\n1,5,6\n", 'the name "n" is there twice, as fields 2 and 3', ["1|5|"]],
    ["id,x,x,n,x\n1,5,6,7,8\n", 'the name "x" is there 3 times, as fields 2, 3 and 5', ["1|7|"]],
  ];

  test.each(FIXED)("the fix for %j does what it says", async (text, cause, rows) => {
    for (const path of PATHS) {
      const [refused, none] = await load(text, path);
      expect([refused.exit, refused.code, refused.cause]).toEqual([2, "SOURCE_HEADER", cause]);
      expect(refused.stderr).toContain("where: in.csv, header");
      expect(none).toEqual([]);
      const [went, loaded] = await load(text, [...path, ...flagsOf(refused.fix)]);
      expect(went.exit, `${refused.fix}\n${went.stderr}`).toBe(0);
      expect(loaded).toEqual(rows);
    }
  });

  const BY_NUMBER: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    // A field without a name is dropped, or goes where its number says.
    [",id\n5,1\n", ["--extra-fields", "ignore"], ["1||"]],
    [",id\n5,1\n", ["--map", "1:n"], ["1|5|"]],
    [",id\n,1\n", ["--map", "1:hist", "--keep-empty", "1", "--const", "n=3"], ["1|3|"]],
    [",id,\n5,1,6\n", ["--map", ":"], ["1||"]],
    [",id,\n5,1,6\n", ["--map", ":", "--map", "1:n"], ["1|5|"]],
    [",id\n5,1\n", ["--map", ":n"], ["1|5|"]],
    // A number comes before the name, so that all but one can be dropped.
    ["id,n,n,n\n1,5,6,7\n", ["--map", "n:", "--map", "3:n"], ["1|6|"]],
    ["id,n,n\n1,5,6\n", ["--map", "3:hist"], ["1|5|6"]],
    ["id,n,n\n1,5,6\n", ["--map", "2:"], ["1|6|"]],
    ["id,x,x\n1,5,6\n", ["--extra-fields", "ignore"], ["1||"]],
    ["id,x,x\n1,5,6\n", ["--map", "x:"], ["1||"]],
    // Of a field with a name as well; one that is called 3 is that one, wherever it is.
    ["id,hist,x\n1,a,5\n", ["--map", "3:n"], ["1|5|a"]],
    ["id,3,\n1,5,6\n", ["--map", "3:n", "--extra-fields", "ignore"], ["1|5|"]],
  ];

  test.each(BY_NUMBER)("%j with %j", async (text, flags, rows) => {
    for (const path of PATHS) {
      const [ran, loaded] = await load(text, [...path, ...flags]);
      expect(ran.exit, ran.stderr).toBe(0);
      expect(loaded).toEqual(rows);
    }
  });

  test("what a flag leaves open is refused", async () => {
    const open: [string, string[], string][] = [
      ["id,n,n\n1,5,6\n", ["--extra-fields", "ignore"], "SOURCE_HEADER"],
      ["id,x,x\n1,5,6\n", ["--map", "x:n"], "SOURCE_HEADER"],
      [",id,\n5,1,6\n", ["--map", ":n"], "SOURCE_HEADER"],
      ["id\n1\n", ["--map", ":"], "PLAN_NO_FIELD"],
      ["id,n,n,n\n1,5,6,7\n", ["--map", "2:"], "SOURCE_HEADER"],
      ["id,3,\n1,5,6\n", ["--map", "3:n"], "SOURCE_HEADER"],
      ["id,n\n1,5\n", ["--map", "3:hist"], "PLAN_NO_FIELD"],
      ["id,n,n\n1,5,6\n", ["--map", "3:", "--keep-empty", "n"], "PLAN_NO_FIELD"],
      ["id,n,n\n1,5,6\n", ["--map", "3:", "--null-in", "n=5"], "PLAN_NO_FIELD"],
      ["id,n,n\n1,5,6\n", ["--map", "3:", "--default-on-empty", "n"], "PLAN_NO_FIELD"],
    ];
    for (const [text, flags, code] of open) {
      const [ran, rows] = await load(text, flags);
      expect([ran.exit, ran.code, rows], `${text}${flags.join(" ")}`).toEqual([2, code, []]);
    }
  });

  test("of several sources each is looked at by itself, and a number means one field", async () => {
    const shell = await JobShell.open(engine, database, TABLE);
    shell.write("a.csv", ",id,n\n0,1,10\n");
    shell.write("b.csv", ",id,n\n0,2,20\n");
    shell.write("c.csv", "n,id\n30,3\n");
    const both = ["--key", "id", "--map", "1:"];

    const moved = await shell.bare(["a.csv", "c.csv", ...both]);
    const piped = await shell.bare(["a.csv", "-", ...both], "n,id\n30,3\n");
    const went = await shell.bare(["a.csv", "b.csv", ...both]);

    expect([moved.exit, moved.code]).toEqual([2, "PLAN_AMBIGUOUS_FIELD"]);
    expect(moved.stderr).toContain('the field 1 could be no name in a.csv or "n" in c.csv');
    expect([piped.exit, piped.code]).toEqual([2, "PLAN_AMBIGUOUS_FIELD"]);
    expect(went.exit, went.stderr).toBe(0);
    const rows = await database.rows("select id, n from t order by id");
    expect(rows.map((row) => row.join("|"))).toEqual(["1|10", "2|20"]);
  });
});

describe.each(sharedEngines())("values of fields with one name: $title", (engine) => {
  const database = useDatabase(engine);
  const load = async (text: string, flags: readonly string[]): Promise<[Ran, unknown]> => {
    const shell = await JobShell.open(engine, database, TABLE);
    shell.write("in.csv", text);
    const ran = await shell.bare(["in.csv", "--map", "2:n", "--map", "3:", ...flags]);
    return [ran, await database.rows("select n from t")];
  };

  test("flags about the values of one of them call it by its number, as the fix says", async () => {
    const [named] = await load("id,n,n\n1,5,6\n", ["--null-in", "n=5"]);
    const [, nulls] = await load("id,n,n\n1,5,6\n", ["--null-in", "2=5"]);
    const [, absent] = await load("id,n,n\n2,,6\n", ["--default-on-empty", "2"]);

    expect(named.stderr).toContain("say it by number, for example --null-in 2=5\n");
    expect([nulls, absent]).toEqual([[[null]], [[null]]]);
  });
});
