/** Flags that came to nothing, or to something else than they look like: said, not passed over. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

const TABLE = "create table t (id int not null primary key, n int, hist varchar(2000) default 'd')";

function unseen(flag: string, field: string): string {
  return `no record had the field '${field}', which ${flag} names; check its spelling: upper and lower case differ`;
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = async (): Promise<JobShell> => await JobShell.open(engine, database, TABLE);
  const rows = async (): Promise<string[]> =>
    (await database.rows("select id, n, hist from t order by id")).map((row) => row.join("|"));

  fieldsThatNoRecordHas(open);

  test.each(["0", "00", "0%", "0.0%", "000%"])("--max-rejects %s allows none", async (limit) => {
    const shell = await open();
    shell.write("in.csv", "id,n\n1,10\n2\n3\n4,40\n");

    const ran = await shell.bare(["in.csv", "--key", "id", "--max-rejects", limit]);

    expect([ran.exit, ran.code, ran.report.rejectFile]).toEqual([4, "REJECT_LIMIT", null]);
    expect(ran.cause).toBe("1 record was rejected, and --max-rejects is 0");
    expect(existsSync(join(shell.folder, "in.csv.rejects.csv"))).toBe(false);
    shell.write("in.csv", "id,n\n1,10\n");
    expect((await shell.bare(["in.csv", "--key", "id", "--max-rejects", limit])).exit).toBe(0);
    expect(existsSync(join(shell.folder, "in.csv.rejects.csv"))).toBe(false);
    expect(await rows()).toEqual(["1|10|d"]);
  });

  test("a token of --null that begins with the name of a field is said to be a text, and --null-in takes it", async () => {
    const shell = await open();
    shell.write("in.csv", "id,n,hist\n1,-1,-1\n");
    shell.write("in.ndjson", '{"id":1,"n":-1,"hist":"-1"}\n');
    for (const file of ["in.csv", "in.ndjson"]) {
      const load = [file, "--key", "id"];
      const ran = await shell.bare([...load, "--null", "hist=-1", "--null", "a=b", "--null", "=n"]);

      expect(ran.exit, ran.stderr).toBe(0);
      expect(ran.report.warnings).toEqual([
        expect.stringContaining("--null 'hist=-1' makes NULL of the whole text 'hist=-1'"),
      ]);
      expect(await rows()).toEqual(["1|-1|-1"]);
      const [, printed = ""] = /--null-in '([^']*)'$/.exec(ran.report.warnings[0] ?? "") ?? [];
      const typed = await shell.bare([...load, "--null-in", printed]);
      expect(typed.report.warnings).toEqual([]);
      expect(await rows()).toEqual(["1|-1|"]);
    }
  });

  test("--const with the text of a NULL is said to be text, and what is said instead is true", async () => {
    const shell = await open();
    shell.write("in.csv", "id\n1\n");
    const key = ["in.csv", "--key", "id"];
    for (const [value, more] of [
      ["NULL", []],
      ["null", []],
      ["\\N", []],
      ["NA", ["--null", "NA"]],
    ] as const) {
      const ran = await shell.bare([...key, "--const", `hist=${value}`, ...more]);
      expect(ran.report.warnings).toEqual([
        expect.stringContaining(`--const hist=${value} is the text ${value}, not NULL`),
      ]);
      expect(await rows()).toEqual([`1||${value}`]);
    }
    const plain = await shell.bare([...key, "--const", "hist=nullable"]);
    expect(plain.report.warnings).toEqual([]);

    await shell.bare([...key, "--const", "hist=NULL"]);
    const [warning = ""] = (await shell.bare([...key, "--const", "hist=NULL"])).report.warnings;
    const [, stamp = ""] = /--stamp '([^']*)'/.exec(warning) ?? [];
    shell.write("in.csv", "id,n\n1,5\n2,6\n");
    const stamped = await shell.bare([...key, "--stamp", stamp]);
    shell.write("in.csv", "id\n3\n");
    await shell.bare(key);

    expect(stamped.exit, stamped.stderr).toBe(0);
    expect(await rows()).toEqual(["1|5|", "2|6|", "3||d"]);
  });

  test("a fault that one flag corrects in all records names the flag", async () => {
    const shell = await open();
    shell.write("in.csv", Buffer.from("id,hist\n1,M\xfcller\n", "latin1"));
    const bytes = await shell.bare(["in.csv", "--key", "id"]);
    expect(bytes.fix).toMatch(
      /--encoding latin1 or windows-1252, unless .*; .* with --max-rejects N/,
    );

    for (const [text, hint] of [
      ["id,hist\n1,a,\n", true],
      ['id,hist\n1,"a",""\n', true],
      ["id,hist\n1,a,x\n", false],
      ["id,hist\n1,a,,\n", false],
      ["id,hist\n1\n", false],
    ] as const) {
      shell.write("in.csv", text);
      const { stderr } = await shell.bare(["in.csv", "--key", "id"]);
      expect(stderr).toMatch(/fields? found, 2 expected/);
      expect(stderr.includes("--extra-fields ignore drops it"), text).toBe(hint);
    }
  });
});

/** Flags that name a field: what is said where no record brings it. */
function fieldsThatNoRecordHas(open: () => Promise<JobShell>): void {
  test.each(["in.ndjson", "in.json"])(
    "a --map that no record of %s used is named",
    async (file) => {
      for (const path of [[], ["--null", "x"]]) {
        const shell = await open();
        const records = ['{"id":1,"n":10}', '{"id":2,"late":"x"}'];
        shell.write(file, file === "in.json" ? `[${records.join(",")}]` : records.join("\n"));
        const flags = [
          "--map",
          "N:n",
          "--map",
          "late:hist",
          "--map",
          "gone:",
          "--keep-empty",
          "nn",
        ];

        const ran = await shell.bare([file, "--key", "id", ...flags, ...path]);

        expect(ran.exit, ran.stderr).toBe(0);
        expect(ran.report.warnings).toEqual([
          unseen("--map", "N"),
          unseen("--map", "gone"),
          unseen("--keep-empty", "nn"),
        ]);
        const used = await shell.bare([file, "--key", "id", "--map", "n:n", "--map", "late:hist"]);
        expect(used.report.warnings).toEqual([]);
      }
    },
  );

  test("of CSV the plan knows: refused for files, said of a stream after them", async () => {
    const shell = await open();
    shell.write("a.csv", "id,n\n1,10\n");
    shell.write("b.csv", "n,id,hist\n20,2,x\n");
    const flags = ["--key", "id", "--map", "nn:n"];

    const files = await shell.bare(["a.csv", "b.csv", ...flags]);
    const piped = await shell.bare(["a.csv", "-", ...flags], "id\n3\n");
    const used = await shell.bare(["a.csv", "-", ...flags], "id,nn\n");

    expect([files.exit, files.code, files.fix]).toEqual([2, "PLAN_NO_FIELD", "did you mean n?"]);
    expect([piped.exit, piped.report.warnings]).toEqual([0, [unseen("--map", "nn")]]);
    expect([used.exit, used.report.warnings]).toEqual([0, []]);
  });

  test("a job says it of what a run has read, and nothing where it read nothing", async () => {
    const shell = await open();
    shell.write("in.ndjson", '{"id":1}\n{"id":2}\n');
    const flags = ["in.ndjson", "--key", "id", "--job", "j", "--commit", "1", "--map", "no:n"];

    const first = await shell.bare(flags);
    const again = await shell.bare(flags);

    expect([first.exit, first.report.warnings]).toEqual([0, [unseen("--map", "no")]]);
    expect([again.exit, again.report.warnings]).toEqual([0, []]);
  });
}
