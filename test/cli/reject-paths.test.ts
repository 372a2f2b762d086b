/** Reject files are new files of their own, private, where they are said to be: nothing that stands there can send them elsewhere. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const BAD = "id,item,amount\n2,pot,-1\n3,cup,6\n";
const LOAD = ["bad.csv", ...INTO_ORDERS, "--max-rejects", "1"];
const FILE = "bad.csv.rejects.csv";
const REPORT = `${FILE}.jsonl`;

/** A folder with a source, a bystander, and another folder. */
function folder(): string {
  const cwd = shop({ "bad.csv": BAD, "mine.txt": "mine" });
  mkdirSync(join(cwd, "other"));
  return cwd;
}

/** What may stand where a reject file should be. */
const OBSTACLES: Readonly<Record<string, (path: string, cwd: string) => void>> = {
  "a file": (path) => writeFileSync(path, "mine"),
  "an empty file": (path) => writeFileSync(path, ""),
  "a link to a file": (path) => symlinkSync("mine.txt", path),
  "a link to nothing": (path) => symlinkSync("new.txt", path),
  "a link to a folder": (path) => symlinkSync("other", path),
  "a link to a device": (path) => symlinkSync("/dev/full", path),
  "another name of a file": (path, cwd) => linkSync(join(cwd, "mine.txt"), path),
  "a folder": (path) => mkdirSync(path),
  "a pipe that nobody reads": (path) => {
    expect(spawnSync("mkfifo", [path]).status).toBe(0);
  },
};

describe.each([
  ["the reject file", FILE],
  ["its report", REPORT],
])("where %s should be", (_, name) => {
  test.each(Object.entries(OBSTACLES))("%s stops the load", async (_title, place) => {
    const cwd = folder();
    place(join(cwd, name), cwd);
    const before = lstatSync(join(cwd, name));
    const names = readdirSync(cwd);

    const { exitCode, stderr } = await runUpsurge(LOAD, { cwd });

    expect(stderr).toContain(`cannot write ${name}  REJECT_FILE`);
    expect(exitCode).toBe(6);
    const { ino, size, mode, mtimeMs } = lstatSync(join(cwd, name));
    expect([ino, size, mode, mtimeMs]).toEqual([
      before.ino,
      before.size,
      before.mode,
      before.mtimeMs,
    ]);
    expect(readdirSync(cwd)).toEqual(names);
    expect(readFileSync(join(cwd, "mine.txt"), "utf8")).toBe("mine");
    expect(orders(cwd)).toEqual([[1, "tea", 2]]);
  });
});

test.each(["/dev/full", "/dev/null", "/dev/stdout"])("%s is no reject file", async (device) => {
  const { exitCode, stderr } = await runUpsurge([...LOAD, "--reject-file", device], {
    cwd: folder(),
  });

  expect(stderr).toContain(`cannot write ${device}  REJECT_FILE`);
  expect(exitCode).toBe(6);
});

test.each([0o000, 0o022, 0o077])("they are private under the umask %o", async (umask) => {
  const before = process.umask(umask);
  onTestFinished(() => void process.umask(before));
  const cwd = folder();

  expect((await runUpsurge(LOAD, { cwd })).exitCode).toBe(3);
  for (const name of [FILE, REPORT]) expect(statSync(join(cwd, name)).mode & 0o777).toBe(0o600);
});

test("a path of the user's may lead anywhere", async () => {
  const cwd = folder();
  const args = [...LOAD, "--reject-file", "other/../other/../kept.csv"];

  expect((await runUpsurge(args, { cwd })).exitCode).toBe(3);
  expect(readFileSync(join(cwd, "kept.csv"), "utf8")).toBe("id,item,amount\n2,pot,-1\n");
});

test("they are beside the source as it was named, not beside what its name leads to", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "other", "real.csv"), BAD);
  symlinkSync(join("other", "real.csv"), join(cwd, "link.csv"));

  expect((await runUpsurge(["link.csv", ...LOAD.slice(1)], { cwd })).exitCode).toBe(3);
  expect(existsSync(join(cwd, "link.csv.rejects.csv"))).toBe(true);
  expect(readdirSync(join(cwd, "other"))).toEqual(["real.csv"]);
  expect(readlinkSync(join(cwd, "link.csv"))).toBe(join("other", "real.csv"));
});

test("a source of standard input has them in the working directory", async () => {
  const cwd = folder();

  expect((await runUpsurge(["-", ...LOAD.slice(1)], { cwd, stdin: BAD })).exitCode).toBe(3);
  expect(readdirSync(cwd)).toContain("stdin.rejects.csv");
});

test.each(["--dry-run", "--check"])("%s leaves none that nobody has named", async (flag) => {
  const cwd = folder();
  const names = readdirSync(cwd);

  expect((await runUpsurge([...LOAD, flag], { cwd })).exitCode).toBe(3);
  expect(readdirSync(cwd)).toEqual(names);
  const named = [...LOAD, flag, "--reject-file", "named.csv"];
  expect((await runUpsurge(named, { cwd })).exitCode).toBe(3);
  expect(readdirSync(cwd)).toEqual([...names, "named.csv", "named.csv.jsonl"].toSorted());
});
