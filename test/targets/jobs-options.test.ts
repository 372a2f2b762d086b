/** What may change between two runs of a job and what may not, how jobs are called, and what each way of loading promises. */
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, historyRule, JobShell, lines } from "../helpers/job-shell.ts";

const FOUR = lines([1, 10], [2, 20], [3, 30], [4, 40]);
const BAD = "5,77,77\n";
const INPUT = HEADER + FOUR + BAD + lines([1, 60], [6, 60], [7, 70], [1, 80]);
const CORRECTED = INPUT.replace(BAD, "5,50,50\n");
const TABLE = ["1:10,60,80", "2:20", "3:30", "4:40", "5:50", "6:60", "7:70"];

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = async (input = INPUT): Promise<JobShell> => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", input);
    return shell;
  };

  promises(open);
  jobNames(open);

  const OTHERS: readonly (readonly string[])[] = [
    ["--mode", "insert"],
    ["--key", "id", "--ignore"],
    ["--key", "id"],
    ["--key", "id", "--set", historyRule(engine), "--update-where", "excluded.n > 0"],
    ["--key", "id", "--set", "n = target.n + 1"],
    ["--key", "id", "--set", historyRule(engine), "--null", "30"],
    ["--key", "id", "--set", historyRule(engine), "--limit", "8"],
    ["--key", "id", "--set", historyRule(engine), "--skip-lines", "1", "--columns", "id,n,hist"],
    ["--key", "id", "--set", historyRule(engine), "--map", "n=n", "--map", "n=id"],
    ["--key", "id", "--set", historyRule(engine), "--const", "n=1"],
    ["--key", "id", "--set", historyRule(engine), "--trim"],
    ["--key", "id", "--set", historyRule(engine), "--encoding", "latin1"],
  ];

  test("what gives the bytes another meaning is refused, and named", async () => {
    const shell = await open();
    expect((await shell.load("in.csv --job j")).exit).toBe(4);
    shell.write("in.csv", CORRECTED);
    const before = await shell.image();
    for (const flags of OTHERS) {
      const other = await shell.bare(["in.csv", "--job", "j", "--commit", "2", ...flags]);
      const shown = `${flags.join(" ")}\n${other.stderr}`;
      expect(other.exit, shown).toBe(2);
      expect(other.code, shown).toMatch(/^(?:JOB_OPTIONS|PLAN_\w+|OPTION_\w+)$/);
      if (other.code === "JOB_OPTIONS") expect(other.fix).toContain("the options of its first run");
    }
    await database.exec("create table u (id int not null primary key, n int, hist varchar(2000))");
    const into = ["--to", database.url, "--table", "u", "--json", "-q", "--commit", "2"];
    const elsewhere = await shell.run(["in.csv", "--job", "j", ...into, ...shell.flags]);
    expect(elsewhere.code).toBe("JOB_OPTIONS");
    expect(await shell.image()).toEqual(before);
    expect((await shell.load("in.csv --job j")).exit).toBe(0);
    expect(await shell.table()).toEqual(TABLE);
  });

  test("most of those are told apart by the job", async () => {
    const shell = await open();
    expect((await shell.load("in.csv --job j")).exit).toBe(4);
    const codes: (string | null)[] = [];
    for (const flags of OTHERS) {
      const other = await shell.bare(["in.csv", "--job", "j", "--commit", "2", ...flags]);
      codes.push(other.code);
    }
    expect(codes.filter((code) => code === "JOB_OPTIONS").length).toBeGreaterThanOrEqual(8);
  });

  test("how it is written may change at every run", async () => {
    const rowSources = engine.rowSources.map((source) => ["--row-source", source]);
    const ways: string[][] = [
      ["--commit", "1"],
      ["--commit", "3", "-b", "1"],
      ["--commit", "100"],
      ["--commit", "end"],
      ["--strategy", "native", "--commit", "2"],
      ["--strategy", "select-then-write", "--commit", "2"],
      ...rowSources.map((flags) => [...flags, "--commit", "2", "--max-rejects", "5"]),
      ["--commit", "2", "--writers", "3", "--lock-timeout", "9m", "--retry-timeout", "9m"],
    ];
    for (const [at, first] of ways.entries()) {
      const second = ways[(at + 1) % ways.length] ?? [];
      const shell = await open();
      const stopping = [...first, "--max-rejects", "0"];
      const stopped = await shell.bare(["in.csv", "--job", "j", ...shell.flags, ...stopping]);
      expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "REJECT_LIMIT"]);
      shell.write("in.csv", CORRECTED);
      const went = await shell.bare(["in.csv", "--job", "j", ...shell.flags, ...second]);
      const shown = `${first.join(" ")} then ${second.join(" ")}\n${went.stderr}`;
      expect(went.exit, shown).toBe(0);
      expect(went.report.counts, shown).toMatchObject({ read: 9, inserted: 7, updated: 2 });
      expect(await shell.table(), shown).toEqual(TABLE);
      const again = await shell.bare(["in.csv", "--job", "j", ...shell.flags, ...first]);
      expect(again.report.job?.alreadyLoadedAt, shown).not.toBeNull();
    }
  });
});

/** What a job remembers, and what each way of loading promises. */
function promises(open: (input?: string) => Promise<JobShell>): void {
  test("--limit is the end of the source", async () => {
    const shell = await open();
    const first = await shell.load("in.csv --job j --limit 3");
    expect([first.exit, first.report.counts.read], first.stderr).toEqual([0, 3]);
    const again = await shell.load("in.csv --job j --limit 3");
    expect([again.exit, again.report.job?.resumedAt]).toEqual([0, 3]);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
    expect((await shell.load("in.csv --job j --limit 4")).code).toBe("JOB_OPTIONS");
    // It stops at the bad record within its limit, and goes on.
    expect((await shell.load("in.csv --job k --limit 7")).exit).toBe(4);
    shell.write("in.csv", CORRECTED);
    const went = await shell.load("in.csv --job k --limit 7");
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 7]);
  });

  test("a source that ended before --limit and has grown since is not taken for loaded", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + lines([1, 10], [2, 20]));
    expect((await shell.load("in.csv --job j --limit 3")).exit).toBe(0);
    shell.write("in.csv", HEADER + lines([1, 10], [2, 20], [3, 30], [4, 40]));
    const grown = await shell.load("in.csv --job j --limit 3");
    expect([grown.exit, grown.code], grown.stderr).toEqual([4, "SOURCE_CHANGED"]);
    const went = await shell.load("in.csv --job j --limit 3 --follow-append");
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 3]);
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30"]);
    // The fourth is beyond the limit: there is nothing more to load.
    const again = await shell.load("in.csv --job j --limit 3 --follow-append");
    expect([again.exit, again.report.job?.alreadyLoadedAt]).toEqual([0, expect.any(String)]);
  });

  test.each(["--dry-run", "--check"])("%s remembers nothing", async (flag) => {
    const shell = await open(CORRECTED);
    for (const _ of [1, 2]) {
      const dry = await shell.load(`in.csv --job j ${flag}`);
      expect([0, 3], dry.stderr).toContain(dry.exit);
      expect(dry.report).toMatchObject({ guarantee: "all-or-nothing", job: null, dryRun: true });
      expect(dry.report.counts.read).toBe(9);
    }
    expect((await shell.jobs()).stdout).toContain("has no jobs");
    expect(await shell.table()).toEqual([]);
  });

  test.each([
    [[], "all-or-nothing", null],
    [["--commit", "end"], "all-or-nothing", null],
    [["--commit", "end", "--job", "j"], "exactly-once", "j"],
    [["--job", "j"], "exactly-once", "j"],
    [["--commit", "2"], "exactly-once", "auto-"],
    [["--commit", "2", "--allow-at-least-once"], "at-least-once", null],
  ] as const)("%j promises %s", async (flags, guarantee, name) => {
    const shell = await open(CORRECTED);
    const ran = await shell.bare(["in.csv", ...shell.flags, ...flags]);
    expect([ran.exit, ran.report.guarantee], ran.stderr).toEqual([0, guarantee]);
    if (name === null) expect(ran.report.job).toBeNull();
    else expect(ran.report.job?.name).toContain(name);
    const again = await shell.bare(["in.csv", ...shell.flags, ...flags]);
    expect([again.exit, again.report.guarantee]).toEqual([0, guarantee]);
    const isKept = guarantee === "exactly-once";
    expect((await shell.table())[0]).toBe(isKept ? "1:10,60,80" : "1:10,60,80,10,60,80");
    expect((await shell.jobs()).stdout.includes("done")).toBe(isKept);
  });

  test("--allow-at-least-once starts over, and is not a job's", async () => {
    const shell = await open();
    const flags = [...shell.flags, "--commit", "2", "--allow-at-least-once"];
    expect((await shell.bare(["in.csv", ...flags])).exit).toBe(4);
    shell.write("in.csv", CORRECTED);
    expect((await shell.bare(["in.csv", ...flags])).exit).toBe(0);
    expect((await shell.table())[0]).toBe("1:10,10,60,80");
    expect((await shell.jobs()).stdout).toContain("has no jobs");
    const both = await shell.bare(["in.csv", ...flags, "--job", "j"]);
    expect([both.exit, both.code ?? both.stderr]).toMatchObject([2, /OPTION_CONFLICT/]);
  });
}

/** What a job may be called. */
function jobNames(open: (input?: string) => Promise<JobShell>): void {
  const NAMES = [
    "orders-2026-05",
    "it's",
    'say "hello"; drop table t; --',
    "Größe 日本 🚚",
    "[x] $1 @p1 ? %s \\",
    "x".repeat(200),
    "é".repeat(100),
  ];

  test.each(NAMES)("the name %s", async (name) => {
    const shell = await open();
    expect((await shell.load("in.csv", ["--job", name])).exit).toBe(4);
    shell.write("in.csv", CORRECTED);
    const went = await shell.load("in.csv", ["--job", name]);
    expect([went.exit, went.report.job], went.stderr).toMatchObject([0, { name, resumedAt: 4 }]);
    expect((await shell.load("in.csv", ["--job", name])).report.job?.resumedAt).toBe(9);
    const listed = JSON.parse((await shell.jobs("--json")).stdout);
    expect(listed.jobs.map(({ job }: { job: string }) => job)).toEqual([name]);
    expect((await shell.jobs("--forget", name)).exit).toBe(0);
    expect((await shell.jobs()).stdout).toContain("has no jobs");
  });

  test("names that differ in a letter's case or its accents are two jobs", async () => {
    const shell = await open(CORRECTED);
    for (const [at, name] of ["job", "Job", "jób"].entries()) {
      const ran = await shell.load("in.csv", ["--job", name]);
      expect([ran.exit, ran.report.job?.resumedAt], `${name}\n${ran.stderr}`).toEqual([0, 0]);
      expect((await shell.table())[1]).toBe(`2:20${",20".repeat(at)}`);
    }
  });

  test.each(["", " ", "j ", "x".repeat(201), "a\nb", "a\u0000b"])("no name: %j", async (name) => {
    const shell = await open(CORRECTED);
    const refused = await shell.load("in.csv", ["--job", name]);
    expect(refused.exit, refused.stderr).toBe(2);
    expect(refused.stdout + refused.stderr).toContain("--job");
    expect(await shell.table()).toEqual([]);
  });
}
