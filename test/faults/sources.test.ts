/** Sources that cannot be read, or not to their end: told with the right code, and nothing past the fault is kept. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openSource } from "../../src/sources/open-source.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { attempt, csv, numbers } from "../helpers/stream-load.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "../cli/shop.ts";
import { DEFAULTS } from "../unit/read/support.ts";

const [sqlite] = ENGINES.filter(({ name }) => name === "sqlite");
if (sqlite === undefined) throw new Error("there is no engine sqlite");

const UNTOUCHED = [[1, "tea", 2]];

/** A load of `source` into the shop, and what it said. */
async function loadInto(cwd: string, sources: readonly string[]): Promise<[number, string]> {
  const args = [...sources, ...INTO_ORDERS, "--json"];
  const { exitCode, stdout } = await runUpsurge(args, { cwd });
  return [exitCode, JSON.parse(stdout).error?.code];
}

describe("a source that cannot be opened", () => {
  test.each([
    ["that is not there", ["nowhere.csv"], "SOURCE_NOT_FOUND"],
    ["below a file", ["orders.csv/a.csv"], "SOURCE_NOT_FOUND"],
    ["that is a directory", ["folder"], "SOURCE_IS_DIRECTORY"],
    ["that is a directory, behind a good one", ["orders.csv", "folder"], "SOURCE_IS_DIRECTORY"],
    ["that no pattern matches", ["*.ndjson"], "SOURCE_NOT_FOUND"],
  ])("%s", async (_, sources, code) => {
    const cwd = shop();
    mkdirSync(join(cwd, "folder"));

    expect(await loadInto(cwd, sources)).toEqual([6, code]);
    expect(orders(cwd)).toEqual(UNTOUCHED);
  });

  test("without the permission", async ({ skip }) => {
    if (process.getuid?.() === 0) skip("root may read everything");
    const cwd = shop();
    chmodSync(join(cwd, "orders.csv"), 0o000);

    expect(await loadInto(cwd, ["orders.csv"])).toEqual([6, "SOURCE_UNREADABLE"]);
    expect(orders(cwd)).toEqual(UNTOUCHED);
  });

  test("in a folder that may not be read, which a pattern looks into", async ({ skip }) => {
    if (process.getuid?.() === 0) skip("root may read everything");
    const cwd = shop();
    for (const folder of ["in/a", "in/b"]) mkdirSync(join(cwd, folder), { recursive: true });
    for (const file of ["in/a/o.csv", "in/b/o.csv"])
      writeFileSync(join(cwd, file), "id,item\n9,cup\n");
    chmodSync(join(cwd, "in/b"), 0o000);

    expect(await loadInto(cwd, ["in/*/o.csv"])).toEqual([6, "SOURCE_UNREADABLE"]);
    expect(orders(cwd)).toEqual(UNTOUCHED);
    expect(await loadInto(cwd, ["in/a/*.csv"])).toEqual([0, undefined]);
    chmodSync(join(cwd, "in/b"), 0o755);
  });

  test("behind a link that leads nowhere, where a pattern means the link", async () => {
    const cwd = shop();
    mkdirSync(join(cwd, "in"));
    writeFileSync(join(cwd, "in/a.csv"), "id,item\n9,cup\n");
    for (const link of ["in/b.csv", "in/b.txt"]) symlinkSync("nowhere", join(cwd, link));

    expect(await loadInto(cwd, ["in/*.csv"])).toEqual([6, "SOURCE_NOT_FOUND"]);
    expect(orders(cwd)).toEqual(UNTOUCHED);
    expect(await loadInto(cwd, ["in/a*.csv"])).toEqual([0, undefined]);
  });

  // Its first bytes belong to no memory of a process: EIO.
  test.runIf(existsSync("/proc/self/mem"))("that gives EIO", async () => {
    const cwd = shop();

    expect(await loadInto(cwd, ["/proc/self/mem"])).toEqual([6, "SOURCE_UNREADABLE"]);
    expect(await loadInto(cwd, ["orders.csv", "/proc/self/mem"])).toEqual([6, "SOURCE_UNREADABLE"]);
    expect(orders(cwd)).toEqual(UNTOUCHED);
  });
});

/** Makes every read of a file after the first `good` ones fail as a bad disk does. */
async function breakReads(good: number): Promise<void> {
  const probe = await open(process.execPath);
  await probe.close();
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  const read: FileHandle["read"] = Reflect.get(prototype, "read");
  let reads = 0;
  const spy = vi.spyOn(prototype, "read").mockImplementation(function (this: FileHandle, ...args) {
    reads += 1;
    if (reads <= good) return Reflect.apply(read, this, args);
    return Promise.reject(Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }));
  } as FileHandle["read"]);
  onTestFinished(() => spy.mockRestore());
}

describe("a source that breaks in the middle", () => {
  const database = useDatabase(sqlite);
  const input = csv(200_000);

  test.each([
    ["plain", ["--commit", "500", "-b", "250"]],
    ["in one transaction", []],
  ])("by EIO, %s", async (_, flags) => {
    await breakReads(3);
    const tried = await attempt(database, { files: { "in.csv": input } }, flags);

    expect(tried, tried.output).toMatchObject({ exit: 6, code: "SOURCE_UNREADABLE" });
    expect(tried.output).toContain("EIO: i/o error");
    expect(tried.keys).toEqual(numbers(flags.length === 0 ? 0 : tried.read));
    // What came before the fault was used, and no record that is cut.
    if (flags.length > 0) expect(tried.read).toBeGreaterThan(10_000);
  });

  test("by a file that becomes shorter while it is read", async () => {
    const folder = tempDir({ "in.csv": csv(100_000) });
    const path = join(folder, "in.csv");
    const source = await openSource(path, { ...DEFAULTS, format: "csv" });
    const read = async (): Promise<number> => {
      let records = 0;
      for await (const chunk of source.chunks()) {
        if (records === 0) truncateSync(path, 600_000);
        records += chunk.packed?.records ?? chunk.records.length;
      }
      return records;
    };

    await expect(read()).rejects.toMatchObject({
      code: "SOURCE_CORRUPT",
      why: expect.stringContaining("it had 988,896 bytes when it was opened and has 600,000 now"),
    });
  });

  test("not by a file that grows", async () => {
    const folder = tempDir({ "in.csv": csv(10) });
    const path = join(folder, "in.csv");
    const source = await openSource(path, DEFAULTS);
    const more = await open(path, "a");
    await more.write("10,1,x\n");
    await more.close();
    let records = 0;
    for await (const chunk of source.chunks()) {
      records += chunk.packed?.records ?? chunk.records.length;
    }

    expect([10, 11]).toContain(records);
  });
});

describe("a producer that dies", () => {
  /** A load of a FIFO or of standard input whose writer is killed in the middle of a record. */
  async function killed(
    way: "fifo" | "stdin",
    flags: readonly string[],
  ): Promise<{ readonly cwd: string; readonly exit: number | null; readonly report: Report }> {
    const cwd = shop({});
    const script = "printf 'id,item\\n2,jam\\n3,hon'; kill -9 $$";
    if (way === "fifo") execFileSync("mkfifo", [join(cwd, "pipe")]);
    const source = way === "fifo" ? "pipe" : "-";
    const args = [source, "--format", "csv", ...INTO_ORDERS, "--json", ...flags];
    const { child, ended } = spawnUpsurge(args, cwd);
    if (way === "fifo") spawn("sh", ["-c", `exec >pipe; ${script}`], { cwd, stdio: "ignore" });
    else spawn("sh", ["-c", script], { cwd }).stdout.pipe(child.stdin);
    const { exitCode: exit, stdout } = await ended;
    return { cwd, exit, report: JSON.parse(stdout) as Report };
  }

  interface Report {
    readonly counts: { readonly read: number };
    readonly error?: { readonly code: string };
  }

  test("fifo: a signal ends the wait for a writer that is silent", async () => {
    const cwd = shop({});
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    const { child, ended } = spawnUpsurge(["pipe", "--format", "csv", ...INTO_ORDERS], cwd);
    const writer = spawn("sh", ["-c", "exec 3>pipe; echo open; read never"], { cwd });
    try {
      // A pipe opens for writing once the load has opened it.
      await once(writer.stdout, "data");
      child.kill("SIGINT");

      expect((await ended).exitCode).toBe(130);
      expect(orders(cwd)).toEqual(UNTOUCHED);
    } finally {
      writer.kill();
    }
  });

  test.each(["fifo", "stdin"] as const)("%s: looks like the end of the file", async (way) => {
    const { cwd, exit, report } = await killed(way, []);

    expect([exit, report.counts.read]).toEqual([0, 2]);
    expect(orders(cwd)).toEqual([...UNTOUCHED, [2, "jam", null], [3, "hon", null]]);
  });

  test.each([
    ["fifo", ["--require-final-newline"], "SOURCE_INCOMPLETE"],
    ["stdin", ["--require-final-newline"], "SOURCE_INCOMPLETE"],
    ["fifo", ["--expect-rows", "3"], "SOURCE_ROWS"],
    ["stdin", ["--expect-sha256", "0".repeat(64)], "SOURCE_CHECKSUM"],
  ] as const)("%s: with %j nothing is kept", async (way, flags, code) => {
    const { cwd, exit, report } = await killed(way, flags);

    expect([exit, report.error?.code]).toEqual([4, code]);
    expect(orders(cwd)).toEqual(UNTOUCHED);
  });
});

describe("a source without records", () => {
  const database = useDatabase(sqlite);

  test.each([
    ["of 0 bytes", "in.csv", ""],
    ["of a header alone", "in.csv", "k,n,s\n"],
    ["of a header without a line end", "in.csv", "k,n,s"],
    ["of a header and blank lines", "in.csv", "k,n,s\n\n\r\n\n"],
    ["of blank lines alone", "in.csv", "\n\n\n"],
    ["of 0 bytes, in NDJSON", "in.ndjson", ""],
    ["of blank lines, in NDJSON", "in.ndjson", "\n \n\n"],
    ["of an empty array", "in.json", "[]"],
  ])("%s loads nothing and is no error", async (_, name, text) => {
    const tried = await attempt(database, { files: { [name]: text } }, ["--expect-rows", "0"]);
    const one = await attempt(database, { files: { [name]: text } }, ["--expect-rows", "1"]);

    expect(tried, tried.output).toMatchObject({ exit: 0, read: 0, keys: [] });
    expect(one, one.output).toMatchObject({ exit: 4, code: "SOURCE_ROWS" });
  });

  test("among other sources changes nothing of them", async () => {
    const files = { "a.csv": "", "b.csv": csv(3), "c.csv": "k,n,s\n" };

    const tried = await attempt(database, { files }, ["--expect-rows", "3"]);

    expect(tried, tried.output).toMatchObject({ exit: 0, read: 3, keys: numbers(3) });
  });
});
