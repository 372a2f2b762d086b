/** Outputs that cannot be written: the load is what it is, and the exit code tells what was lost. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { BIN, spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { INTO_ORDERS, ORDERS, orders, shop } from "../cli/shop.ts";

const BAD = "id,item,amount\n1,tea,3\n2,pot,0\n3,cup,6\n";
const KEPT = "the load itself is done and was kept";
const NEW_ROWS = [
  [1, "tea", 2],
  [2, "pot", 1],
  [3, "cup", 6],
];

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `upsurge ARGS` in a shell, followed by `redirection` and after `before`. */
function shell(
  cwd: string,
  args: readonly string[],
  { redirection = "", before = "" }: { readonly redirection?: string; readonly before?: string },
): Ran {
  const command = `${before} exec "${process.execPath}" "${BIN}" "$@" ${redirection}`;
  return spawnSync("bash", ["-c", command, "bash", ...args], { cwd, encoding: "utf8" });
}

const hasFull = existsSync("/dev/full");

/** How an output is lost. */
const LOST = [
  ["closed by its reader", null, []],
  ["closed by its reader, with --json", null, ["--json"]],
  ...(hasFull
    ? ([
        ["full", ">/dev/full", []],
        ["full, with --json", ">/dev/full", ["--json"]],
      ] as const)
    : []),
] as const;

async function withLost(
  cwd: string,
  args: readonly string[],
  redirection: string | null,
): Promise<Pick<Ran, "status" | "stderr">> {
  if (redirection !== null) return shell(cwd, args, { redirection });
  const { child, ended } = spawnUpsurge(args, cwd);
  child.stdout.destroy();
  const { exitCode: status, stderr } = await ended;
  return { status, stderr };
}

test.each(LOST)("stdout %s: the load is kept, and the loss is told", async (_, how, flags) => {
  const cwd = shop();

  const { status, stderr } = await withLost(cwd, ["orders.csv", ...INTO_ORDERS, ...flags], how);

  expect(stderr).toMatch(/^error: cannot write standard output {2}OUTPUT_FILE$/m);
  expect(stderr).toMatch(new RegExp(`^cause: .*(EPIPE|ENOSPC).*nobody got it; ${KEPT}$`, "m"));
  expect(status).toBe(6);
  expect(orders(cwd)).toEqual(NEW_ROWS);
});

test.each(LOST.filter((_, at) => at === 0 || at === 3))(
  "stdout %s: a load that fails keeps its own exit code",
  async (_, how, flags) => {
    const cwd = shop({ "orders.csv": BAD });

    const { status, stderr } = await withLost(cwd, ["orders.csv", ...INTO_ORDERS, ...flags], how);

    expect(stderr).toContain("REJECT_LIMIT");
    expect(stderr).not.toContain(KEPT);
    expect(status).toBe(4);
    expect(orders(cwd)).toEqual([[1, "tea", 2]]);
  },
);

test("a stdout that nothing was asked of may be closed", async () => {
  const cwd = shop();

  const ran = await withLost(cwd, ["orders.csv", ...INTO_ORDERS, "--quiet"], null);

  expect(ran).toEqual({ status: 0, stderr: "" });
});

test("a dry run whose result is lost does not claim to be kept", async () => {
  const cwd = shop();

  const { status, stderr } = await withLost(cwd, ["orders.csv", ...INTO_ORDERS, "-n"], null);

  expect(stderr).toContain("OUTPUT_FILE");
  expect(stderr).not.toContain(KEPT);
  expect(status).toBe(6);
});

test.runIf(hasFull)("stdout and report full: both are told, the load is kept", () => {
  const cwd = shop();
  const args = ["orders.csv", ...INTO_ORDERS, "--report", "/dev/full"];

  const { status, stderr } = shell(cwd, args, { redirection: ">/dev/full" });

  expect(stderr).toContain("error: cannot write standard output  OUTPUT_FILE");
  expect(stderr).toContain("error: cannot write /dev/full  OUTPUT_FILE");
  expect(stderr.split(KEPT)).toHaveLength(3);
  expect(status).toBe(6);
  expect(orders(cwd)).toEqual(NEW_ROWS);
});

const BLIND: readonly (readonly [string, string])[] = [
  ["closed", "2>&-"],
  ["full", "2>/dev/full"],
];

test.each(BLIND.filter(([name]) => name !== "full" || hasFull))(
  "a stderr that is %s stops no load, and hides no exit code",
  (_, redirection) => {
    const [good, bad] = [shop(), shop({ "orders.csv": BAD })];
    const args = ["orders.csv", ...INTO_ORDERS, "--log-level", "debug", "--progress", "bar"];

    const kept = shell(good, args, { redirection });
    const failed = shell(bad, args, { redirection });

    expect([kept.status, failed.status]).toEqual([0, 4]);
    expect(kept.stdout).toMatch(/^loaded 3 records/);
    expect(orders(good)).toEqual(NEW_ROWS);
    expect(orders(bad)).toEqual([[1, "tea", 2]]);
  },
);

test("a stderr whose reader went away stops no load", async () => {
  const cwd = shop();
  const args = ["orders.csv", ...INTO_ORDERS, "--log-level", "debug"];
  const { child, ended } = spawnUpsurge(args, cwd);
  child.stderr.destroy();

  const { exitCode, stdout } = await ended;

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^loaded 3 records/);
});

/** Good records, then so many bad ones that their reject file grows past any small disk. */
const MANY = `id,item,amount\n${Array.from({ length: 5000 }, (_, at) => {
  return `${at + 10},${"x".repeat(20)},${at < 1000 ? 1 : 0}\n`;
}).join("")}`;
const ALLOWED = [...INTO_ORDERS, "--max-rejects", "5000", "--json"];

/** Checks a load of `MANY` whose reject file could not grow. */
function expectRolledBack(cwd: string, { status, stdout, stderr }: Ran, reason: string): void {
  const report = JSON.parse(stdout);
  expect(stderr).toMatch(/^error: cannot write .*bad\.csv(\.jsonl)? {2}REJECT_FILE$/m);
  expect(stderr).toMatch(new RegExp(`^cause: .*${reason}`, "m"));
  expect(stderr).toMatch(/^fix: {3}make room for it/m);
  expect(status).toBe(6);
  expect(report).toMatchObject({ status: "failed", exit: 6 });
  // The row that was there, and what the report says is kept.
  expect(orders(cwd)).toHaveLength(1 + report.counts.inserted);
}

/** A file system of 64 kB; skips the test where none may be mounted. */
function smallDisk(skip: (note: string) => never): string {
  const path = tempDir();
  try {
    const mount = ["-t", "tmpfs", "-o", "size=64k", "none", path];
    execFileSync("mount", mount, { stdio: "ignore" });
  } catch {
    return skip("only root may mount a small disk");
  }
  onTestFinished(() => void execFileSync("umount", [path]));
  return path;
}

test("a disk that is full at a reject undoes the load", ({ skip }) => {
  const disk = smallDisk(skip);
  const cwd = shop({ "many.csv": MANY });
  const args = ["many.csv", ...ALLOWED, "--reject-file", join(disk, "bad.csv")];

  const ran = shell(cwd, args, {});

  expectRolledBack(cwd, ran, "ENOSPC");
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
  // What the fix says: make room, and run the same command.
  expect(readdirSync(disk)).toEqual([]);
  execFileSync("mount", ["-o", "remount,size=4m", disk]);
  const again = shell(cwd, args, {});
  expect(again.status, again.stderr).toBe(3);
  expect(readFileSync(join(disk, "bad.csv"), "utf8").split("\n")).toHaveLength(4002);
});

test("with --commit N it undoes the part of the reject, and what is committed stays", ({
  skip,
}) => {
  const disk = smallDisk(skip);
  const cwd = shop({ "many.csv": MANY });
  const args = ["many.csv", ...ALLOWED, "--commit", "100", "-b", "50"];

  const ran = shell(cwd, [...args, "--reject-file", join(disk, "bad.csv")], {});

  expectRolledBack(cwd, ran, "ENOSPC");
  expect(orders(cwd)).toHaveLength(1001);
});

test("a limit on the size of files is met in the same way", () => {
  const cwd = shop({ "many.csv": MANY });
  const args = ["many.csv", ...ALLOWED, "--reject-file", "bad.csv"];

  const ran = shell(cwd, args, { before: "ulimit -f 96;" });

  expectRolledBack(cwd, ran, "EFBIG");
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test("one that is met by the header of a reject file leaves no file in the way of the next load", () => {
  const wide = "w".repeat(5000);
  const cwd = shop({ "wide.csv": `id,item,amount,${wide}\n2,pot,1,\n3,cup,0,\n` });
  const args = ["wide.csv", ...ALLOWED, "--extra-fields", "ignore", "--reject-file", "bad.csv"];

  expectRolledBack(cwd, shell(cwd, args, { before: "ulimit -f 2;" }), "EFBIG");
  expect(readdirSync(cwd).toSorted()).toEqual(["shop.db", "wide.csv"]);

  const ran = shell(cwd, args, {});
  expect(ran.status, ran.stderr).toBe(3);
  expect(readFileSync(join(cwd, "bad.csv"), "utf8")).toBe(`id,item,amount,${wide}\n3,cup,0,\n`);
});

test("a disk that is full at the report keeps the load", ({ skip }) => {
  const disk = smallDisk(skip);
  execFileSync("sh", ["-c", `head -c 65536 /dev/zero > "${disk}/ballast"`]);
  const cwd = shop({ "orders.csv": ORDERS });
  const args = ["orders.csv", ...INTO_ORDERS, "--report", join(disk, "load.json")];

  const { status, stdout, stderr } = shell(cwd, args, {});

  expect(stderr).toMatch(new RegExp(`^cause: ENOSPC.*; ${KEPT}$`, "m"));
  expect(stdout).toMatch(/^loaded 3 records/);
  expect(status).toBe(6);
  // Half a report is none, and nothing of it is left.
  expect(readdirSync(disk)).toEqual(["ballast"]);
  expect(orders(cwd)).toEqual(NEW_ROWS);
});

test("a report into a pipe that nobody reads stops before the load", async () => {
  const cwd = shop();
  execFileSync("mkfifo", ["out.json"], { cwd });
  const { status, stderr } = shell(cwd, ["orders.csv", ...INTO_ORDERS, "--report", "out.json"], {});
  expect(status).toBe(6);
  expect(stderr).toContain(
    "cannot write out.json  OUTPUT_FILE\ncause: it is a pipe that nobody reads",
  );
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test("a report into a pipe reaches who reads it", () => {
  const cwd = shop();
  execFileSync("mkfifo", ["out.json"], { cwd });
  const before = "cat out.json > copy.json & exec 9>out.json;";
  const args = ["orders.csv", ...INTO_ORDERS, "--report", "out.json", "-q"];
  expect(shell(cwd, args, { before }).status).toBe(0);
  spawnSync("bash", ["-c", "until tail -c 2 copy.json | grep -q '}'; do :; done"], { cwd });
  expect(JSON.parse(readFileSync(join(cwd, "copy.json"), "utf8"))).toMatchObject({
    status: "ok",
    counts: { read: 3 },
  });
});

test("what may open no more files says how to raise the limit, and then does what it was asked", () => {
  const names = Array.from({ length: 60 }, (_, at) => `t${at}`);
  const cwd = tempDir();
  mkdirSync(join(cwd, "seeds"));
  for (const name of names) writeFileSync(join(cwd, `seeds/${name}.csv`), "id\n1\n");
  const database = new Sqlite(join(cwd, "x.db"));
  for (const name of names) database.exec(`create table ${name} (id integer primary key)`);
  database.close();
  const asked = [
    ["run", "seeds", "--to", "x.db", "--max-rejects", "5"],
    ["split", "seeds/t0.csv", "--key", "id", "--shards", "60", "--out", "pieces"],
  ];
  for (const args of asked) {
    const stopped = shell(cwd, args, { before: "ulimit -n 50;" });
    expect(stopped.stderr).toMatch(/^cause: EMFILE: too many open files/m);
    expect(stopped.stderr).toContain("fix:   raise the limit of open files, for example with `ul");
    expect(stopped.status).toBe(6);

    const again = shell(cwd, args, {});
    expect(again.status, again.stderr).toBe(0);
  }
});
