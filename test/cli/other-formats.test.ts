/** Options of one format, and sources of another: refused where they are said of that load, passed over where they are said of many. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunOptions, RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const FILES = {
  "a.csv": "id,n\n1,5\n",
  "a.ndjson": '{"id":2,"n":6}\n',
  a: '{"id":3,"n":7}\n',
  "seed/a.csv": "id;n\n1;5\n",
  "seed/b.ndjson": '{"id":2,"n":6}\n',
};

/** A folder with a database `shop.db`, and sources of several formats. */
function shop(files: Readonly<Record<string, string>> = {}): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec("create table a (id integer primary key, n int)");
  database.exec("create table b (id integer primary key, n int)");
  database.close();
  for (const [path, content] of Object.entries({ ...FILES, ...files })) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function upsurge(words: string, cwd = shop(), options: RunOptions = {}): Promise<RunResult> {
  return await runUpsurge(words.split(" "), { cwd, ...options });
}

const INTO_A = "--to shop.db --table a";
const CSV_OPTIONS = [
  "--delimiter ;",
  "--quote '",
  "--escape \\",
  "--comment #",
  "--header",
  "--no-header --columns id,n",
  "--columns id,n",
  "--skip-lines 1",
  "--trim",
];

test.each(CSV_OPTIONS)("%s is refused of a file that is NDJSON by its name", async (flags) => {
  const { stderr, exitCode } = await upsurge(`a.ndjson ${INTO_A} ${flags}`);
  const [flag = ""] = flags.split(" ");

  expect(stderr).toContain(`error: ${flag} does not go with a.ndjson, whose format is ndjson`);
  expect(stderr).toContain("OPTION_CONFLICT\n");
  expect(stderr).toContain(`fix:   leave ${flag} out`);
  expect(exitCode).toBe(2);
});

test.each(["load", "plan", "inspect", "split --key id --shards 2 --out out"])(
  "%s refuses them of a file that is NDJSON by its first bytes, and of --format ndjson",
  async (command) => {
    const into = /load|plan/.test(command) ? INTO_A : "";
    const found = await upsurge(`${command} a ${into} --quote '`.replaceAll("  ", " "));
    const told = await upsurge(`${command} a -f ndjson ${into} --quote '`.replaceAll("  ", " "));

    expect(found.stderr).toContain("error: --quote does not go with a, whose format is ndjson");
    expect(told.stderr).toContain("error: --quote does not go with --format ndjson");
    expect([found.exitCode, told.exitCode]).toEqual([2, 2]);
  },
);

test("--format csv is the fix of a source that is CSV all the same", async () => {
  const folder = shop({ brace: "{id;n\n1;5\n" });
  const refused = await upsurge(`brace ${INTO_A} --delimiter ; --map {id:id`, folder);

  expect(refused.stderr).toContain("fix:   leave --delimiter out; or pass --format csv as well");
  const mended = await upsurge(`brace ${INTO_A} --delimiter ; --map {id:id --format csv`, folder);
  expect(mended.exitCode).toBe(0);
});

test("--records is refused of --format csv and of --format ndjson", async () => {
  for (const format of ["csv", "tsv", "ndjson"]) {
    const { stderr, exitCode } = await upsurge(`a ${INTO_A} --records /x -f ${format}`);
    expect(stderr).toContain(`error: --records does not go with --format ${format}`);
    expect(exitCode).toBe(2);
  }
});

test("sources of several formats are loaded together, each with what is about it", async () => {
  const folder = shop({ "c.csv": "id;n\n1;5\n" });
  const { stdout, exitCode } = await upsurge(`a.ndjson c.csv ${INTO_A} --delimiter ;`, folder);

  expect(stdout).toMatch(/inserted {2}2/);
  expect(exitCode).toBe(0);
});

test("standard input has its turn later, and is whatever it is", async () => {
  const { stdout } = await upsurge(`a.ndjson - ${INTO_A} --delimiter ;`, shop(), {
    stdin: "id;n\n1;5\n",
  });

  expect(stdout).toMatch(/inserted {2}2/);
});

test("what the environment says of all loads has no bearing on JSON", async () => {
  const env = { UPSURGE_DELIMITER: ";", UPSURGE_TRIM: "1", UPSURGE_RECORDS: "/x" };
  for (const source of ["a.ndjson", "a -f ndjson", "seed/b.ndjson"]) {
    const { stdout, stderr } = await upsurge(`${source} ${INTO_A}`, shop(), { env });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/inserted {2}1/);
  }
  const found = await upsurge(`a ${INTO_A}`, shop(), { env: { UPSURGE_TRIM: "1" } });
  expect(found.stdout).toMatch(/inserted {2}1/);
});

test("flags of a run of folders are about those of its files that they fit, and refused where there are none", async () => {
  const both = await upsurge("run seed --to shop.db --delimiter ;");
  expect(both.stdout).toMatch(/a {2}1 record {2}1 inserted\n {2}b {2}1 record {2}1 inserted/);

  const none = await upsurge(
    "run lines --to shop.db --delimiter ;",
    shop({ "lines/b.ndjson": FILES["seed/b.ndjson"] }),
  );
  expect(none.stderr).toContain(
    "error: --delimiter does not go with lines/b.ndjson, whose format is ndjson",
  );
  expect(none.exitCode).toBe(2);
});

test("defaults of a manifest are about the loads that they fit; what a load says itself is refused", async () => {
  const loads = "loads:\n  - from: a.ndjson\n    table: b\n";
  const many = "  - from: seed/a.csv\n    table: a\n";
  const shared = `defaults:\n  delimiter: ';'\n  trim: true\n${loads}${many}`;
  const both = await upsurge("run m.yaml --to shop.db", shop({ "m.yaml": shared }));
  expect(both.stderr).toBe("");
  expect(both.exitCode).toBe(0);

  const own = `${loads}    trim: true\n${many}    delimiter: ';'\n`;
  const { stderr, exitCode } = await upsurge("run m.yaml --to shop.db", shop({ "m.yaml": own }));
  expect(stderr).toContain("error: --trim does not go with a.ndjson, whose format is ndjson");
  expect(stderr).toContain("where: m.yaml:4:5\n");
  expect(exitCode).toBe(2);
});

test("the library refuses them too", async () => {
  const { load } = await import("../../src/index.ts");
  const folder = shop();
  const { error } = await load(join(folder, "a.ndjson"), {
    to: `sqlite:${join(folder, "shop.db")}`,
    table: "a",
    quote: "'",
  });

  expect(error?.code).toBe("OPTION_CONFLICT");
  expect(error?.where).toBe("--quote");
});
