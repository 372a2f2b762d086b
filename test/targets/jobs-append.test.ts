/** A source that grows after its job has finished it: refused, or with `--follow-append` only what was added is loaded. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";

const FIRST = HEADER + lines([1, 10], [2, 20], [3, 30]);
const MORE = lines([4, 40], [1, 50]);
const GROWN = ["1:10,50", "2:20", "3:30", "4:40"];

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");
const cr = (text: string): string => text.replaceAll("\n", "\r");
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
const ndjson = (csv: string): string => {
  const [, ...records] = csv.trimEnd().split("\n");
  return records
    .map((line) => {
      const [id, n, hist] = line.split(",");
      return `{"id":${id},"n":${n},"hist":"${hist}"}\n`;
    })
    .join("");
};

interface Growth {
  readonly name: string;
  readonly file: string;
  readonly before: string | Uint8Array;
  readonly after: string | Uint8Array;
}

const whole = (
  name: string,
  file: string,
  spell: (text: string) => string | Uint8Array,
): Growth => ({
  name,
  file,
  before: spell(FIRST),
  after: spell(FIRST + MORE),
});

const GROWTHS: readonly Growth[] = [
  whole("CSV", "in.csv", (text) => text),
  whole("CSV with CRLF", "in.csv", crlf),
  whole("CSV with CR", "in.csv", cr),
  {
    name: "CSV with CR, and an LF behind what was the last of them",
    file: "in.csv",
    before: cr(FIRST),
    after: `${cr(FIRST)}\n${cr(MORE)}`,
  },
  whole("CSV with a byte order mark", "in.csv", (text) => `\uFEFF${text}`),
  whole("CSV in UTF-16", "in.csv", utf16),
  whole("NDJSON", "in.ndjson", ndjson),
  whole("NDJSON with CRLF", "in.ndjson", (text) => crlf(ndjson(text))),
  {
    name: "gzip, by a further member",
    file: "in.csv.gz",
    before: gzipSync(FIRST),
    after: Buffer.concat([gzipSync(FIRST), gzipSync(MORE)]),
  },
  whole("gzip, packed again", "in.csv.gz", (text) => gzipSync(text)),
  {
    name: "a last line whose end came later",
    file: "in.csv",
    before: FIRST.trimEnd(),
    after: FIRST + MORE,
  },
  {
    name: "a last line whose CRLF came later",
    file: "in.csv",
    before: crlf(FIRST).trimEnd(),
    after: crlf(FIRST + MORE),
  },
  {
    name: "a last line of NDJSON whose CR stood there, and its LF came later",
    file: "in.ndjson",
    before: crlf(ndjson(FIRST)).slice(0, -1),
    after: crlf(ndjson(FIRST + MORE)),
  },
  {
    name: "a last line of NDJSON whose end came later",
    file: "in.ndjson",
    before: ndjson(FIRST).trimEnd(),
    after: ndjson(FIRST + MORE),
  },
  {
    name: "a last line of UTF-16 whose end came later",
    file: "in.csv",
    before: utf16(FIRST.trimEnd()),
    after: utf16(FIRST + MORE),
  },
];

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = (): Promise<JobShell> => JobShell.open(engine, database);

  additions(open, database);

  test.each(GROWTHS)("$name", async ({ file, before, after }) => {
    const shell = await open();
    shell.write(file, before);
    expect((await shell.load(`${file} --job j`)).exit).toBe(0);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
    shell.write(file, after);
    const image = await shell.image();
    const refused = await shell.load(`${file} --job j`);
    expect([refused.exit, refused.code]).toEqual([4, "SOURCE_CHANGED"]);
    expect(refused.cause).toContain("records were added since");
    expect(refused.fix).toContain("--follow-append");
    expect(await shell.image()).toEqual(image);

    const followed = await shell.load(`${file} --job j --follow-append`);
    expect(followed.exit, followed.stderr).toBe(0);
    expect(followed.report.job?.resumedAt).toBe(3);
    expect(followed.report.counts).toMatchObject({ read: 5, inserted: 4, updated: 1 });
    expect(await shell.table()).toEqual(GROWN);
    const done = await shell.image();
    for (const more of [[], ["--follow-append"]]) {
      const again = await shell.load(`${file} --job j`, more);
      expect([again.exit, again.report.job?.resumedAt], again.stderr).toEqual([0, 5]);
    }
    expect(await shell.image()).toEqual(done);
  });

  test.each([
    ["CSV", "in.csv", FIRST.trimEnd(), `${FIRST.trimEnd()}0\n${MORE}`],
    ["CSV in UTF-16", "in.csv", utf16(FIRST.trimEnd()), utf16(`${FIRST.trimEnd()}0\n${MORE}`)],
    ["CSV, by a field", "in.csv", FIRST.trimEnd(), `${FIRST.trimEnd()},1\n${MORE}`],
    ["NDJSON", "in.ndjson", ndjson(FIRST).trimEnd(), `${ndjson(FIRST).trimEnd()} x\n`],
    ["NDJSON, by one byte", "in.ndjson", ndjson(FIRST).trimEnd(), `${ndjson(FIRST).trimEnd()}x`],
    [
      "NDJSON in UTF-16",
      "in.ndjson",
      utf16(ndjson(FIRST).trimEnd()),
      utf16(`${ndjson(FIRST).trimEnd()}x\n`),
    ],
  ])("a last record that went on is refused: %s", async (_, file, before, after) => {
    const shell = await open();
    shell.write(file, before);
    expect((await shell.load(`${file} --job j`)).exit).toBe(0);
    const image = await shell.image();
    shell.write(file, after);
    for (const more of [[], ["--follow-append"]]) {
      const refused = await shell.load(`${file} --job j`, more);
      expect([refused.exit, refused.code]).toEqual([4, "SOURCE_CHANGED"]);
      expect(refused.cause).toContain("its last record, which had no end of line");
      expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
    }
    expect(((await shell.image()) as unknown[])[0]).toEqual((image as unknown[])[0]);
  });

  test("a CR at the very end of CSV is a part of its field, and none any more once its LF has come", async () => {
    const shell = await open();
    shell.write("in.csv", crlf(FIRST).slice(0, -1));
    expect((await shell.load("in.csv --job j")).exit).toBe(0);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30\r"]);
    shell.write("in.csv", crlf(FIRST));
    expect((await shell.load("in.csv --job j")).code).toBe("SOURCE_CHANGED");
  });

  test("a last record of NDJSON that was cut off, rejected, and is whole now, is refused", async () => {
    const shell = await open();
    const all = ndjson(FIRST);
    shell.write("in.ndjson", all.slice(0, -9));
    const cut = await shell.load("in.ndjson --job j --max-rejects 1");
    expect([cut.exit, cut.report.counts]).toMatchObject([3, { read: 3, rejected: 1 }]);
    shell.write("in.ndjson", all);
    const refused = await shell.load("in.ndjson --job j --max-rejects 1");
    expect([refused.exit, refused.code]).toEqual([4, "SOURCE_CHANGED"]);
  });

  test("NDJSON that has as many records in fewer bytes is another source", async () => {
    const shell = await open();
    shell.write("in.ndjson", ndjson(FIRST));
    expect((await shell.load("in.ndjson --job j")).exit).toBe(0);
    shell.write("in.ndjson", '{"id":1}\n{"id":2}\n{"id":3}\n');
    const refused = await shell.load("in.ndjson --job j");
    expect([refused.exit, refused.code], refused.stderr).toEqual([4, "SOURCE_CHANGED"]);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
  });
});

/** What counts as added, and where it stops. */
function additions(open: () => Promise<JobShell>, database: TestDatabase): void {
  test("a record that cannot be read is one that was added", async () => {
    const shell = await open();
    shell.write("in.csv", FIRST);
    const job = "in.csv --job j --max-rejects 1";
    expect((await shell.load(job)).exit).toBe(0);
    shell.write("in.csv", `${FIRST}4,40,a,surplus\n`);
    const refused = await shell.load(job);
    expect([refused.exit, refused.code], refused.stderr).toEqual([4, "SOURCE_CHANGED"]);
    const followed = await shell.load(job, ["--follow-append"]);
    expect([followed.exit, followed.report.counts.rejected], followed.stderr).toEqual([3, 1]);
  });

  test("an end of line alone, and blank lines, are nothing that was added", async () => {
    const shell = await open();
    shell.write("in.csv", FIRST.trimEnd());
    expect((await shell.load("in.csv --job j")).exit).toBe(0);
    const image = await shell.image();
    for (const end of ["\n", "\r\n", "\n\n\n"]) {
      shell.write("in.csv", FIRST.trimEnd() + end);
      for (const more of [[], ["--follow-append"]]) {
        const same = await shell.load("in.csv --job j", more);
        expect([same.exit, same.report.job?.resumedAt], same.stderr).toEqual([0, 3]);
      }
    }
    expect(await shell.image()).toEqual(image);
  });

  test("a CSV of one column, where a blank line is a record", async () => {
    const shell = await open();
    await database.exec("create table one (word varchar(20))");
    const args = [
      "in.csv",
      "--mode",
      "insert",
      "--job",
      "j",
      "--commit",
      "1",
      "--keep-empty",
      "word",
    ];
    const run = (...more: string[]): ReturnType<JobShell["run"]> =>
      shell.run([...args, "--to", database.url, "--table", "one", "--json", "-q", ...more]);
    const words = async (): Promise<unknown> =>
      (await database.rows("select word from one order by word")).map(([word]) => word);
    shell.write("in.csv", "word\na");
    expect((await run()).report.counts.read).toBe(1);
    shell.write("in.csv", "word\na\n");
    expect(await run()).toMatchObject({ exit: 0, report: { job: { resumedAt: 1 } } });
    shell.write("in.csv", "word\na\n\nb\n");
    expect((await run()).code).toBe("SOURCE_CHANGED");
    const followed = await run("--follow-append");
    expect(followed.exit, followed.stderr).toBe(0);
    const fresh = await run("--reset-job", "--dry-run");
    const added = fresh.report.counts.read - 1;
    expect(followed.report.counts.read).toBe(1 + added);
    expect(await words()).toHaveLength(1 + added);
  });

  test("standard input, piped again", async () => {
    const shell = await open();
    const bad = "4,77,77\n";
    const stopped = await shell.load("- --job j", [], FIRST + bad);
    expect([stopped.exit, stopped.report.counts.read]).toEqual([4, 2]);
    const went = await shell.load("- --job j", [], FIRST);
    expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, 2]);
    const again = await shell.load("- --job j", [], FIRST);
    expect([again.exit, again.report.job?.resumedAt]).toEqual([0, 3]);
    expect((await shell.load("- --job j", [], FIRST + MORE)).code).toBe("SOURCE_CHANGED");
    const followed = await shell.load("- --job j --follow-append", [], FIRST + MORE);
    expect([followed.exit, followed.report.job?.resumedAt], followed.stderr).toEqual([0, 3]);
    expect(await shell.table()).toEqual(GROWN);
  });

  test("what was added stops at a bad record and goes on", async () => {
    const shell = await open();
    shell.write("in.csv", FIRST);
    expect((await shell.load("in.csv --job j")).exit).toBe(0);
    shell.write("in.csv", `${FIRST}${MORE}${lines([6, 60])}7,77,77\n`);
    const stopped = await shell.load("in.csv --job j --follow-append");
    expect([stopped.exit, stopped.report.counts.read]).toEqual([4, 5]);
    // It runs again, and what a running source gains is its own.
    shell.write("in.csv", `${FIRST}${MORE}${lines([6, 60], [7, 70], [1, 80])}`);
    const went = await shell.load("in.csv --job j");
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 8]);
    expect(await shell.table()).toEqual(["1:10,50,80", "2:20", "3:30", "4:40", "6:60", "7:70"]);
  });
}
