/**
 * A job that is stopped at any of its moments, any number of times, and run again each time in another way, comes to the
 * table, the counts and the reject file of one run that nothing disturbed. The table's history shows a record that is
 * lost, doubled or out of order.
 */
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import type { Ran } from "../helpers/job-shell.ts";
import { timesOf } from "../tiers/tiers.ts";

const RUNS = timesOf("jobs resume");

afterEach(() => onFailPoint(null));

/** The moments at which a run is stopped: after something was done, and before something is. */
const STOPS: readonly FailPoint[] = [
  "taken-over",
  "row-locked",
  "applied",
  "reject-written",
  "reject-synced",
  "move",
  "moved",
  "commit",
  "committed",
  "share",
  "shared",
  "seal",
  "sealed",
];

/** Those of several writers. */
const SHARED = new Set<FailPoint>(["share", "shared", "seal", "sealed"]);

interface SourceRecord {
  readonly id: number;
  /** 77 is refused by the table; `null` is a record that cannot be read. */
  readonly n: number | null;
}

const records = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: 9 }),
    n: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 0, max: 50 }) },
      { weight: 1, arbitrary: fc.constantFrom(77, null) },
    ),
  }),
  { minLength: 1, maxLength: 30, size: "max" },
);

type Spelling = "csv" | "ndjson" | "jsonl";

const SPELLINGS: Readonly<Record<Spelling, (list: readonly SourceRecord[]) => string>> = {
  csv: (list) =>
    `id,n,hist\n${list.map(({ id, n }) => (n === null ? `${id},0,0,0\n` : `${id},${n},${n}\n`)).join("")}`,
  ndjson: (list) => list.map(lineOf).join(""),
  // Lines whose names come in another order are found in another way than those that are all alike.
  jsonl: (list) =>
    list
      .map(({ id, n }, at) =>
        n === null || at % 2 === 0 ? lineOf({ id, n }) : `{"n":${n},"id":${id},"hist":"${n}"}\n`,
      )
      .join(""),
};

function lineOf({ id, n }: SourceRecord): string {
  return n === null ? `{"id":${id}\n` : `{"id":${id},"n":${n},"hist":"${n}"}\n`;
}

const source = fc.record({
  format: fc.constantFrom<Spelling>("csv", "ndjson", "jsonl"),
  files: fc.array(records, { minLength: 1, maxLength: 2 }),
  endsInLine: fc.boolean(),
});

/** How one run writes, and where it is stopped; a run that never comes there goes through. */
function runsOf({
  rowSources,
  name,
}: Engine): fc.Arbitrary<{ flags: string[]; at: FailPoint; nth: number }[]> {
  const flags = fc
    .record({
      commit: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 1, max: 8 }).map(String) },
        { weight: 1, arbitrary: fc.constant("end") },
      ),
      batch: fc.integer({ min: 1, max: 8 }),
      rowSource: fc.constantFrom("auto", ...rowSources),
      strategy: fc.constantFrom("auto", "native", "select-then-write"),
      writers: fc.constantFrom(1, 1, 2, 3),
    })
    .map(({ commit, batch, rowSource, strategy, writers }) => [
      "--commit",
      commit,
      "-b",
      String(batch),
      ...(rowSource === "auto" ? [] : ["--row-source", rowSource]),
      ...(strategy === "auto" ? [] : ["--strategy", strategy]),
      ...(commit === "end" ? [] : ["--writers", String(writers)]),
    ]);
  const at = fc.constantFrom(...STOPS.filter((each) => name === "postgres" || !SHARED.has(each)));
  const run = fc.record({ flags, at, nth: fc.integer({ min: 1, max: 3 }) });
  return fc.array(run, { minLength: 1, maxLength: 5, size: "max" });
}

/** A run that is stopped at the n-th time that it passes a moment. */
async function stopped(
  run: () => Promise<Ran>,
  { at, nth }: { readonly at: FailPoint; readonly nth: number },
): Promise<Ran> {
  let seen = 0;
  onFailPoint((point) => {
    if (point === at && (seen += 1) >= nth) throw new Error(`stopped at ${at}`);
  });
  try {
    return await run();
  } finally {
    onFailPoint(null);
  }
}

/** What a job has come to. */
async function outcome(shell: JobShell, name: string, { report }: Ran): Promise<unknown> {
  const rejects = [`${name}.rejects.${name.endsWith("csv") ? "csv" : "ndjson"}`].flatMap((file) => [
    shell.read(file),
    // A message may name the table that the rows were staged in.
    shell.read(`${file}.jsonl`)?.replaceAll(/"(?:source|message)":".*?(?<!\\)"/g, ""),
  ]);
  const isLoaded = (report.job?.alreadyLoadedAt ?? null) !== null;
  const counts = isLoaded ? report.job?.earlier : report.counts;
  return { counts, table: await shell.table(), rejects };
}

/** A database with the table, and the source in its folder. */
async function opened(
  engine: Engine,
  database: TestDatabase,
  files: Readonly<Record<string, string>>,
): Promise<JobShell> {
  const shell = await JobShell.open(engine, database);
  for (const [name, text] of Object.entries(files)) shell.write(name, text);
  return shell;
}

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("a job that is stopped anywhere and run again ends like an undisturbed one", async () => {
    let stops = 0;
    const check = fc.asyncProperty(source, runsOf(engine), async (input, runs) => {
      const texts = input.files.map(SPELLINGS[input.format]);
      if (!input.endsInLine) texts.push((texts.pop() ?? "").trimEnd());
      const names = texts.map((_, at) => `${at + 1}.${input.format}`);
      const files = Object.fromEntries(texts.map((text, at) => [names[at] ?? "", text]));
      const into = ["--job", "j", "--max-rejects", "99"];

      const quiet = await opened(engine, database, files);
      const once = await quiet.bare([...names, ...into, ...quiet.flags, "--commit", "end"]);
      expect([0, 3], once.stderr).toContain(once.exit);
      const expected = await outcome(quiet, names[0] ?? "", once);

      const shell = await opened(engine, database, files);
      for (const { flags, ...stop } of [
        ...runs,
        { flags: ["--commit", "3"], at: STOPS[0], nth: 99 },
      ]) {
        const command = [...names, ...into, ...shell.flags, ...flags];
        const ran = await stopped(() => shell.bare(command), {
          at: stop.at ?? "row-locked",
          nth: stop.nth,
        });
        if (ran.exit === 1) stops += 1;
        else expect(ran.exit, `${command.join(" ")}\n${ran.stderr}`).toBe(once.exit);
      }
      const last = await shell.bare([...names, ...into, ...shell.flags, "--commit", "2"]);
      expect(last.report.job?.alreadyLoadedAt, last.stderr).not.toBeNull();
      expect(await outcome(shell, names[0] ?? "", last)).toEqual(expected);
    });
    await fc.assert(check, { numRuns: RUNS });
    // A few loads may all come to their end.
    if (RUNS >= 10) expect(stops).toBeGreaterThan(0);
  });
});
