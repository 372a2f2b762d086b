/**
 * `upsurge split`: the loads of all pieces, at once and in any order, end in the table, the counts and the codes of rejects of
 * one load of the sources, and each record is in one piece, byte by byte.
 */
import * as fc from "fast-check";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const KEYS = ["1", "01", "+1", " 1", "2", "10", "100", "-1", "x", "", "007", "7"];
const record = fc.record({
  k: fc.constantFrom(...KEYS),
  n: fc.constantFrom("1", "2", "3", "4", "95", "bad"),
  s: fc.constantFrom("a", "b c", 'q"uote', "two\nlines", "ü"),
});
type Values = { readonly k: string; readonly n: string; readonly s: string };

const rule = fc.record({
  format: fc.constantFrom("csv", "tsv", "ndjson", "json"),
  shards: fc.integer({ min: 1, max: 5 }),
  first: fc.integer({ min: 0, max: 4 }),
  compress: fc.constantFrom("none", "gzip"),
  /** Records of the second file. */
  second: fc.integer({ min: 0, max: 10 }),
  end: fc.constantFrom("\n", "\r\n"),
  lastEnd: fc.boolean(),
});

function field(text: string): string {
  return /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A source of these records, and of lines that are none. */
function written(records: readonly Values[], format: string, end: string): string {
  if (format === "ndjson") return records.map((each) => `${JSON.stringify(each)}${end}`).join("");
  if (format === "json") return JSON.stringify(records, null, 1);
  const delimiter = format === "csv" ? "," : "\t";
  const lines = records.map(({ k, n, s }, at) => {
    const isOdd = at % 9 === 8;
    return isOdd ? `${k}${delimiter}${n}` : [k, n, s].map(field).join(delimiter);
  });
  const blank = [delimiter + delimiter];
  return [["k", "n", "s"].join(delimiter), ...lines, ...blank]
    .map((line) => `${line}${end}`)
    .join("");
}

interface Loaded {
  readonly counts: Readonly<Record<string, number>>;
  readonly rejects: readonly { readonly code: string; readonly count: number }[];
}

/** Several loads as one. */
function together(loads: readonly Loaded[]): { counts: object; rejects: object } {
  const counts: Record<string, number> = {};
  const rejects: Record<string, number> = {};
  for (const load of loads) {
    for (const [name, count] of Object.entries(load.counts))
      counts[name] = (counts[name] ?? 0) + count;
    for (const { code, count } of load.rejects) rejects[code] = (rejects[code] ?? 0) + count;
  }
  return { counts, rejects };
}

describe.each(ENGINES)("pieces on $title", (engine) => {
  const database = useDatabase(engine);
  const start = async (): Promise<void> => {
    await database.reset();
    await database.exec("create table t (k int primary key, n int check (n < 90), s varchar(20))");
  };
  const image = (): Promise<(string | null)[][]> =>
    database.rows("select k, n, s from t order by k");

  const load = async (sources: readonly string[], cwd: string, more: readonly string[] = []) => {
    const report = join(cwd, `report-${Math.random()}.json`);
    const flags = [
      "--table",
      "t",
      "--key",
      "k",
      "--max-rejects",
      "1000",
      "-b",
      "5",
      "--report",
      report,
    ];
    const to = ["--to", database.url, "--set", "n = target.n * 3 % 50 + excluded.n"];
    const ran = await runUpsurge([...sources, ...flags, ...to, ...more, "-q"], { cwd });
    expect([0, 3], ran.stderr).toContain(ran.exitCode);
    return JSON.parse(readFileSync(report, "utf8")) as Loaded;
  };

  test("all of them come to what one load comes to", async () => {
    const cases = fc.tuple(fc.array(record, { minLength: 1, maxLength: 40 }), rule);
    await fc.assert(
      fc.asyncProperty(cases, async ([records, { format, shards, first, compress, ...chosen }]) => {
        const cwd = tempDir();
        const text = written(records, format, chosen.end);
        const isCut = !chosen.lastEnd && format !== "json";
        const sources = [`a.${format}`, `b.${format}`];
        writeFileSync(join(cwd, `a.${format}`), isCut ? text.slice(0, -chosen.end.length) : text);
        writeFileSync(
          join(cwd, `b.${format}`),
          written(records.slice(0, chosen.second), format, chosen.end),
        );
        await start();
        const whole = together([await load(sources, cwd)]);
        const expected = await image();

        const words = `--key k --shards ${shards} --compress ${compress} --out pieces --json`.split(
          " ",
        );
        const ran = await runUpsurge(["split", ...sources, ...words], { cwd });
        expect(ran.exitCode, ran.stderr).toBe(0);
        const { pieces } = JSON.parse(ran.stdout) as {
          readonly pieces: readonly { readonly files: readonly { readonly file: string }[] }[];
        };
        await start();
        const loads: Loaded[] = [];
        for (let at = 0; at < shards; at += 1) {
          const files = pieces[(at + first) % shards]?.files ?? [];
          const paths = files.map(({ file }) => `pieces/${file}`);
          loads.push(await load(paths, cwd, ["--piece", "--format", format]));
        }

        const what = `${format} ${shards}\n${text}`;
        expect(together(loads), what).toEqual(whole);
        expect(await image(), what).toEqual(expected);
        rmSync(cwd, { recursive: true });
      }),
      { numRuns: timesOf("split pieces") },
    );
  });
});

test("each record is in one piece as it stands, in the order of its key", async () => {
  const cwd = tempDir();
  const lines = Array.from({ length: 500 }, (_, at) => `${at % 37},"${at}\r\n ü",x\r\n`);
  writeFileSync(join(cwd, "in.csv"), `#${"c".repeat(9)}\r\nk,s,t\r\n${lines.join("")}`);
  const words = "split in.csv --key k --shards 4 --out out --skip-lines 1 -q".split(" ");
  expect(await runUpsurge(words, { cwd })).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });

  const pieces = readdirSync(join(cwd, "out")).filter((name) => name !== "index.json");
  const texts = pieces.map((name) => readFileSync(join(cwd, "out", name), "utf8"));
  const own = texts.map((text) => lines.filter((line) => text.includes(line)));
  expect(texts).toEqual(own.map((part) => `#${"c".repeat(9)}\r\nk,s,t\r\n${part.join("")}`));
  expect(own.flat().toSorted()).toEqual(lines.toSorted());
  expect(own.every((part) => part.length > 0)).toBe(true);
});
