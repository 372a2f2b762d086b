/** A flag that a message prints does what is said of it when a shell reads it as it is printed, whatever the names. */
import Database from "better-sqlite3";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const INTO_T = ["--to", "t.db", "--table", "t"];

function folder(table: string, content: string): string {
  const cwd = tempDir({ "in.csv": content });
  const database = new Database(join(cwd, "t.db"));
  database.exec(table);
  database.close();
  return cwd;
}

function rows(cwd: string): unknown[] {
  const database = new Database(join(cwd, "t.db"), { readonly: true });
  try {
    return database.prepare("select * from t").raw().all();
  } finally {
    database.close();
  }
}

/** The arguments that a shell makes of the flags at the start of a text: up to `ends`, as they are printed. */
function typed(stderr: string, from: string, ends: string): string[] {
  const begin = stderr.indexOf(from);
  const flags = stderr.slice(begin, stderr.indexOf(ends, begin));
  const script = `for flag in ${flags}; do printf '%s\\0' "$flag"; done`;
  const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  return stdout.split("\0").slice(0, -1);
}

describe.runIf(process.platform === "linux")("typed in a shell", () => {
  test.each(["a b", "it's", "a:b", "a\\b", "na\u001Bme", "two\nlines", "it's\t\u0007\\n"])(
    "--map of the field %j",
    async (name) => {
      const content = `id,"${name}"\n1,x\n`;
      const cwd = folder("create table t (id integer primary key, v)", content);
      const refused = await runUpsurge(["in.csv", ...INTO_T, "--key", "id"], { cwd });
      expect(refused.stderr).toContain("PLAN_UNKNOWN_FIELD");
      const flags = typed(refused.stderr, "--map ", " puts it").map((flag) =>
        flag.replace("COLUMN", "v"),
      );
      expect(flags).toEqual(["--map", `${name}:v`]);
      const { exitCode } = await runUpsurge(["in.csv", ...INTO_T, "--key", "id", ...flags], {
        cwd,
      });
      expect(exitCode).toBe(0);
      expect(rows(cwd)).toEqual([[1, "x"]]);
    },
  );

  test.each(["my col", "it's", "plain"])("--const of the column %j", async (name) => {
    const cwd = folder(`create table t (id integer primary key, "${name}" not null)`, "id\n1\n");
    const refused = await runUpsurge(["in.csv", ...INTO_T, "--key", "id"], { cwd });
    expect(refused.stderr).toContain("PLAN_REQUIRED_COLUMN");
    const flags = typed(refused.stderr, "--const ", ", or use");
    const { exitCode } = await runUpsurge(["in.csv", ...INTO_T, "--key", "id", ...flags], { cwd });
    expect(exitCode).toBe(0);
    expect(rows(cwd)).toEqual([[1, "VALUE"]]);
  });

  test("--map and --const of a key column that nothing fills", async () => {
    const cwd = folder('create table t ("the key" primary key, v)', "v\nx\n");
    const refused = await runUpsurge(["in.csv", ...INTO_T, "--key", "the key"], { cwd });
    expect(refused.stderr).toContain("PLAN_KEY_NOT_IN_SOURCE");
    expect(typed(refused.stderr, "--map ", ", or")).toEqual(["--map", "field:the key"]);
    const flags = [...INTO_T, "--key", "the key", ...typed(refused.stderr, "--const ", "\n")];
    expect((await runUpsurge(["in.csv", ...flags], { cwd })).exitCode).toBe(0);
    expect(rows(cwd)).toEqual([["VALUE", "x"]]);
  });

  test("--map of a field that gives way to --const or to --stamp", async () => {
    const content = 'id,"it\'s"\n1,x\n';
    const cwd = folder('create table t (id integer primary key, "it\'s")', content);
    const into = [...INTO_T, "--key", "id"];
    const refused = await runUpsurge(["in.csv", ...into, "--const", "it's=y"], { cwd });
    const drop = typed(refused.stderr, "--map ", ", or leave");
    expect(drop).toEqual(["--map", "it's:"]);
    const stamp = ["--stamp", `"it's" = 'z'`];
    const warned = await runUpsurge(["in.csv", ...into, ...stamp], { cwd });
    expect(typed(warned.stdout, "--map ", ", or leave")).toEqual(drop);
  });
});
