/** Sources that change while they are read, or whose producer may have died: whoever loads or splits them is told. */
import { appendFileSync, existsSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { Report } from "../../src/report/report.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** More than is read ahead, so that the end of the file is not met before its first rows are written. */
const RECORDS = 3000;
const LONG = "x".repeat(4000);
const CSV = `id,s\n${Array.from({ length: RECORDS }, (_, id) => `${id},${LONG}\n`).join("")}`;

afterEach(() => onFailPoint(null));

const append = (path: string): void => appendFileSync(path, `${RECORDS},late\n`);
const touch = (path: string): void => utimesSync(path, 1, 1);

/** What came of a load. */
interface Loaded {
  readonly exit: number;
  readonly read: number;
  readonly warnings: readonly string[];
  readonly error: string | null;
  /** Rows in the table. */
  readonly rows: unknown;
}

/** Loads `in.csv`, to which something is done once the first rows are about to be written. */
async function loadWhile(
  change: (path: string) => void,
  ...flags: readonly string[]
): Promise<Loaded> {
  const cwd = tempDir({ "in.csv": CSV });
  const database = new Sqlite(join(cwd, "x.db"));
  database.exec("create table t (id integer primary key, s text)");
  database.close();
  let isDone = false;
  onFailPoint((point) => {
    if (point !== "apply" || isDone) return;
    isDone = true;
    change(join(cwd, "in.csv"));
  });
  const into = ["--to", "x.db", "--table", "t", "--key", "id", "-b", "10", "--json", "-q"];
  const { exitCode, stdout } = await runUpsurge(["in.csv", ...into, ...flags], { cwd });
  const { counts, warnings, error } = JSON.parse(stdout) as Report;
  const after = new Sqlite(join(cwd, "x.db"), { readonly: true });
  const rows = after.prepare("select count(*) from t").pluck().get();
  after.close();
  return { exit: exitCode, read: counts.read, warnings, error: error?.code ?? null, rows };
}

describe("a load of a file", () => {
  test("to which somebody writes says so", async () => {
    const { exit, read, warnings } = await loadWhile(append);
    expect([exit, read]).toEqual([0, RECORDS + 1]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^in\.csv changed while it was read: it had [\d,]+ bytes when it was opened and has [\d,]+ now; .*once nobody writes to it$/,
      ),
    ]);
  });

  test("whose bytes were written again says so", async () => {
    const { exit, warnings } = await loadWhile(touch);
    expect(exit).toBe(0);
    expect(warnings).toEqual([expect.stringContaining("it was written to while it was read")]);
  });

  test.each([
    ["that is left alone", (): void => {}, []],
    ["of which only the first records are asked for", append, ["--limit", "20"]],
    ["that is followed", append, ["--follow-append", "--job", "j", "--commit", "1000"]],
  ] as const)("%s says nothing", async (_, change, flags) => {
    expect(await loadWhile(change, ...flags)).toMatchObject({ exit: 0, warnings: [] });
  });

  test.each([
    ["to which somebody writes", append, []],
    ["to which somebody writes", append, ["--expect-rows", `${RECORDS + 1}`]],
    ["whose bytes were written again", touch, []],
    ["whose bytes were written again", touch, ["--expect-rows", `${RECORDS}`]],
  ] as const)("%s is refused where rows go that no record has", async (_, change, expected) => {
    expect(await loadWhile(change, "--delete-missing", ...expected)).toMatchObject({
      exit: 4,
      error: "SOURCE_INCOMPLETE",
      rows: 0,
    });
  });
});

describe("a split of a pipe that ends within a record", () => {
  const CUT = "page,hits\n/a,1\n/b,22";
  const SPLIT = ["split", "-", "--key", "page", "--shards", "2", "--out", "pieces"];
  const SAID = "its last record, number 2, may be cut";

  test.each([
    [[], "stdout", `warning: standard input does not end in a line end: ${SAID}`],
    [["--json"], "stdout", SAID],
    [["--quiet"], "stderr", `warning: standard input does not end in a line end: ${SAID}`],
  ] as const)("says so with %j", async (flags, where, text) => {
    const cwd = tempDir();
    const ran = await runUpsurge([...SPLIT, ...flags], { cwd, stdin: CUT });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran[where]).toContain(text);
    expect(readFileSync(join(cwd, "pieces/index.json"), "utf8")).not.toContain("warnings");
  });

  test("is refused with --require-final-newline, which the warning names, and leaves nothing", async () => {
    const cwd = tempDir();
    const { exitCode, stderr } = await runUpsurge([...SPLIT, "--require-final-newline"], {
      cwd,
      stdin: CUT,
    });
    expect([exitCode, existsSync(join(cwd, "pieces"))], stderr).toEqual([4, false]);
    expect(stderr).toContain("SOURCE_INCOMPLETE");

    const whole = await runUpsurge([...SPLIT, "--require-final-newline"], {
      cwd,
      stdin: `${CUT}\n`,
    });
    expect(whole.exitCode, whole.stderr).toBe(0);
    expect(whole.stdout).not.toMatch(/warning|--require-final-newline/);
  });
});
