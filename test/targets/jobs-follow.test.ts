/** `--follow-append` while a source is being written: what has no line end yet is left for the next run, which takes it whole. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";
import type { Ran } from "../helpers/job-shell.ts";

const CSV = HEADER + lines([1, 10], [2, 20], [3, 30]);
const JSON_LINES = [10, 20, 30]
  .map((n, at) => `{"id":${at + 1},"n":${n},"hist":"${n}"}\n`)
  .join("");
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");

const FORMATS = [
  ["in.csv", CSV, (text: string) => text],
  ["in.tsv", CSV.replaceAll(",", "\t"), (text: string) => text],
  ["in.csv", CSV.replaceAll("\n", "\r\n"), (text: string) => text],
  ["in.csv", CSV.replaceAll("\n", "\r"), (text: string) => text],
  ["in.csv", CSV, utf16],
  ["in.csv.gz", CSV, (text: string) => gzipSync(text)],
  ["in.ndjson", JSON_LINES, (text: string) => text],
  ["in.ndjson", JSON_LINES, utf16],
] as const;

const FOLLOW = ["--follow-append", "--max-rejects", "5"];

function unfinished({ report }: Ran): string {
  return report.warnings.join("; ");
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = (): Promise<JobShell> => JobShell.open(engine, database);

  wholeRecords(open);

  test.each(FORMATS)("cut after any byte of its last two lines: %s", async (file, text, spell) => {
    const shell = await open();
    const whole = ["1:10", "2:20", "3:30"];
    const ends = [...text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length);
    const [, , , end = ends[2]] = ends;
    // The places that matter: within the last line but one, at its end, within the last.
    const first = ends.at(-3) ?? 0;
    const second = ends.at(-2) ?? 0;
    let before = 0;
    for (const cut of [first + 1, second - 2, second, second + 3, (end ?? 0) - 2]) {
      shell.write(file, spell(text.slice(0, cut)));
      const isWhole = ends.includes(cut);
      const run = await shell.load(`${file} --job j`, FOLLOW);
      expect(run.exit, run.stderr).toBe(0);
      expect(run.report.counts.rejected).toBe(0);
      expect(unfinished(run).startsWith("1 unfinished line left in")).toBe(!isWhole);
      const loaded = ends.filter((each) => each <= cut).length - (file.includes("json") ? 0 : 1);
      // A run with nothing new does nothing, and counts nothing.
      expect(run.report.counts.read).toBe(loaded === before ? 0 : loaded);
      before = loaded;
      expect(await shell.table()).toEqual(whole.slice(0, loaded));
    }
    shell.write(file, spell(text));
    const last = await shell.load(`${file} --job j`, FOLLOW);
    expect([last.exit, last.report.warnings], last.stderr).toEqual([0, []]);
    expect(await shell.table()).toEqual(whole);
  });

  test("a header that is being written, and a source that is empty", async () => {
    const shell = await open();
    for (const begun of ["", "id,n,h"]) {
      shell.write("in.csv", begun);
      const run = await shell.load("in.csv --job j", FOLLOW);
      expect([run.exit, run.report.counts?.read], run.stderr).toEqual([0, 0]);
      expect(unfinished(run)).toBe(
        begun === ""
          ? ""
          : "1 unfinished line left in in.csv: line 1, where its line end has not come yet; the next run takes it once it is whole",
      );
    }
    shell.write("in.csv", CSV);
    expect((await shell.load("in.csv --job j", FOLLOW)).exit).toBe(0);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
  });
});

/** Records that are not whole, and logs that are rotated. */
function wholeRecords(open: () => Promise<JobShell>): void {
  test("a record that is cut within its quotes waits, and --max-record-lines still strikes", async () => {
    const shell = await open();
    const open4 = '4,40,"4\n5,50,50\n';
    shell.write("in.csv", CSV + open4);
    const cut = await shell.load("in.csv --job j", FOLLOW);
    expect([cut.exit, cut.report.counts.read], cut.stderr).toEqual([0, 3]);
    expect(unfinished(cut)).toBe(
      "2 unfinished lines left in in.csv: lines 5-6, where a quote is not closed yet; the next run takes it once it is whole",
    );
    const struck = await shell.load("in.csv --job j --max-record-lines 2", FOLLOW);
    expect([struck.exit, struck.code], struck.stderr).toEqual([4, "SOURCE_QUOTE"]);
    // Records of it are committed: starting over would apply them twice.
    expect(struck.fix).not.toContain("--reset-job");
    shell.write("in.csv", `${CSV}${open4}"\n6,60,60\n`);
    const whole = await shell.load("in.csv --job j", FOLLOW);
    expect([whole.exit, whole.report.counts.read, whole.report.warnings]).toEqual([0, 5, []]);
    expect(await shell.table()).toContain("4:4\n5,50,50\n");
  });

  test("--require-final-newline asks no more of a followed source", async () => {
    const shell = await open();
    shell.write("in.csv", CSV.trimEnd());
    const flags = [...FOLLOW, "--require-final-newline"];
    const cut = await shell.load("in.csv --job j", flags);
    expect([cut.exit, cut.report.counts.read], cut.stderr).toEqual([0, 2]);
    shell.write("in.csv", CSV);
    expect((await shell.load("in.csv --job j", flags)).exit).toBe(0);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
  });

  test("a rotated log goes on by what is printed, and nothing is applied twice or left out", async () => {
    const shell = await open();
    shell.write("ev.csv", CSV);
    expect((await shell.load("ev.csv --job j", FOLLOW)).exit).toBe(0);
    shell.move("ev.csv", "ev.csv.1");
    shell.write("ev.csv.1", CSV + lines([1, 11]));
    shell.write("ev.csv", HEADER + lines([2, 22]));
    const rotated = await shell.load("ev.csv --job j", FOLLOW);
    expect([rotated.exit, rotated.code]).toEqual([4, "SOURCE_CHANGED"]);
    expect(rotated.fix).toBe(
      "if it is a new file that replaced one that was moved, run the command with the old file's new name first, for what that gained since; then load this one from its first record with --reset-job, once",
    );
    const old = await shell.load("ev.csv.1 --job j", [...FOLLOW, "--format", "csv"]);
    expect([old.exit, old.report.counts.read], old.stderr).toEqual([0, 4]);
    expect(await shell.table()).toEqual(["1:10,11", "2:20", "3:30"]);
    const fresh = await shell.load("ev.csv --job j", [...FOLLOW, "--reset-job"]);
    expect([fresh.exit, fresh.report.counts.read], fresh.stderr).toEqual([0, 1]);
    expect(await shell.table()).toEqual(["1:10,11", "2:20,22", "3:30"]);
    shell.write("ev.csv", HEADER + lines([2, 22], [3, 33]));
    expect((await shell.load("ev.csv --job j", FOLLOW)).exit).toBe(0);
    expect(await shell.table()).toEqual(["1:10,11", "2:20,22", "3:30,33"]);
  });

  test("without --follow-append a last line without its end is a record", async () => {
    const shell = await open();
    shell.write("in.csv", CSV.trimEnd());
    const run = await shell.load("in.csv --job j");
    expect([run.exit, run.report.counts.read, run.report.warnings]).toEqual([0, 3, []]);
  });
}
